"""A real HTTP server on loopback that plays the partners: their hosts, their paths, their keys, and what goes wrong there.

A client connects to `server.url` and says by the `Host` header which partner it means. Everything answered is synthetic
and says so in the header `X-Synthetic: 1`. Faults are switched on by `PartnerServer.fault` or by HTTP under `/_control/`.
"""

from __future__ import annotations

import dataclasses
import hmac
import json
import re
import secrets
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .faults import Fault, spoil
from .feed import Answer, Feed, Request, Route, as_json, feeds
from .wire import CONTROL, LOOPBACK, FeedError, PartnerHttp, message, not_modified
from .world import World

SECRET_NAME = re.compile(r"key|token|secret|password", re.IGNORECASE)
REMEMBERED = 10_000


@dataclass(frozen=True)
class Asked:
    """What the server was asked, for whoever tests a client: no key stands in it. `status` is None when nothing was said."""

    method: str
    host: str
    path: str
    query: Mapping[str, str]
    status: int | None
    fault: str | None
    source_id: str
    at: float


def world_routes(world: World, chosen: Mapping[str, Feed] | None = None) -> list[Route]:
    """The routes of every feed that has some (or of those chosen), each with its source id."""
    return [
        route if route.source_id else dataclasses.replace(route, source_id=name)
        for name, feed in (feeds() if chosen is None else chosen).items()
        if hasattr(feed, "routes")
        for route in feed.routes(world)
    ]


