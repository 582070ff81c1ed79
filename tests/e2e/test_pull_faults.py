"""Whatever goes wrong at a partner: it is told as what it is, asked again as often as it deserves, and nothing is lost.

One lake, and a partner server whose clock moves: ten days of pulling four real sources, a fault each, settled in two goes.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.lake.handle import Lake
from assets.pull.client import Patience
from assets.pull.step import PullOptions, pull
from assets.readers.route import contracts
from assets.redact import Redactor
from assets.settle import settle
from expectations.contract import Contract
from simulator.faults import KINDS
from simulator.feed import Answer, Request, Route, as_json, feeds
from simulator.server import Asked, PartnerServer, world_routes
from simulator.world import BANGKOK, World

FIRES, DUST, PLACES, AIR = "gistda_hotspot", "cmu_dustboy", "tat_places", "pcd_air4thai"
SOURCES = (FIRES, DUST, PLACES, AIR)
PARTNERS = ("cmu", "gistda", "pcd", "tat")
STATIONS = 4  # requests of pcd_air4thai
LIMIT = 40  # records on a page of gistda_hotspot, here
KEYS = {
    "MAEMOH_KEY_GISTDA": "gistda-5ecret-4711",
    "MAEMOH_KEY_CMU": "cmu+5ecret/4712=",
    "MAEMOH_KEY_TAT": "tat-5ecret-4713",
}
HOSTS = {
    "api-gateway.gistda.or.th": KEYS["MAEMOH_KEY_GISTDA"],
    "open-api.cmuccdc.org": KEYS["MAEMOH_KEY_CMU"],
    "tatdataapi.io": KEYS["MAEMOH_KEY_TAT"],
}
WRONG = "wrong-5ecret-4714"
PATIENCE = Patience(attempts=3, connect=2, read=1.5, total=1.5, backoff=0.01, longest_wait=1)
EARLY, LATE = (World(datetime(2026, 3, day, 9, tzinfo=BANGKOK), days=2) for day in (20, 21))

# day of the pull → source → (fault, how): several faults in one pull, none in the way of another
FAULTS: dict[int, dict[str, tuple[str, dict[str, Any]]]] = {
    1: {FIRES: ("html_200", {}), DUST: ("slow", {}), PLACES: ("error_500", {}), AIR: ("timeout", {"times": 3})},
    2: {
        FIRES: ("duplicated_page", {}),
        DUST: ("cut_off", {}),
        PLACES: ("bad_gateway_html", {}),
        AIR: ("redirect_loop", {"times": 6}),
    },
    3: {
        FIRES: ("moving_record", {"times": 1}),
        DUST: ("too_many", {"times": 1, "retry_after": 1}),
        PLACES: ("invalid_json", {}),
        AIR: ("wrong_content_type", {}),
    },
    4: {
        FIRES: ("moving_record", {}),
        DUST: ("empty", {}),
        PLACES: ("redirect_loop", {}),
        AIR: ("error_500", {"times": 2}),
    },
    5: {
        FIRES: ("drift_new_column", {}),
        DUST: ("drift_type_flip", {"field": "pm25"}),
        PLACES: ("drift_lost_column", {"field": "placeId"}),
        AIR: ("error_500", {"after": 1, "times": 3}),
    },
    6: {FIRES: ("drift_lost_column", {"field": "latitude", "times": 3}), DUST: ("stale", {})},
    7: {FIRES: ("drift_type_flip", {"field": "frp"})},  # the partners' clock has moved; stale stays
}
KEYLESS, DAMAGED, CLEAN, AGAIN = 8, 9, 10, 11


def local(day: int) -> date:
    return date(2026, 6, day)


@dataclass
class Partners:
    """The routes of both worlds behind one clock; answers are made once, so that a slow machine is no fault."""

    is_late: bool = False
    is_tagged: bool = False
    is_damaged: bool = False
    echoes: int = 0
    made: dict[Any, Answer] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        own = {name: feed for name, feed in feeds().items() if name in SOURCES}
        pairs = zip(world_routes(EARLY, own), world_routes(LATE, own), strict=True)
        return [replace(early, respond=self._respond(early, late)) for early, late in pairs]

    def _respond(self, early: Route, late: Route) -> Callable[[Request], Answer]:
        def respond(request: Request) -> Answer:
            query = {name: value for name, value in request.query.items() if name != "apikey"}
            address = (self.is_late, early.host, request.path, *sorted(query.items()))
            if address not in self.made:
                self.made[address] = (late if self.is_late else early).respond(request)
            answer = self.made[address]
            if early.source_id == DUST and "if-modified-since" in request.headers:
                return Answer(b"", status=304)
            if early.source_id == DUST and self.is_damaged:
                headers = {"Last-Modified": "Sat, 21 Mar 2026 02:00:00 GMT"}
                answer = replace(answer, body=answer.body[: len(answer.body) // 2], headers=headers)
            if early.source_id == PLACES:
                answer = self._echo(answer, request.headers["x-api-key"])
            if early.source_id == AIR and self.is_tagged:
                answer = replace(answer, headers={"ETag": "made by the server"})
            return answer

        return respond

    def _echo(self, answer: Answer, key: str) -> Answer:
        """Links as some partners write them: with the key that they were asked with."""
        self.echoes += 1
        body = json.loads(answer.body) | {"next": f"https://tatdataapi.io/api/v2/places?key={key}"}
        return replace(answer, body=as_json(body))


class Log(logging.Handler):
    """Every record as text."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name} {record.getMessage()} {record.exc_text or ''}")


