"""The partner server's promises: the partners' own addresses and keys, and each fault as its name says, on every format."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from simulator.faults import KINDS, NEW_FIELD, WORDS
from simulator.feed import Answer, Key, Request, Route, as_json
from simulator.server import PartnerServer, readable

AIR, FIRES, PRICES, GAUGES = "air.example.th", "fires.example.th", "prices.example.th", "gauges.example.th"
COUNT = 7
LIST = [{"id": f"S{i}", "lat": 18.2 + i / 10, "pm25": f"{30 + i}.5", "note": "-"} for i in range(3)]
CSV = "\ufeffวันที่,station_id,rain_mm\r\n2026-03-20,48328,0.4\r\n2026-03-20,48329,1.0\r\n"
XML = (
    '<?xml version="1.0" encoding="utf-8"?><Root xmlns="urn:tmd"><Header>SYNTHETIC</Header><Stations>'
    "<Station><No>48328</No><Observation><Temp>31.5</Temp></Observation></Station>"
    "<Station><No>48329</No><Observation><Temp>29.0</Temp></Observation></Station></Stations></Root>"
)
SOAP = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="urn:soap"><soap:Body><Result>'
    "&lt;DS&gt;&lt;FUEL&gt;&lt;P&gt;E20&lt;/P&gt;&lt;PRICE&gt;31.24&lt;/PRICE&gt;&lt;/FUEL&gt;&lt;/DS&gt;"
    "</Result></soap:Body></soap:Envelope>"
)


def stations(request: Request) -> Answer:
    day = request.query.get("day", "2026-03-20")
    headers = {"ETag": "the feed's own", "Last-Modified": "Fri, 20 Mar 2026 02:00:00 GMT"}
    return Answer(as_json({"day": day, "stations": LIST}), headers=headers)


def features(request: Request) -> Answer:
    """GeoJSON in pages, as GISTDA gives it."""
    limit, offset = int(request.query.get("limit", 3)), int(request.query.get("offset", 0))
    chosen = range(COUNT)[offset : offset + limit]
    found = [
        {
            "type": "Feature",
            "id": i,
            "geometry": {"type": "Point", "coordinates": [99.7, 18.3]},
            "properties": {"frp": i},
        }
        for i in chosen
    ]
    total = {"numberMatched": COUNT, "numberReturned": len(found)}
    return Answer(as_json({"type": "FeatureCollection", "features": found, **total}))


def places(request: Request) -> Answer:
    page = int(request.query.get("page", 1))
    return Answer(as_json({"data": [{"placeId": 10 * page + i} for i in range(3)], "pagination": {"total": "9"}}))


def brands(request: Request) -> Answer:
    return Answer(as_json({"status": "ok", "data": {b: {f"oil_{b}_ds": "29.54", "n": "x"} for b in ("ptt", "bcp")}}))


def text(body: str, content_type: str) -> Callable[[Request], Answer]:
    return lambda request: Answer(body.encode(), content_type)


def echo(request: Request) -> Answer:
    return Answer(
        as_json({"params": dict(request.params), "query": dict(request.query), "body": request.body.decode()})
    )


def broken(request: Request) -> Answer:
    raise KeyError(f"no table {request.query['apikey']}")


ROUTES = [
    Route(AIR, r"/stations\.php", stations, source_id="air"),
    Route(AIR, r"/echo/(?P<id>\d+)", echo, method="POST", source_id="air"),
    Route(AIR, r"/shared", text("air", "text/plain"), source_id="air"),
    Route(FIRES, r"/features", features, key=Key(header="API-Key"), source_id="fires"),
    Route(FIRES, r"/csv/(?P<key>[^/]+)/rain\.csv", text(CSV, "text/csv"), key=Key(path=True), source_id="fires_csv"),
    Route(GAUGES, r"/rain\.csv", text(CSV, "text/csv; charset=utf-8"), source_id="rain"),
    Route(GAUGES, r"/weather", text(XML, "application/xml"), source_id="weather"),
    Route(GAUGES, r"/demand", text('{"list": [[0, 18929.6], [60, 18915.1]]}', "application/json"), source_id="demand"),
    Route(GAUGES, r"/shared", text("gauges", "text/plain"), source_id="rain"),
    Route(GAUGES, r"/tile\.xlsx", text("PK\3\4\0", "application/octet-stream"), source_id="tile"),
    Route(PRICES, r"/oil", brands, source_id="oil"),
    Route(PRICES, r"/soap", text(SOAP, "text/xml"), method="POST", source_id="soap"),
    Route(PRICES, r"/places", places, key=Key(query="apikey"), source_id="places"),
    Route(PRICES, r"/broken", broken, key=Key(query="apikey"), source_id="places"),
]


@pytest.fixture(scope="module")
def running() -> Iterator[PartnerServer]:
    with PartnerServer(ROUTES) as server:
        yield server


@pytest.fixture
def server(running: PartnerServer) -> PartnerServer:
    running.clear()
    return running


@pytest.fixture(scope="module")
def client(running: PartnerServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=running.url, timeout=5, trust_env=False) as client:
        yield client


@pytest.fixture
def get(server: PartnerServer, client: httpx.Client) -> Callable[..., httpx.Response]:
    """Asks a partner as a client does that knows the right key."""

    def ask(host: str, path: str, **query: Any) -> httpx.Response:
        headers = {"Host": host, "API-Key": server.keys[FIRES]}
        if path == "/places":
            query["apikey"] = server.keys[PRICES]
        return client.request("POST" if path == "/soap" else "GET", path, params=query, headers=headers)

    return ask


Get = Callable[..., httpx.Response]


# ── addresses ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_partner_is_found_by_its_host_and_path(client: httpx.Client, server: PartnerServer) -> None:
    for host, said in ((AIR, "air"), (GAUGES, "gauges"), (f"{GAUGES}:8082", "gauges")):
        answer = client.get("/shared", headers={"Host": host})
        assert (answer.status_code, answer.text, answer.headers["X-Synthetic"]) == (200, said, "1")
    assert client.get("/oil", headers={"Host": AIR}).status_code == 404


def test_without_a_known_host_the_path_alone_must_be_clear(client: httpx.Client, server: PartnerServer) -> None:
    assert client.get("/oil").json()["status"] == "ok"
    unclear = client.get("/shared")
    assert unclear.status_code == 404 and AIR in unclear.json()["message"] and GAUGES in unclear.json()["message"]


def test_groups_query_and_body_reach_the_feed(client: httpx.Client, server: PartnerServer) -> None:
    answer = client.post("/echo/12", params={"q": "ลำปาง", "none": ""}, content="สวัสดี", headers={"Host": AIR})
    assert answer.json() == {"params": {"id": "12"}, "query": {"q": "ลำปาง", "none": ""}, "body": "สวัสดี"}
    assert client.get("/echo/12", headers={"Host": AIR}).status_code == 405
    assert client.post("/echo/12", content=iter([b"a"]), headers={"Host": AIR}).status_code == 411


def test_it_listens_on_loopback_only_and_keeps_connections(server: PartnerServer) -> None:
    assert server.url == f"http://127.0.0.1:{server.port}"
    asked = f"GET /oil HTTP/1.1\r\nHost: {PRICES}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", server.port), 5) as one:
        assert one.getpeername()[0] == "127.0.0.1"
        for _ in range(2):
            one.sendall(asked)
            head, _, body = one.recv(65536).partition(b"\r\n\r\n")
            while len(body) < int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]):
                body += one.recv(65536)
            assert head.startswith(b"HTTP/1.1 200") and b"connection: close" not in head.lower()
    with socket.socket() as other, pytest.raises(ConnectionRefusedError):
        other.connect(("127.0.0.2", server.port))  # also this machine, and not what it is bound to


def test_readable_addresses() -> None:
    assert readable(r"/api/(?P<id>\d+)\.php") == "/api/{id}.php"
    assert readable(r"/csv/(?P<area>w|(?:-?\d+,){3})/(?P<n>\d+)(?:/(?P<day>\d{4}-\d\d))?") == "/csv/{area}/{n}[/{day}]"


# ── keys ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_keys_are_made_one_a_host_and_are_asked_for(server: PartnerServer, client: httpx.Client) -> None:
    assert set(server.keys) == {FIRES, PRICES} and len(set(server.keys.values())) == 2
    key = server.keys[FIRES]
    for path, header in (("/features", {"API-Key": key}), (f"/csv/{key}/rain.csv", {})):
        assert client.get(path, headers={"Host": FIRES, **header}).status_code == 200
    refused = [
        client.get("/features", headers={"Host": FIRES}),
        client.get("/features", headers={"Host": FIRES, "API-Key": "guess"}),
        client.get("/csv/guess/rain.csv", headers={"Host": FIRES}),
        client.get("/places", params={"apikey": "guess"}, headers={"Host": PRICES}),
    ]
    assert [answer.status_code for answer in refused] == [401, 403, 403, 403]
    assert all(answer.json() == {"message": "Invalid API key"} for answer in refused)


def test_a_given_key_is_the_key_also_as_a_bearer_token() -> None:
    route = Route(AIR, "/a", text("ok", "text/plain"), key=Key(header="Authorization"), source_id="a")
    with PartnerServer([route], keys={AIR: "mine"}) as server:
        answer = httpx.get(f"{server.url}/a", headers={"Authorization": "Bearer mine"}, trust_env=False)
        assert answer.text == "ok"


def test_keys_right_or_wrong_are_in_no_log(
    server: PartnerServer, client: httpx.Client, get: Get, capfd: pytest.CaptureFixture[str]
) -> None:
    key, fires = server.keys[PRICES], server.keys[FIRES]
    get(PRICES, "/places", page=1)
    client.get("/places", params={"apikey": "guess-1"}, headers={"Host": PRICES})
    client.get(f"/csv/{fires}/rain.csv", headers={"Host": FIRES})
    client.get("/csv/guess-2/rain.csv", headers={"Host": FIRES})
    client.get(f"/nowhere/{fires}", params={"q": fires}, headers={"Host": FIRES})
    answer = client.get("/broken", params={"apikey": key}, headers={"Host": PRICES})
    assert answer.status_code == 500 and "the simulator's own error" in answer.text
    out = capfd.readouterr()
    logged = json.dumps(client.get("/_control/requests").json()) + out.out + out.err + answer.text
    assert not any(secret in logged for secret in (key, fires, "guess-1", "guess-2"))
    assert server.requests[0].query == {"page": "1", "apikey": "***"} and server.requests[2].path == "/csv/***/rain.csv"
    assert "KeyError" in out.err  # a feed's own mistake is shown


# ── 304 ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_that_has_a_tag_or_a_date_is_not_sent_twice(client: httpx.Client, server: PartnerServer) -> None:
    first = client.get("/stations.php", headers={"Host": AIR})
    tag = first.headers["ETag"]
    assert tag.startswith('"') and "own" not in tag
    for condition in ({"If-None-Match": tag}, {"If-Modified-Since": first.headers["Last-Modified"]}):
        again = client.get("/stations.php", headers={"Host": AIR, **condition})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    changed = client.get("/stations.php?day=2026-03-21", headers={"Host": AIR, "If-None-Match": tag})
    assert changed.status_code == 200 and changed.headers["ETag"] != tag
    assert "ETag" not in client.get("/oil").headers


# ── faults: instead of the answer ─────────────────────────────────────────────────────────────────────────────────────


def test_error_500(server: PartnerServer, get: Get) -> None:
    server.fault("oil", "error_500", times=2)
    assert [get(PRICES, "/oil").status_code for _ in range(3)] == [500, 500, 200]


def test_too_many(server: PartnerServer, get: Get) -> None:
    server.fault("oil", "too_many", times=1, retry_after=7)
    refused = get(PRICES, "/oil")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "7")
    server.fault("oil", "too_many", times=1)
    assert get(PRICES, "/oil").headers["Retry-After"] == "1" and get(PRICES, "/oil").status_code == 200


@pytest.mark.parametrize(("kind", "status"), [("html_200", 200), ("bad_gateway_html", 502)])
def test_html_pages(kind: str, status: int, server: PartnerServer, get: Get) -> None:
    server.fault("air", kind)
    page = get(AIR, "/stations.php")
    assert page.status_code == status and page.headers["Content-Type"].startswith("text/html")
    assert "<html" in page.text and "SYNTHETIC" in page.text and "ETag" not in page.headers


def test_redirect_loop(server: PartnerServer, client: httpx.Client) -> None:
    server.fault("air", "redirect_loop")
    with pytest.raises(httpx.TooManyRedirects):
        client.get("/stations.php", params={"day": "1"}, headers={"Host": AIR}, follow_redirects=True)
    assert {(asked.path, asked.query["day"], asked.status) for asked in server.requests} == {
        ("/stations.php", "1", 302)
    }


# ── faults: on the wire ───────────────────────────────────────────────────────────────────────────────────────────────


def test_timeout(server: PartnerServer, client: httpx.Client) -> None:
    server.fault("oil", "timeout", times=1)
    with pytest.raises(httpx.ReadTimeout):
        client.get("/oil", timeout=0.1)
    assert (server.requests[0].status, server.requests[0].fault) == (None, "timeout")
    assert client.get("/oil").status_code == 200


def test_slow(server: PartnerServer, client: httpx.Client) -> None:
    server.fault("rain", "slow", times=1, pause=0)
    with client.stream("GET", "/rain.csv") as answer:
        pieces = list(answer.iter_raw())
    assert b"".join(pieces) == CSV.encode() and len(pieces) > 1
    server.fault("rain", "slow", times=1, pause=60)
    with pytest.raises(httpx.ReadTimeout):
        client.get("/rain.csv", timeout=0.1)


def test_cut_off(server: PartnerServer, client: httpx.Client, get: Get) -> None:
    server.fault("air", "cut_off", times=1)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        get(AIR, "/stations.php")
    assert get(AIR, "/stations.php").status_code == 200


# ── faults: of the content ────────────────────────────────────────────────────────────────────────────────────────────


def test_wrong_content_type(server: PartnerServer, get: Get) -> None:
    server.fault("air", "wrong_content_type")
    answer = get(AIR, "/stations.php")
    assert answer.headers["Content-Type"].startswith("text/plain") and len(answer.json()["stations"]) == 3


def test_invalid_json(server: PartnerServer, get: Get) -> None:
    whole = get(AIR, "/stations.php").content
    server.fault("air", "invalid_json")
    answer = get(AIR, "/stations.php")
    assert whole.startswith(answer.content) and int(answer.headers["Content-Length"]) == len(answer.content) > 0
    with pytest.raises(json.JSONDecodeError):
        answer.json()


@pytest.mark.parametrize(
    ("source", "host", "path", "expected"),
    [
        ("air", AIR, "/stations.php", {"day": "2026-03-20", "stations": []}),
        (
            "fires",
            FIRES,
            "/features",
            {"type": "FeatureCollection", "features": [], "numberMatched": 0, "numberReturned": 0},
        ),
        ("places", PRICES, "/places", {"data": [], "pagination": {"total": "0"}}),
        ("demand", GAUGES, "/demand", {"list": []}),
        ("oil", PRICES, "/oil", {"status": "ok", "data": {}}),
    ],
)
def test_empty_json_keeps_its_envelope(
    source: str, host: str, path: str, expected: Any, server: PartnerServer, get: Get
) -> None:
    server.fault(source, "empty")
    answer = get(host, path)
    assert answer.status_code == 200 and answer.json() == expected


def test_empty_csv_is_its_header_and_empty_xml_has_no_record(server: PartnerServer, get: Get) -> None:
    for source in ("rain", "weather", "soap"):
        server.fault(source, "empty")
    assert get(GAUGES, "/rain.csv").content.decode() == "\ufeffวันที่,station_id,rain_mm\r\n"
    root = ElementTree.fromstring(get(GAUGES, "/weather").content)
    assert [child.tag for child in root] == ["{urn:tmd}Header", "{urn:tmd}Stations"] and len(root[1]) == 0
    assert ElementTree.fromstring(get(PRICES, "/soap").content).findtext(".//Result") == "<DS/>"


def test_a_binary_answer_is_emptied_and_cannot_drift(server: PartnerServer, get: Get) -> None:
    server.fault("tile", "drift_new_column", times=1)
    assert get(GAUGES, "/tile.xlsx").content == b"PK\3\4\0" and server.requests[0].fault is None
    assert [fault.done for fault in server.faults] == [0]  # what could not act has not been used up
    server.clear_faults()
    server.fault("tile", "empty")
    assert get(GAUGES, "/tile.xlsx").content == b""


def test_stale(server: PartnerServer, get: Get) -> None:
    server.fault("air", "stale")
    first = get(AIR, "/stations.php", day="2026-03-20")
    later = get(AIR, "/stations.php", day="2026-03-21")
    assert later.content == first.content and later.headers["ETag"] == first.headers["ETag"]
    assert [asked.fault for asked in server.requests] == [None, "stale"]
    server.clear_faults()
    assert get(AIR, "/stations.php", day="2026-03-21").json()["day"] == "2026-03-21"


def test_stale_pages_stay_apart(server: PartnerServer, get: Get) -> None:
    server.fault("places", "stale")
    seen = [get(PRICES, "/places", page=page).json()["data"][0]["placeId"] for page in (2001, 2002, 2001, 2002)]
    assert seen == [20010, 20020, 20010, 20020]  # a page's number is no year


# ── faults: drift ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_drift_new_column(server: PartnerServer, get: Get) -> None:
    for source in ("air", "fires", "rain", "weather", "demand", "oil"):
        server.fault(source, "drift_new_column")
    assert all(NEW_FIELD in station for station in get(AIR, "/stations.php").json()["stations"])
    assert all(NEW_FIELD in found["properties"] for found in get(FIRES, "/features").json()["features"])
    header, *lines = get(GAUGES, "/rain.csv").content.decode("utf-8-sig").splitlines()
    assert header == f"วันที่,station_id,rain_mm,{NEW_FIELD}" and all(line.count(",") == 3 for line in lines)
    records = ElementTree.fromstring(get(GAUGES, "/weather").content)[1]
    assert all(record[-1].tag.endswith(NEW_FIELD) for record in records) and len(records) == 2
    assert [len(item) for item in get(GAUGES, "/demand").json()["list"]] == [3, 3]
    assert all(NEW_FIELD in brand for brand in get(PRICES, "/oil").json()["data"].values())


def test_drift_lost_column_takes_the_measured_field_unless_one_is_named(server: PartnerServer, get: Get) -> None:
    for source in ("air", "fires", "rain", "weather", "soap", "demand", "oil"):
        server.fault(source, "drift_lost_column", times=1)
    assert [set(station) for station in get(AIR, "/stations.php").json()["stations"]] == [{"id", "lat", "note"}] * 3
    assert all(found["properties"] == {} for found in get(FIRES, "/features").json()["features"])
    assert get(GAUGES, "/rain.csv").content.decode("utf-8-sig").splitlines()[:2] == [
        "วันที่,station_id",
        "2026-03-20,48328",
    ]
    weather = get(GAUGES, "/weather").text
    assert "Temp" not in weather and "<No>48328</No>" in weather and 'xmlns="urn:tmd"' in weather
    soap = get(PRICES, "/soap")
    assert ElementTree.fromstring(soap.content).findtext(".//Result") == "<DS><FUEL><P>E20</P></FUEL></DS>"
    assert get(GAUGES, "/demand").json() == {"list": [[0], [60]]}
    assert get(PRICES, "/oil").json()["data"] == {"ptt": {"n": "x"}, "bcp": {"n": "x"}}
    server.fault("air", "drift_lost_column", times=1, field="id")
    assert set(get(AIR, "/stations.php").json()["stations"][0]) == {"lat", "pm25", "note"}
    server.fault("air", "drift_lost_column", times=1, field="nothing")
    wrong = get(AIR, "/stations.php")
    assert wrong.status_code == 500 and "there are id, lat, pm25, note" in wrong.json()["message"]


def test_drift_type_flip(server: PartnerServer, get: Get) -> None:
    for source in ("air", "fires", "rain", "weather", "demand", "oil"):
        server.fault(source, "drift_type_flip")
    assert [station["pm25"] for station in get(AIR, "/stations.php").json()["stations"]] == [WORDS] * 3
    assert all(found["properties"]["frp"] == WORDS for found in get(FIRES, "/features").json()["features"])
    assert get(GAUGES, "/rain.csv").content.decode("utf-8-sig").splitlines()[1:] == [
        f"2026-03-20,48328,{WORDS}",
        f"2026-03-20,48329,{WORDS}",
    ]
    assert get(GAUGES, "/weather").text.count(f"<Temp>{WORDS}</Temp>") == 2
    assert get(GAUGES, "/demand").json()["list"][0] == [0, WORDS]
    assert get(PRICES, "/oil").json()["data"]["bcp"]["oil_bcp_ds"] == WORDS


# ── faults: between pages ─────────────────────────────────────────────────────────────────────────────────────────────


def pages(get: Get, host: str, path: str, items: str, name: str, queries: list[dict[str, int]]) -> list[list[int]]:
    answers = [get(host, path, **query).json()[items] for query in queries]
    return [[found[name] for found in answer] for answer in answers]


OFFSETS = [{"limit": 3, "offset": offset} for offset in (0, 3, 6)]
PAGES = [{"page": page} for page in (1, 2, 3)]


def test_pages_without_a_fault(get: Get) -> None:
    assert pages(get, FIRES, "/features", "features", "id", OFFSETS) == [[0, 1, 2], [3, 4, 5], [6]]
    assert pages(get, PRICES, "/places", "data", "placeId", PAGES) == [[10, 11, 12], [20, 21, 22], [30, 31, 32]]


def test_duplicated_page(server: PartnerServer, get: Get) -> None:
    server.fault("fires", "duplicated_page")
    server.fault("places", "duplicated_page", times=1)
    assert pages(get, FIRES, "/features", "features", "id", OFFSETS) == [[0, 1, 2]] * 3
    assert pages(get, PRICES, "/places", "data", "placeId", PAGES) == [[10, 11, 12], [10, 11, 12], [30, 31, 32]]
    assert [asked.fault for asked in server.requests][3:] == [None, "duplicated_page", None]


def test_moving_record(server: PartnerServer, get: Get) -> None:
    server.fault("fires", "moving_record")
    server.fault("places", "moving_record")
    assert pages(get, FIRES, "/features", "features", "id", OFFSETS) == [[0, 1, 2], [2, 3, 4], [6]]
    assert pages(get, PRICES, "/places", "data", "placeId", PAGES) == [[10, 11, 12], [12, 20, 21], [30, 31, 32]]


# ── switching ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_faults_wait_act_their_number_of_times_and_follow_one_another(server: PartnerServer, get: Get) -> None:
    server.fault("oil", "error_500", times=1, after=1)
    server.fault(PRICES, "too_many", times=1)
    assert [get(PRICES, "/oil").status_code for _ in range(4)] == [429, 500, 200, 200]
    assert server.faults == [] and [asked.fault for asked in server.requests] == ["too_many", "error_500", None, None]


def test_a_fault_is_for_its_target_alone(server: PartnerServer, get: Get) -> None:
    server.fault("rain", "error_500")
    assert get(GAUGES, "/rain.csv").status_code == 500 and get(GAUGES, "/weather").status_code == 200


def test_a_refused_key_uses_no_fault_up(server: PartnerServer, client: httpx.Client, get: Get) -> None:
    server.fault("fires", "error_500", times=1)
    assert client.get("/features", headers={"Host": FIRES}).status_code == 401
    assert get(FIRES, "/features").status_code == 500


def test_what_does_not_exist_is_refused_in_words(server: PartnerServer) -> None:
    with pytest.raises(ValueError, match="use one of error_500, too_many"):
        server.fault("air", "explode")
    with pytest.raises(ValueError, match="no partner is called 'nobody'; there are air"):
        server.fault("nobody", "empty")
    with pytest.raises(ValueError, match="times is 0"):
        server.fault("air", "empty", times=0)


def test_every_kind_of_fault_has_a_test() -> None:
    tested = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    others = {"html_200", "bad_gateway_html"}  # test_html_pages
    assert not {kind for kind in set(KINDS) - others if not any(name.startswith(kind) for name in tested)}


def test_the_control_surface_does_the_same_by_http(server: PartnerServer, client: httpx.Client, get: Get) -> None:
    put = client.put("/_control/faults", json={"source_id": "oil", "kind": "too_many", "times": 1, "retry_after": 3})
    assert put.status_code == 200 and put.json()["kind"] == "too_many"
    assert client.put("/_control/faults", json={"host": GAUGES, "kind": "error_500", "after": 1}).status_code == 200
    assert [fault["target"] for fault in client.get("/_control/faults").json()] == ["oil", GAUGES]
    assert get(PRICES, "/oil", page=1).headers["Retry-After"] == "3"
    asked = client.get("/_control/requests").json()
    assert len(asked) == 1 and asked[0] | {"at": 0} == {
        "method": "GET",
        "host": PRICES,
        "path": "/oil",
        "query": {"page": "1"},
        "status": 429,
        "fault": "too_many",
        "source_id": "oil",
        "at": 0,
    }
    assert client.delete("/_control/faults").json() == client.delete("/_control/requests").json() == []
    assert server.faults == [] and server.requests == []
    shown = client.get("/_control/routes").json()
    assert {"source_id": "air", "host": AIR, "method": "POST", "path": "/echo/{id}", "key": None} in shown
    assert "header API-Key" in {route["key"] for route in shown}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"source_id": "oil", "kind": "explode"}', "use one of error_500"),
        (b'{"kind": "empty"}', "no partner is called None"),
        (b'{"source_id": "oil", "kind": "empty", "often": 3}', "often"),
        (b"[]", "e.g. {"),
        (b"not json", "e.g. {"),
    ],
)
def test_a_wrong_fault_by_http_is_refused_in_words(body: bytes, message: str, server: PartnerServer) -> None:
    answer = httpx.put(f"{server.url}/_control/faults", content=body, trust_env=False)
    assert answer.status_code == 400 and message in answer.json()["message"] and server.faults == []


# ── the end ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_stop_ends_what_hangs_at_once_and_frees_the_port() -> None:
    ended: list[str] = []
    with PartnerServer(ROUTES) as server, httpx.Client(base_url=server.url, timeout=30, trust_env=False) as client:
        server.fault("oil", "timeout")
        server.fault("rain", "slow", pause=60)
        idle = socket.create_connection(("127.0.0.1", server.port), 30)

        def hang(path: str) -> None:
            try:
                client.get(path)
            except httpx.TransportError as error:
                ended.append(type(error).__name__)

        waiting = [threading.Thread(target=hang, args=(path,)) for path in ("/oil", "/rain.csv")]
        for thread in waiting:
            thread.start()
        while len(server.requests) < 2:
            waiting[0].join(0.01)
        port = server.port
        server.stop()
        for thread in waiting:
            thread.join(5)
        assert len(ended) == 2 and "ReadTimeout" not in ended
        assert idle.recv(1) == b""
        idle.close()
        with pytest.raises(httpx.ConnectError):
            client.get("/oil")
        with pytest.raises(RuntimeError, match="is not running"):
            _ = server.url
    with PartnerServer(ROUTES, port=port) as again:
        assert again.port == port