class PartnerServer:
    """`with PartnerServer(routes) as server:` answers at `server.url` until the block ends. Port 0 takes a free one."""

    def __init__(self, routes: Iterable[Route], keys: Mapping[str, str] | None = None, port: int = 0) -> None:
        self.routes = list(routes)
        given = keys or {}
        guarded = sorted({route.host for route in self.routes if route.key})
        self.keys = {host: given.get(host) or secrets.token_hex(16) for host in guarded}
        self.stopping = threading.Event()
        self._faults: list[Fault] = []
        self._asked: deque[Asked] = deque(maxlen=REMEMBERED)
        self._lock = threading.Lock()
        self._feeds_lock = threading.Lock()  # feeds need not think of threads
        self._http: PartnerHttp | None = None
        self._thread: threading.Thread | None = None
        self._wanted_port = port

    def start(self) -> PartnerServer:
        self.stopping.clear()
        self._http = PartnerHttp(self, self._wanted_port)
        serve = {"poll_interval": 0.05}
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs=serve, name="partners", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Frees the port and ends every open connection at once, also those that hang on purpose."""
        if self._http is None or self._thread is None:
            return
        self.stopping.set()
        self._http.shutdown()
        self._http.hang_up()
        self._http.server_close()
        self._thread.join()
        self._http = self._thread = None

    def __enter__(self) -> PartnerServer:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        if self._http is None:
            raise RuntimeError("the partner server is not running; use `with PartnerServer(...)` or start()")
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    # ── what is switched and what was seen ────────────────────────────────────────────────────────────────────────────

    def fault(
        self,
        target: str,
        kind: str,
        *,
        times: int | None = None,
        after: int = 0,
        retry_after: int = 1,
        field: str | None = None,
        pause: float = 0.05,
    ) -> Fault:
        """Switches a fault on for a source id or a host. Faults of one target take effect in the order they were set.

        `times` counts the requests it acted on (None: until cleared), `after` those that it lets pass first. `field`
        names the field of a drift fault, `pause` is the time between two bytes of a slow answer.
        """
        known = {name for route in self.routes for name in (route.source_id, route.host) if name}
        if target not in known:
            raise ValueError(f"no partner is called {target!r}; there are {', '.join(sorted(known)) or 'none'}")
        fault = Fault(target, kind, times, after, retry_after, field, pause)
        with self._lock:
            self._faults.append(fault)
        return fault

    @property
    def faults(self) -> list[Fault]:
        """Those that can still take effect."""
        with self._lock:
            return [fault for fault in self._faults if not fault.spent]

    @property
    def requests(self) -> list[Asked]:
        """What was asked, oldest first; at most the last 10 000."""
        with self._lock:
            return list(self._asked)

    def clear_faults(self) -> None:
        with self._lock:
            self._faults.clear()

    def clear_requests(self) -> None:
        with self._lock:
            self._asked.clear()

    def clear(self) -> None:
        """As at the start: no faults, nothing asked."""
        self.clear_faults()
        self.clear_requests()

    # ── how a request is answered ─────────────────────────────────────────────────────────────────────────────────────

    def answer(self, request: Request) -> tuple[Answer, Fault | None]:
        """What the partner says, and the fault that acted on it. The request is written down, without its key."""
        host = request.headers.get("host", "")
        route, params, refusal = self.find(request.method, host, request.path)
        if route is None:
            self._write_down(request, host, None, refusal.status, None)
            return refusal, None
        request = dataclasses.replace(request, params=params)
        if (refused := self._check_key(route, request)) is not None:
            self._write_down(request, route.host, route, refused.status, None)
            return refused, None
        fault = self._due(route)
        try:
            with self._feeds_lock:
                answer, acted = spoil(fault, request, route.respond) if fault else (route.respond(request), False)
        except Exception as error:
            print(self.masked(traceback.format_exc()), file=sys.stderr)
            self._write_down(request, route.host, route, 500, "the simulator's own error")
            raise FeedError(self.masked(f"the simulator's own error: {error!r}")) from error
        if fault and not acted:
            with self._lock:
                fault.done -= 1
            fault = None
        if fault is None:
            answer = not_modified(answer, request) or answer
        status = None if fault and fault.kind == "timeout" else answer.status
        self._write_down(request, route.host, route, status, fault.kind if fault else None)
        return answer, fault

    def find(self, method: str, host: str, path: str) -> tuple[Route | None, Mapping[str, str], Answer]:
        """The route by host and path; by path alone when the host is none of the partners'. Else what is said instead."""
        hosts = {route.host for route in self.routes}
        named = next((name for name in (host, host.partition(":")[0]) if name in hosts), None)
        fits = [
            (route, found)
            for route in self.routes
            if (named is None or route.host == named) and (found := re.fullmatch(route.path, path)) is not None
        ]
        right = [(route, found) for route, found in fits if route.method == method]
        if right and len({route.host for route, _ in right}) == 1:
            return right[0][0], right[0][1].groupdict(), Answer(b"")
        if names := ", ".join(sorted({route.host for route, _ in right})):
            return None, {}, message(404, f"several partners have this path; say which by the header Host: {names}")
        if fits:
            return None, {}, message(405, "Method Not Allowed")
        return None, {}, message(404, "Not Found")

    def _check_key(self, route: Route, request: Request) -> Answer | None:
        """401 without a key, 403 with a wrong one."""
        if route.key is None:
            return None
        if route.key.header:
            said: str | None = request.headers.get(route.key.header.lower(), "").removeprefix("Bearer ")
        elif route.key.query:
            said = request.query.get(route.key.query)
        else:
            said = request.params.get("key")
        if not said:
            return message(401, "Invalid API key")
        right = hmac.compare_digest(said.encode(), self.keys[route.host].encode())
        return None if right else message(403, "Invalid API key")

    def _due(self, route: Route) -> Fault | None:
        """The first fault that is due for this request. Its turn is counted here, so that two threads never share one."""
        with self._lock:
            mine = [fault for fault in self._faults if fault.target in (route.source_id, route.host)]
            for fault in mine:
                fault.seen += 1
            due = next((fault for fault in mine if fault.due), None)
            if due:
                due.done += 1
            return due

    def _write_down(
        self, request: Request, host: str, route: Route | None, status: int | None, what: str | None
    ) -> None:
        named = route.key.query if route and route.key else None
        query = {k: "***" if k == named or SECRET_NAME.search(k) else self.masked(v) for k, v in request.query.items()}
        path = request.path
        if route and route.key and route.key.path and request.params.get("key"):
            path = path.replace(request.params["key"], "***")
        source = route.source_id if route else ""
        asked = Asked(request.method, host, self.masked(path), query, status, what, source, time.time())
        with self._lock:
            self._asked.append(asked)

    def masked(self, text: str) -> str:
        for key in self.keys.values():
            text = text.replace(key, "***")
        return text

    # ── the same by HTTP ──────────────────────────────────────────────────────────────────────────────────────────────

    def control(self, method: str, path: str, body: bytes) -> Answer:
        match method, path.removeprefix(CONTROL):
            case "GET", "requests":
                return Answer(as_json([dataclasses.asdict(asked) for asked in self.requests]))
            case "DELETE", "requests":
                self.clear_requests()
                return Answer(as_json([]))
            case "GET", "faults":
                return Answer(as_json([fault.told() for fault in self.faults]))
            case "PUT", "faults":
                return self._put_fault(body)
            case "DELETE", "faults":
                self.clear_faults()
                return Answer(as_json([]))
            case "GET", "routes":
                return Answer(as_json([shown(route) for route in self.routes]))
            case _:
                return message(404, "under /_control/ there are requests, faults and routes")

    def _put_fault(self, body: bytes) -> Answer:
        try:
            wanted = json.loads(body)
            target = wanted.pop("source_id", None) or wanted.pop("host", None)
            return Answer(as_json(self.fault(target, **wanted).told()))
        except (ValueError, TypeError, AttributeError) as error:
            example = '{"source_id": "pcd_air4thai", "kind": "too_many", "times": 2, "after": 0, "retry_after": 3}'
            return message(400, f"{error}; e.g. {example}")


def readable(pattern: str) -> str:
    """A route's regular expression as people write addresses: `/stations/{id}`."""
    while named := re.search(r"\(\?P<(\w+)>", pattern):
        depth, end = 1, named.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(pattern[end], 0)
            end += 1
        pattern = f"{pattern[: named.start()]}{{{named[1]}}}{pattern[end:]}"
    return re.sub(r"\(\?:([^()]*)\)\?", r"[\1]", re.sub(r"\\(.)", r"\1", pattern))


def shown(route: Route) -> dict[str, Any]:
    """A route for people and for JSON."""
    key = dataclasses.asdict(route.key) if route.key else {}
    where = next((f"{place} {name}" if name is not True else place for place, name in key.items() if name), None)
    address = {"host": route.host, "method": route.method, "path": readable(route.path)}
    return {"source_id": route.source_id, **address, "key": where}