@dataclass
class Told:
    """What the lake and the partners say after all days."""

    lake: Lake
    fetch: pl.DataFrame
    delivery: pl.DataFrame
    finding: pl.DataFrame
    check: pl.DataFrame
    before: dict[str, set[str]]
    """What stood in bronze before the clean day, by source."""
    requests: Mapping[int, list[Asked]]
    log: list[str]
    partners: Partners
    server: PartnerServer

    def fetched(self, day: int, source: str) -> list[dict[str, Any]]:
        return self.fetch.filter((pl.col("day") == local(day)) & (pl.col("source_id") == source)).to_dicts()

    def delivered(self, day: int, source: str) -> list[dict[str, Any]]:
        prefix = f"pulled/{source}/{local(day)}/"
        return self.delivery.filter(pl.col("path").str.starts_with(prefix)).sort("path").to_dicts()

    def outcomes(self, day: int, source: str) -> tuple[list[str], list[str]]:
        """(of the requests, of what came)."""
        return [x["outcome"] for x in self.fetched(day, source)], [x["outcome"] for x in self.delivered(day, source)]

    def asked(self, day: int, source: str) -> list[Asked]:
        return [asked for asked in self.requests[day] if asked.source_id == source]

    def g0(self, day: int, source: str) -> set[str]:
        """The G0 rules that refused what came."""
        ids = {line["delivery_id"] for line in self.delivered(day, source)}
        failed = self.check.filter((pl.col("gate") == "G0") & (pl.col("outcome") == "fail"))
        return set(failed.filter(pl.col("batch_id").is_in(list(ids)))["rule"])

    def findings(self, day: int, source: str) -> set[str]:
        return set(self.finding.filter(pl.col("path").str.starts_with(f"pulled/{source}/{local(day)}/"))["rule"])


def _sources() -> list[Contract]:
    """The project's own contracts; the pages of one are made short, so that there are some."""
    known = contracts()
    fires = known[FIRES]
    assert fires.pull is not None
    short = replace(fires, pull={**fires.pull, "paging": {**fires.pull["paging"], "limit": LIMIT}})
    return [short, *(known[name] for name in SOURCES[1:])]


