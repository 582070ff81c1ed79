"""The client's promises: it asks as often as it deserves, waits as it is told, keeps to its limits, and hides its key."""

from __future__ import annotations

import email.utils
import json
import logging
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from assets.pull.client import Answer, Call, Client, Patience
from simulator.feed import Answer as Said
from simulator.feed import Key, Request, Route, as_json
from simulator.server import PartnerServer

HOST = "air.example.th"
KEY = "5ecret-4711"
QUICK = Patience(attempts=3, connect=2, read=0.5, total=1, backoff=0.01, longest_wait=1)


def sound(request: Request) -> Said:
    return Said(as_json({"query": dict(request.query), "body": request.body.decode()}))


class Busy:
    """Says 429 once, with the header that it was given; then it is sound."""

    def __init__(self) -> None:
        self.header: Callable[[], str] | None = None

    def __call__(self, request: Request) -> Said:
        header, self.header = self.header, None
        return Said(b"", status=429, headers={"Retry-After": header()}) if header else sound(request)


def echo(request: Request) -> Said:
    """What the partner was asked with, in every way that it may be written."""
    key = request.headers.get("x-key", request.query.get("apikey", ""))
    links = {"plain": key, "quoted": request.headers.get("x-quoted", "")}
    return Said(as_json(links), headers={"X-Asked-With": key})


def status(code: int) -> Callable[[Request], Said]:
    return lambda request: Said(as_json({"message": code}), status=code)


BUSY = Busy()
ROUTES = [
    Route(HOST, "/sound", sound, source_id="sound"),
    Route(HOST, "/sound", sound, method="POST", source_id="sound"),
    Route(HOST, "/busy", BUSY, source_id="busy"),
    Route(HOST, "/large", lambda _: Said(b"x" * 5_000), source_id="large"),
    Route(HOST, "/moved", lambda _: Said(b"", status=302, headers={"Location": "/sound?moved=1"}), source_id="moved"),
    Route(HOST, "/echo", echo, source_id="echo"),
    Route(HOST, "/(?P<key>[^/]+)/path", sound, key=Key(path=True), source_id="path"),
    Route(HOST, "/gzip", lambda _: Said(b"no gzip", headers={"Content-Encoding": "gzip"}), source_id="gzip"),
    *(Route(HOST, f"/status/{code}", status(code), source_id=f"s{code}") for code in (400, 401, 404, 418, 408, 503)),
]


@pytest.fixture(scope="module")
def running() -> Iterator[PartnerServer]:
    with PartnerServer(ROUTES, keys={HOST: KEY}) as server:
        yield server


@pytest.fixture
def server(running: PartnerServer) -> PartnerServer:
    running.clear()
    return running


def call(path: str, **more: Any) -> Call:
    return Call(label="x", method=more.pop("method", "GET"), base_url=f"https://{HOST}", path=path, **more)


def ask(server: PartnerServer, wanted: Call, patience: Patience = QUICK, **client: Any) -> Answer:
    with Client(patience, stand_in=server.url, **client) as one:
        return one.ask(wanted)


# ── how often ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["error_500", "too_many", "bad_gateway_html"])
def test_errors_that_pass_are_asked_again_until_patience_ends(server: PartnerServer, kind: str) -> None:
    server.fault("sound", kind, retry_after=0)
    answer = ask(server, call("/sound"))
    assert len(server.requests) == answer.attempts == QUICK.attempts
    assert not answer.is_ok and answer.status >= 429 and answer.body, "the last answer is kept as it came"
    assert answer.error == f"HTTP {answer.status}"


@pytest.mark.parametrize("kind", ["error_500", "timeout", "cut_off", "slow"])
def test_an_error_that_ends_in_time_leaves_a_sound_answer(server: PartnerServer, kind: str) -> None:
    server.fault("sound", kind, times=2)
    answer = ask(server, call("/sound", query={"a": "1"}), Patience(3, 2, 0.3, 0.3, 0.01, 1))
    assert (answer.status, answer.attempts, answer.error) == (200, 3, "")
    assert json.loads(answer.body)["query"] == {"a": "1"}


@pytest.mark.parametrize("code", [408, 503])
def test_a_passing_status_is_asked_again(server: PartnerServer, code: int) -> None:
    assert ask(server, call(f"/status/{code}")).attempts == len(server.requests) == 3


