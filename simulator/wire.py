"""The wire of the partner server: connections, requests and answers as bytes, and the faults that happen on the way."""

from __future__ import annotations

import contextlib
import hashlib
import re
import socket
import sys
import threading
import traceback
from collections.abc import Mapping
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from .faults import Fault
from .feed import JSON, Answer, Request, as_json

LOOPBACK = "127.0.0.1"
CONTROL = "/_control/"


class FeedError(RuntimeError):
    """A feed's `respond` has failed: the simulator's own mistake, and no fault of the partner's."""


class Partners(Protocol):
    """What is behind the wire: simulator/server.py."""

    stopping: threading.Event

    def answer(self, request: Request) -> tuple[Answer, Fault | None]: ...

    def control(self, method: str, path: str, body: bytes) -> Answer: ...

    def masked(self, text: str) -> str: ...


def message(status: int, text: str) -> Answer:
    return Answer(as_json({"message": text}), JSON, status)


def tagged(answer: Answer) -> Mapping[str, str]:
    """The headers, with a strong ETag of the body where the partner offers one or a date."""
    headers = {name.title(): value for name, value in answer.headers.items()}
    if answer.status == 200 and ("Etag" in headers or "Last-Modified" in headers):
        headers.pop("Etag", None)
        headers["ETag"] = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
    return headers


def not_modified(answer: Answer, request: Request) -> Answer | None:
    """304 when the client says that it has this very answer."""
    headers = tagged(answer)
    if "ETag" not in headers:
        return None
    wanted = request.headers.get("if-none-match")
    if wanted is not None:
        same = wanted.strip() == "*" or headers["ETag"] in re.findall(r'"[^"]*"', wanted)
    else:
        same = request.headers.get("if-modified-since", "-") == headers.get("Last-Modified")
    return replace(answer, body=b"", status=304, headers=headers) if same else None


class PartnerHttp(ThreadingHTTPServer):
    """Loopback only. Knows its open connections, so that stopping does not wait for clients."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, partners: Partners, port: int) -> None:
        self.partners = partners
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__((LOOPBACK, port), Handler)

    def server_bind(self) -> None:
        """Without looking the host's name up, which may take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        with self._open_lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A mistake is shown, without keys; a client that has gone away is none."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            print(self.partners.masked(traceback.format_exc()), file=sys.stderr)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "MaeMohPartnerSimulator"
    sys_version = ""
    disable_nagle_algorithm = True
    server: PartnerHttp

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: addresses can hold keys. What was asked is under /_control/requests."""

    def _serve(self) -> None:
        address = urlsplit(self.path)
        if self.headers.get("Transfer-Encoding"):
            self.close_connection = True
            self._send(message(411, "Length Required"))
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, partners = unquote(address.path), self.server.partners
        if path.startswith(CONTROL):
            self._send(partners.control(self.command, path, body))
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(address.query, keep_blank_values=True))
        try:
            answer, fault = partners.answer(Request(self.command, path, {}, query, headers, body))
        except FeedError as error:
            self._send(message(500, str(error)))
            return
        if fault and fault.kind == "timeout":
            self._say_nothing()
        else:
            self._send(answer, fault)

    do_GET = do_POST = do_PUT = do_DELETE = _serve

    def _send(self, answer: Answer, fault: Fault | None = None) -> None:
        kind = fault.kind if fault else ""
        self.send_response(answer.status)
        for name, value in tagged(answer).items():  # cut off on the way: the tag is still that of the whole answer
            self.send_header(name, value)
        self.send_header("X-Synthetic", "1")
        if answer.status != 304:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection or kind in ("cut_off", "slow"):
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        if kind == "slow" and fault:
            self._drip(answer.body, fault.pause)
        else:
            self.wfile.write(answer.body[: len(answer.body) // 2] if kind == "cut_off" else answer.body)

    def _drip(self, body: bytes, pause: float) -> None:
        for i in range(len(body)):
            if self.server.partners.stopping.wait(pause):
                return
            self.wfile.write(body[i : i + 1])

    def _say_nothing(self) -> None:
        """Until the client gives up, or `stop` shuts the connection: both end the reading."""
        self.close_connection = True
        while not self.server.partners.stopping.is_set() and self.connection.recv(4096):
            continue