@pytest.fixture(scope="module")
def told(new_lake: Callable[[], Lake]) -> Iterator[Told]:
    lake, partners, log = new_lake(), Partners(), Log()
    redactor = Redactor.of(lake.config.home)
    requests: dict[int, list[Asked]] = {}
    root, level = logging.getLogger(), logging.getLogger().level
    with PartnerServer(partners.routes(), keys=HOSTS) as server:

        def go(day: int, keys: Mapping[str, str] = KEYS, ca_files: Mapping[str, Path] = {}) -> None:
            server.clear_requests()
            options = PullOptions(keys, ca_files, server.url, PATIENCE)
            pull(lake, _sources(), local(day), options, redactor, f"day-{day}")
            requests[day] = server.requests

        root.addHandler(log)
        root.setLevel(logging.DEBUG)
        try:
            for day, faults in FAULTS.items():
                if day == 7:  # what was stale on day 6 is still given, though the partner has moved on
                    partners.is_late = True
                for source, (kind, how) in faults.items():
                    server.fault(source, kind, **how)
                go(day)
                if day != 6:
                    server.clear_faults()
            go(KEYLESS, KEYS | {"MAEMOH_KEY_CMU": "", "MAEMOH_KEY_TAT": WRONG}, {AIR: lake.config.home / "no-such.pem"})
            partners.is_damaged = True
            go(DAMAGED)
            partners.is_damaged = False
            settle(lake, contracts(), PARTNERS, "faults", 2)
            before = {source: _paths(lake, source) for source in SOURCES}
            partners.is_tagged = True
            go(CLEAN)
            go(AGAIN)
            settle(lake, contracts(), PARTNERS, "clean", 2)
        finally:
            root.removeHandler(log)
            root.setLevel(level)
        yield Told(
            lake,
            lake.ledger.events("fetch"),
            lake.ledger.state("delivery"),
            lake.ledger.events("finding"),
            lake.ledger.events("check_result"),
            before,
            requests,
            log.lines,
            partners,
            server,
        )


TABLES = {FIRES: "hotspot", DUST: "observation", PLACES: "place", AIR: "observation"}


def bronze(lake: Lake, source: str) -> pl.DataFrame:
    return pl.DataFrame(
        pl.from_arrow(lake.catalog.load_table(("bronze", f"{source}__{TABLES[source]}")).scan().to_arrow())
    )


def _paths(lake: Lake, source: str) -> set[str]:
    return set(bronze(lake, source)["path"])


# ── the partner does not answer, or answers with an error ─────────────────────────────────────────────────────────────


def test_every_kind_of_fault_has_a_day() -> None:
    assert {kind for faults in FAULTS.values() for kind, _ in faults.values()} == set(KINDS)


def test_an_error_500_is_asked_again_kept_and_refused_as_an_error(told: Told) -> None:
    assert [asked.status for asked in told.asked(1, PLACES)] == [500] * 3
    (line,) = told.fetched(1, PLACES)
    assert (line["outcome"], line["status"], line["attempts"]) == ("failed", 500, 3)
    assert told.outcomes(1, PLACES)[1] == ["refused"] and told.g0(1, PLACES) == {"http_error"}


def test_an_error_that_passes_is_outlived(told: Told) -> None:
    assert [asked.status for asked in told.asked(4, AIR)][:3] == [500, 500, 200]
    lines = told.fetched(4, AIR)
    assert [(line["outcome"], line["attempts"]) for line in lines] == [("ok", 3), ("ok", 1), ("ok", 1), ("ok", 1)]


def test_one_request_in_trouble_does_not_stop_the_source_s_others(told: Told) -> None:
    assert told.outcomes(5, AIR)[0] == ["ok", "failed", "ok", "ok"]
    assert [line["outcome"] for line in told.delivered(5, AIR)].count("refused") == 1


def test_a_gateway_page_is_asked_again_and_refused_with_its_status(told: Told) -> None:
    assert len(told.asked(2, PLACES)) == 3
    (line,) = told.delivered(2, PLACES)
    assert line["outcome"] == "refused" and "HTTP 502" in line["reason_en"] and "HTTP 502" in line["reason_th"]


def test_a_partner_that_says_too_many_is_waited_for_as_long_as_it_asks(told: Told) -> None:
    assert [asked.status for asked in told.asked(3, DUST)] == [429, 200]
    (line,) = told.fetched(3, DUST)
    assert (line["outcome"], line["attempts"]) == ("ok", 2)
    assert line["seconds"] >= 1, "back-off alone is a hundredth of a second"


def test_silence_is_unreachable_and_leaves_no_delivery(told: Told) -> None:
    first, *others = told.fetched(1, AIR)
    assert (first["outcome"], first["status"], first["attempts"], first["path"]) == ("unreachable", 0, 3, None)
    assert "ReadTimeout" in first["reason_en"] and first["reason_th"]
    assert [line["outcome"] for line in others] == ["ok"] * 3
    assert len(told.asked(1, AIR)) == 3 + 3 and len(told.delivered(1, AIR)) == 3