@pytest.mark.parametrize("code", [400, 401, 404, 418])
def test_what_would_end_the_same_way_is_asked_once(server: PartnerServer, code: int) -> None:
    answer = ask(server, call(f"/status/{code}"))
    assert len(server.requests) == answer.attempts == 1
    assert (answer.status, json.loads(answer.body)) == (code, {"message": code})


def test_nobody_there_is_an_answer_too_after_all_tries() -> None:
    with PartnerServer(ROUTES) as server:
        gone = server.url
    with Client(QUICK, stand_in=gone) as client:
        answer = client.ask(call("/sound"))
    assert (answer.status, answer.attempts, answer.body) == (0, 3, b"") and "ConnectError" in answer.error


def test_a_body_that_is_not_packed_as_it_says_is_an_answer_too(server: PartnerServer) -> None:
    answer = ask(server, call("/gzip"))
    assert (answer.status, answer.body) == (0, b"") and "DecodingError" in answer.error


# ── how long ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def waited(server: PartnerServer, header: Callable[[], str], patience: Patience = QUICK) -> float:
    """Seconds between the 429 and the second request."""
    BUSY.header = header
    answer = ask(server, call("/busy"), patience)
    assert (answer.status, answer.attempts) == (200, 2)
    first, second = (asked.at for asked in server.requests)
    return second - first


def in_seconds(seconds: float) -> str:
    return email.utils.format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


def test_a_number_of_seconds_is_waited_for(server: PartnerServer) -> None:
    assert 0.9 <= waited(server, lambda: "1") < 5


def test_a_date_is_waited_for(server: PartnerServer) -> None:
    long = Patience(3, 2, 0.5, 1, 0.01, longest_wait=5)
    assert 0.9 <= waited(server, lambda: in_seconds(2), long) < 5, "dates have whole seconds"


def test_a_date_that_has_passed_is_not_waited_for(server: PartnerServer) -> None:
    assert waited(server, lambda: in_seconds(-3600)) < 0.9


def test_a_partner_that_asks_for_an_hour_is_asked_again_after_the_longest_wait(server: PartnerServer) -> None:
    short = Patience(3, 2, 0.5, 1, 0.01, longest_wait=0.2)
    assert 0.15 <= waited(server, lambda: "3600", short) < 5


@pytest.mark.parametrize(
    "header", ["soon", "", "-5", "²", "Fri, 20 Mar 2026 02:00:00", "Fri, 20 Mar 2026 02:00:00 -0000"]
)
def test_a_wait_that_cannot_be_read_is_no_trouble(server: PartnerServer, header: str) -> None:
    assert waited(server, lambda: header) < 0.9


# ── how much ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_that_is_too_large_is_given_up_at_once(server: PartnerServer) -> None:
    answer = ask(server, call("/large"), max_bytes=4_999)
    assert (answer.status, answer.body, answer.attempts) == (0, b"", 1) and "larger than" in answer.error
    assert ask(server, call("/large"), max_bytes=5_000).is_ok


def test_a_drip_ends_at_the_deadline_however_lively_it_is(server: PartnerServer) -> None:
    server.fault("large", "slow", pause=0.01)
    answer = ask(server, call("/large"), Patience(2, 2, 5, 0.3, 0.01, 1))
    assert (answer.status, answer.attempts) == (0, 2) and "took longer" in answer.error
    assert 0.6 <= answer.seconds < 10, "whole, it would take fifty seconds"


# ── what is sent ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_partner_s_own_host_is_named_to_whoever_plays_it(server: PartnerServer) -> None:
    ask(server, call("/sound"))
    (asked,) = server.requests
    assert (asked.host, asked.path) == (HOST, "/sound")


def test_the_key_stands_wherever_the_call_says_so(server: PartnerServer) -> None:
    sent = ask(server, call("/sound", method="POST", query={"k": "{key}"}, body="<Key>{key}</Key>"), key=KEY)
    # the answer shows it as the placeholder again: that it was sent is seen on a server that knows it
    assert json.loads(sent.body) == {"query": {"k": "{key}"}, "body": "<Key>{key}</Key>"}
    seen: list[Request] = []
    route = Route(HOST, "/seen", lambda request: seen.append(request) or Said(b"{}"), method="POST")  # type: ignore[func-returns-value]
    with PartnerServer([route]) as own:
        ask(
            own, call("/seen", method="POST", query={"k": "{key}"}, headers={"X-Key": "{key}"}, body="<{key}>"), key=KEY
        )
    assert (seen[0].query["k"], seen[0].headers["x-key"], seen[0].body) == (KEY, KEY, f"<{KEY}>".encode())
    assert ask(server, call("/{key}/path"), key=KEY).is_ok