def test_an_answer_that_drips_is_given_up_at_the_deadline(told: Told) -> None:
    (line,) = told.fetched(1, DUST)
    assert (line["outcome"], line["attempts"]) == ("unreachable", 3) and "took longer" in line["reason_en"]
    assert 3 * PATIENCE.total <= line["seconds"] < 30, "whole, the answer would drip for minutes"
    assert len(told.asked(1, DUST)) == 3 and told.delivered(1, DUST) == []


def test_an_answer_that_breaks_off_is_asked_again_and_no_half_is_kept(told: Told) -> None:
    (line,) = told.fetched(2, DUST)
    assert (line["outcome"], line["attempts"], line["bytes"]) == ("unreachable", 3, 0)
    assert len(told.asked(2, DUST)) == 3 and told.delivered(2, DUST) == []


def test_a_circle_of_redirects_is_left_after_five(told: Told) -> None:
    first, *others = told.fetched(2, AIR)
    assert (first["outcome"], first["attempts"]) == ("unreachable", 1) and "circle" in first["reason_en"]
    assert [line["outcome"] for line in others] == ["ok"] * 3
    assert len(told.asked(2, AIR)) == 6 + 3


def test_a_redirect_is_not_followed_with_a_key_and_is_no_empty_answer(told: Told) -> None:
    assert [asked.status for asked in told.asked(4, PLACES)] == [302]
    (line,) = told.fetched(4, PLACES)
    assert (line["outcome"], line["status"]) == ("failed", 302)
    assert told.outcomes(4, PLACES)[1] == ["refused"] and told.g0(4, PLACES) == {"http_error"}


# ── the partner answers 200, with something else ──────────────────────────────────────────────────────────────────────


def test_a_web_page_with_status_200_is_refused_as_a_web_page(told: Told) -> None:
    assert len(told.asked(1, FIRES)) == 2, "a walk whose first page is none is begun once more"
    assert told.outcomes(1, FIRES) == (["ok", "truncated"], ["refused", "repeat"])
    assert told.g0(1, FIRES) == {"html_page"}
    assert "ปิดปรับปรุงระบบ" in told.delivered(1, FIRES)[0]["reason_en"], "the page's own words are shown"


def test_the_name_of_the_content_type_does_not_matter(told: Told) -> None:
    assert told.outcomes(3, AIR)[0] == ["ok"] * STATIONS
    assert all(line["outcome"] != "refused" for line in told.delivered(3, AIR))
    assert all(line["path"].endswith(".json") for line in told.delivered(3, AIR))


def test_json_that_breaks_off_is_refused_and_says_where(told: Told) -> None:
    assert len(told.asked(3, PLACES)) == 2
    assert told.outcomes(3, PLACES) == (["ok", "truncated"], ["refused", "repeat"])
    assert told.g0(3, PLACES) == {"invalid_json"}


def test_an_empty_list_is_no_data_and_no_trouble(told: Told) -> None:
    assert len(told.asked(4, DUST)) == 1
    assert told.outcomes(4, DUST) == (["ok"], ["no_data"])


def test_old_bytes_given_again_are_a_repeat(told: Told) -> None:
    (then,), (now,) = told.fetched(6, DUST), told.fetched(7, DUST)
    (clean,) = told.fetched(CLEAN, DUST)
    assert now["sha256"] == then["sha256"] != clean["sha256"], "the partner has newer values and does not give them"
    assert told.outcomes(7, DUST) == (["ok"], ["repeat"])


def test_a_new_field_is_told_and_the_rows_are_taken(told: Told) -> None:
    pages = told.delivered(5, FIRES)
    assert [page["outcome"] for page in pages] == ["accepted_with_findings"] * 3
    assert "new_column" in told.findings(5, FIRES) and "synthetic_new_field" in pages[0]["reason_en"]
    assert sum(page["accepted"] for page in pages) == len(expected_fires(EARLY))


@pytest.mark.parametrize(
    ("day", "source", "rule"),
    [
        (6, FIRES, "column_missing"),
        (7, FIRES, "type_flip"),
        (5, PLACES, "column_missing"),
        (5, DUST, "type_flip"),
    ],
)
def test_a_lost_field_or_another_type_refuses_the_delivery(told: Told, day: int, source: str, rule: str) -> None:
    lines = told.delivered(day, source)
    assert lines and {line["outcome"] for line in lines} <= {"refused", "repeat"}
    assert told.g0(day, source) == {rule}
    assert all(line["reason_en"] and line["reason_th"] for line in lines)
    assert told.before[source].isdisjoint(line["path"] for line in lines), "nothing of it got into bronze"


# ── pages ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_page_that_comes_again_and_again_is_said_to_be_truncated(told: Told) -> None:
    assert [asked.query["offset"] for asked in told.asked(2, FIRES)] == ["0", str(LIMIT)] * 2
    *_, last = told.fetched(2, FIRES)
    assert (
        last["outcome"] == "truncated" and "page 2 repeats" in last["reason_en"] and "ไม่ครบทุกหน้า" in last["reason_th"]
    )


def test_a_list_that_moved_under_the_walk_is_walked_again_and_complete(told: Told) -> None:
    assert [asked.query["offset"] for asked in told.asked(3, FIRES)] == ["0", str(LIMIT), str(2 * LIMIT)] * 2
    assert [line["outcome"] for line in told.fetched(3, FIRES)] == ["ok"] * 6


def test_a_list_that_keeps_moving_is_said_to_be_truncated(told: Told) -> None:
    lines = told.fetched(4, FIRES)
    assert [line["outcome"] for line in lines] == ["ok"] * 5 + ["truncated"]
    n = len(expected_fires(EARLY))
    assert f"{n - 1} records were seen, the partner counts {n}" in lines[-1]["reason_en"]


# ── keys ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_without_a_key_nothing_is_asked_and_the_line_says_which_is_missing(told: Told) -> None:
    assert told.asked(KEYLESS, DUST) == []
    (line,) = told.fetched(KEYLESS, DUST)
    assert (line["outcome"], line["attempts"]) == ("no_key", 0)
    assert "MAEMOH_KEY_CMU" in line["reason_en"] and "MAEMOH_KEY_CMU" in line["reason_th"]
    assert told.delivered(KEYLESS, DUST) == []


def test_a_wrong_key_is_asked_once_and_refused_as_what_it_is(told: Told) -> None:
    hits = [asked for asked in told.requests[KEYLESS] if asked.host == "tatdataapi.io"]
    assert [asked.status for asked in hits] == [403]
    (line,) = told.delivered(KEYLESS, PLACES)
    assert (
        line["outcome"] == "refused" and "HTTP 403" in line["reason_en"] and told.g0(KEYLESS, PLACES) == {"http_error"}
    )


def test_certificates_that_cannot_be_read_stop_that_source_alone(told: Told) -> None:
    (line,) = told.fetched(KEYLESS, AIR)
    assert (line["outcome"], line["attempts"]) == ("unreachable", 0)
    assert "MAEMOH_CA_PCD_AIR4THAI" in line["reason_en"] and "MAEMOH_CA_PCD_AIR4THAI" in line["reason_th"]
    assert told.asked(KEYLESS, AIR) == []
    assert [line["outcome"] for line in told.fetched(KEYLESS, FIRES)][-1] == "ok"


def test_a_key_appears_nowhere_although_the_partner_echoes_it(told: Told) -> None:
    assert told.partners.echoes > 0
    store, ledger = told.lake.store, told.lake.ledger
    kept = store.get_many(info.key for place in ("raw/", "landing/") for info in store.listing(place))
    said = "".join(
        ledger.events(name).write_ndjson()
        for name in ("fetch", "delivery", "batch", "finding", "quarantine", "check_result")
    )
    assert kept and said and told.log
    assert any(b"{key}" in data for data in kept.values()), "where the key stood stands its placeholder"
    for secret in (*KEYS.values(), WRONG):
        assert [key for key, data in kept.items() if secret.encode() in data or secret in key] == []
        assert secret not in said
        assert [line for line in told.log if secret in line] == []