def test_a_redirect_is_followed_without_a_key_and_not_with_one(server: PartnerServer) -> None:
    assert json.loads(ask(server, call("/moved")).body)["query"] == {"moved": "1"}
    server.clear_requests()
    answer = ask(server, call("/moved", headers={"X-Key": "{key}"}), key=KEY)
    assert (answer.status, answer.is_ok) == (302, False)
    assert [asked.path for asked in server.requests] == ["/moved"]


def test_a_circle_of_redirects_is_no_error_that_passes(server: PartnerServer) -> None:
    server.fault("sound", "redirect_loop")
    answer = ask(server, call("/sound"))
    assert (answer.status, answer.attempts, len(server.requests)) == (0, 1, 6) and "circle" in answer.error


def test_what_the_partner_says_of_its_answer_is_kept(server: PartnerServer) -> None:
    server.fault("sound", "wrong_content_type")
    answer = ask(server, call("/sound"))
    assert (answer.is_synthetic, answer.media_type) == (True, "text/plain")
    assert answer.fetched_at.tzinfo is UTC and answer.seconds >= 0


# ── keys stay hidden ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("key", [KEY, "a+b/c==", 'quote"s and /slashes'])
def test_a_key_that_is_echoed_stays_hidden_however_it_is_written(server: PartnerServer, key: str) -> None:
    from urllib.parse import quote

    wanted = call("/echo", headers={"X-Key": "{key}", "X-Quoted": f"https://x?k={quote(key, safe='')}"})
    answer = ask(server, wanted, key=key)
    shown = answer.body.decode() + str(answer.headers) + answer.call.shown
    assert json.loads(answer.body)["plain"] == "{key}" == answer.headers["x-asked-with"]
    assert json.loads(answer.body)["quoted"] == "https://x?k={key}"
    for written in (key, quote(key, safe=""), json.dumps(key)[1:-1], key.replace("/", "\\/")):
        assert written not in shown


def test_json_that_escapes_slashes_hides_the_key_too() -> None:
    route = Route(HOST, "/x", lambda _: Said(rb'{"next": "k=a+b\/c=="}'))
    with PartnerServer([route]) as own:
        assert ask(own, call("/x"), key="a+b/c==").body == b'{"next": "k={key}"}'


@pytest.mark.parametrize("key", [f"{KEY}\n", f"{KEY}\r\nX-More: 1", f"กุญแจ-{KEY}"])
def test_a_key_that_cannot_be_sent_is_an_answer_too_and_stays_hidden(server: PartnerServer, key: str) -> None:
    answer = ask(server, call("/sound", headers={"X-Key": "{key}"}), key=key)
    assert KEY not in answer.error
    assert answer.status in (0, 200) and (answer.status == 200 or answer.error)


def test_a_line_end_around_a_key_is_none_of_it(server: PartnerServer) -> None:
    assert ask(server, call("/{key}/path"), key=f" {KEY}\n").is_ok


def test_no_log_says_the_key(server: PartnerServer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = ask(server, call("/sound", query={"apikey": "{key}"}, headers={"X-Key": "{key}"}), key=KEY)
        logging.getLogger("control").debug("seen")
    assert answer.is_ok and "seen" in caplog.text
    assert KEY not in caplog.text and KEY not in answer.call.shown


# ── TLS ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Hello(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """(address of an https server whose certificate nobody has signed but itself, the certificate)."""
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    own = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(own, hashes.SHA256())
    )
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        own.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Hello)
    http.handle_error = lambda *_: None  # type: ignore[method-assign] # a refused handshake is what is wanted
    http.socket = context.wrap_socket(http.socket, server_side=True)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{http.server_address[1]}", certificate
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture
def without_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.mark.usefixtures("without_proxy")
def test_a_certificate_that_nobody_vouches_for_is_refused(secure: tuple[str, Path]) -> None:
    address, _ = secure
    with Client(QUICK) as client:
        answer = client.ask(Call("x", "GET", address, "/"))
    assert (answer.status, answer.body) == (0, b"") and "CERTIFICATE_VERIFY_FAILED" in answer.error


@pytest.mark.usefixtures("without_proxy")
def test_a_certificate_that_was_given_is_trusted(secure: tuple[str, Path]) -> None:
    address, certificate = secure
    with Client(QUICK, ca_file=certificate) as client:
        answer = client.ask(Call("x", "GET", address, "/"))
    assert (answer.status, answer.body, answer.attempts) == (200, b"ok", 1)