# ── nothing is lost ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("day", [*FAULTS, KEYLESS])
def test_one_source_s_trouble_does_not_stop_another_s(told: Told, day: int) -> None:
    assert {line["source_id"] for line in told.fetch.filter(pl.col("day") == local(day)).iter_rows(named=True)} == set(
        SOURCES
    )
    healthy = set(SOURCES) - set(FAULTS.get(day, {AIR: (), DUST: (), PLACES: ()}))
    for source in healthy:
        assert set(told.outcomes(day, source)[0]) == {"ok"}
        assert "refused" not in told.outcomes(day, source)[1]


def test_the_rows_that_came_in_are_accepted_quarantined_or_dropped(told: Told) -> None:
    parts = pl.col("accepted") + pl.col("quarantined") + pl.col("dropped")
    assert told.delivery.filter(pl.col("rows_in") != parts).is_empty()
    assert told.delivery["rows_in"].sum() > 0


def test_every_answer_has_a_line_a_delivery_and_its_bytes(told: Told) -> None:
    answers = told.fetch.filter(pl.col("path").is_not_null())
    assert sorted(answers["path"]) == sorted(told.delivery["path"])
    kept = {info.key.rsplit("/", 1)[1] for info in told.lake.store.listing("raw/")}
    assert set(answers["sha256"]) <= kept
    assert told.lake.store.listing("landing/") == [], "what was fetched stands in raw alone"


def expected_fires(world: World) -> set[str]:
    (route,) = [r for r in world_routes(world, {FIRES: feeds()[FIRES]}) if r.match("GET", r.host, _FIRES_PATH)]
    query = {"pv_idn": "52", "limit": "1000"}
    body = json.loads(route.respond(Request("GET", _FIRES_PATH, {"days": "3days"}, query, {})).body)
    return {feature["properties"]["hotspotid"] for feature in body["features"]}


_FIRES_PATH = "/api/2.0/resources/features/viirs/3days"


@pytest.mark.parametrize("source", SOURCES)
def test_when_the_faults_end_the_next_pull_brings_everything(told: Told, source: str) -> None:
    outcomes, came = told.outcomes(CLEAN, source)
    assert set(outcomes) == {"ok"} and set(came) <= {"accepted", "accepted_with_findings", "repeat"}
    last = max(day for day, faults in FAULTS.items() if source in faults)
    since = rows_since(told, source, last + 1)
    if source == FIRES:
        assert set(since["hotspot_id"]) == expected_fires(LATE)
    elif source == DUST:
        assert set(since["station_key"]) == {f"CMU-{one['id']}" for one in _served(told, "/api/dustboy/station")}
    elif source == PLACES:
        served = _served(told, "/api/v2/places")["data"]
        assert set(since["place_id"]) == {str(one["placeId"]) for one in served} and len(served) == 40
    else:
        hours = since.filter(pl.col("interval_end_at").dt.convert_time_zone("Asia/Bangkok").dt.date() == LATE.today)
        assert hours.height == 6 * STATIONS and hours["station_key"].n_unique() == STATIONS


def rows_since(told: Told, source: str, day: int) -> pl.DataFrame:
    """Rows of bronze that were fetched from a day on."""
    return bronze(told.lake, source).filter(pl.col("path") >= f"pulled/{source}/{local(day)}/")


def _served(told: Told, path: str) -> Any:
    """What the partner gave on the clean day, as it was made."""
    (body,) = [answer.body for (is_late, _, of, *_), answer in told.partners.made.items() if is_late and of == path]
    return json.loads(body)


def test_a_refused_answer_is_no_reason_not_to_be_sent_the_next(told: Told) -> None:
    assert told.g0(DAMAGED, DUST) == {"invalid_json"}
    (line,) = told.fetched(DAMAGED, DUST)
    assert line["outcome"] == "ok" and line["last_modified"]
    assert [asked.status for asked in told.asked(CLEAN, DUST)] == [200], "asked for all of it, not for what is newer"
    (clean,) = told.delivered(CLEAN, DUST)
    assert clean["accepted"] == clean["rows_in"] > 0


def test_what_has_not_changed_is_not_sent_again(told: Told) -> None:
    assert [asked.status for asked in told.asked(AGAIN, AIR)] == [304] * STATIONS
    lines = told.fetched(AGAIN, AIR)
    assert [(line["outcome"], line["bytes"], line["path"]) for line in lines] == [("not_modified", 0, None)] * STATIONS
    assert told.delivered(AGAIN, AIR) == []
