"""What can go wrong at a partner, each thing under a name, to be switched on for one feed or one host.

A fault acts in one of five places: instead of the answer, on the answer's content, between pages, from day to day
(stale), or on the wire. All but the last are done here; the wire belongs to simulator/server.py.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from .feed import Answer, Request, as_json
from .payload import measured, read
from .payload_json import JsonPayload
from .payload_xml import XmlPayload

KINDS: dict[str, str] = {
    "error_500": "500 with a line of JSON",
    "too_many": "429 with Retry-After",
    "bad_gateway_html": "502 with an HTML page",
    "html_200": "an HTML maintenance page with status 200",
    "redirect_loop": "302 to itself",
    "timeout": "the connection is taken, nothing is ever sent",
    "slow": "the body comes a byte at a time",
    "cut_off": "the connection is closed in the middle of the body",
    "wrong_content_type": "the right body, called text/plain",
    "invalid_json": "the body ends in the middle, and Content-Length says so too",
    "empty": "sound, and without a record",
    "stale": "the first answer from now on is given for ever, old date and all",
    "drift_new_column": "every record has a field that nobody has announced",
    "drift_lost_column": "a field is gone from every record",
    "drift_type_flip": "a number has become words in every record",
    "duplicated_page": "the page or offset is not heeded: every page is the first",
    "moving_record": "the last record of page 1 comes again on page 2, and pushes one out",
}
WIRE = ("timeout", "slow", "cut_off")
NEW_FIELD, NEW_VALUE = "synthetic_new_field", "ฟิลด์ใหม่"
WORDS = "ไม่ทราบค่า"  # "value not known": words where a number was
HTML = "text/html; charset=utf-8"
MAINTENANCE = """<!DOCTYPE html>
<html lang="th"><head><meta charset="utf-8"><title>ปิดปรับปรุงระบบ</title></head>
<body><h1>ปิดปรับปรุงระบบชั่วคราว</h1><p>The service is under maintenance. SYNTHETIC ข้อมูลสังเคราะห์</p></body></html>
""".encode()
GATEWAY = b"""<html><head><title>502 Bad Gateway</title></head>
<body><center><h1>502 Bad Gateway</h1></center><!-- SYNTHETIC --></body></html>
"""
OFFSETS = ("offset", "resultoffset", "startindex", "start", "skip")
PAGES = ("page", "pageno", "page_no", "pagenumber", "page_number", "currentpage")
# What an address says of the day that is asked for: dates, months and years, also of the Buddhist era, and times.
DATED = re.compile(
    r"(?<!\d)(?:\d{4}-\d\d-\d\d(?:[T ]\d\d:?\d\d(?::?\d\d)?)?|\d\d-\d\d-\d{4}|(?:19|20|24|25)\d\d(?:\d\d){0,2}"
    r"|[67]\d(?:0[1-9]|1[0-2])|(?<=>)\d\d?(?=<))(?!\d)"
)
Ask = Callable[[Request], Answer]


@dataclass
class Fault:
    """One thing that goes wrong at `target` (a source id or a host) for the next `times` requests, once `after` passed."""

    target: str
    kind: str
    times: int | None = None
    after: int = 0
    retry_after: int = 1
    field: str | None = None
    pause: float = 0.05
    seen: int = dataclasses.field(default=0, compare=False)
    done: int = dataclasses.field(default=0, compare=False)
    frozen: dict[tuple[str, ...], Answer] = dataclasses.field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no fault is called {self.kind!r}; use one of {', '.join(KINDS)}")
        if self.times is not None and self.times < 1:
            raise ValueError(f"times is {self.times}; say how many requests, or nothing for all of them")
        if min(self.after, self.retry_after, self.pause) < 0:
            raise ValueError("after, retry_after and pause cannot be negative")

    @property
    def spent(self) -> bool:
        return self.times is not None and self.done >= self.times

    @property
    def due(self) -> bool:
        return self.seen > self.after and not self.spent

    def told(self) -> dict[str, object]:
        """For people and for JSON."""
        names = ("target", "kind", "times", "after", "retry_after", "field", "pause", "seen", "done")
        return {name: getattr(self, name) for name in names}


def spoil(fault: Fault, request: Request, ask: Ask) -> tuple[Answer, bool]:
    """The partner's answer with the fault in it, and whether this request gave the fault anything to act on."""
    if (said := instead(fault, request)) is not None:
        return said, True
    if fault.kind == "stale":
        return _stale(fault, request, ask)
    if fault.kind == "duplicated_page":
        return (ask(first_page(request)), True) if is_later_page(request) else (ask(request), False)
    answer = ask(request)
    if fault.kind in WIRE:
        return answer, True
    if answer.status != 200:  # the partner has refused: there is no content to spoil
        return answer, False
    spoilt = _moving(request, answer, ask) if fault.kind == "moving_record" else change(fault, answer)
    return (answer, False) if spoilt is None else (spoilt, True)


def instead(fault: Fault, request: Request) -> Answer | None:
    """What is said without asking the partner."""
    match fault.kind:
        case "error_500":
            return Answer(as_json({"message": "Internal Server Error"}), status=500)
        case "too_many":
            headers = {"Retry-After": str(fault.retry_after)}
            return Answer(as_json({"message": "Too Many Requests"}), status=429, headers=headers)
        case "bad_gateway_html":
            return Answer(GATEWAY, HTML, 502)
        case "html_200":
            return Answer(MAINTENANCE, HTML)
        case "redirect_loop":
            query = f"?{urlencode(request.query)}" if request.query else ""
            return Answer(b"", HTML, 302, {"Location": quote(request.path, safe="/=") + query})
        case _:
            return None


def change(fault: Fault, answer: Answer) -> Answer | None:
    """Faults of the content."""
    if fault.kind == "wrong_content_type":
        return replace(answer, content_type="text/plain; charset=utf-8")
    if fault.kind == "invalid_json":
        return replace(answer, body=answer.body[: len(answer.body) // 2])
    if fault.kind == "empty":
        return _emptied(answer)
    payload = read(answer)
    if payload is None or not (fields := payload.fields()):
        return None
    if fault.kind == "drift_new_column":
        payload.add(fault.field or NEW_FIELD, NEW_VALUE)
    elif (lost := measured(fields, fault.field)) is not None:
        if fault.kind == "drift_lost_column":
            payload.drop(lost)
        else:
            payload.change(lost, WORDS)
    return replace(answer, body=payload.dump())


def _emptied(answer: Answer) -> Answer:
    payload = read(answer)
    if payload is None or not (payload.fields() or isinstance(payload, JsonPayload)):
        return replace(answer, body=b"")
    payload.empty()
    return replace(answer, body=payload.dump())


def _stale(fault: Fault, request: Request, ask: Ask) -> tuple[Answer, bool]:
    """The first answer stays, whatever day is asked for; other pages and stations keep answers of their own."""
    paging = {k: v for k, v in request.query.items() if k.lower() in (*OFFSETS, *PAGES)}
    asked = {k: DATED.sub("#", v) for k, v in request.query.items()} | paging
    body = DATED.sub("#", request.body.decode("utf-8", "replace"))
    address = (request.method, DATED.sub("#", request.path), urlencode(asked), body)
    known = address in fault.frozen
    if not known:
        fault.frozen[address] = ask(request)
    return fault.frozen[address], known


def is_later_page(request: Request) -> bool:
    return _page(request.query, PAGES) > 1 or _page(request.query, OFFSETS) > 0


def first_page(request: Request) -> Request:
    kept = {k: v for k, v in request.query.items() if k.lower() not in (*OFFSETS, *PAGES)}
    return replace(request, query=kept | {k: "1" for k in request.query if k.lower() in PAGES})


def _page(query: Mapping[str, str], names: tuple[str, ...]) -> int:
    return max((int(v) for k, v in query.items() if k.lower() in names and v.isdigit()), default=0)


def _moving(request: Request, answer: Answer, ask: Ask) -> Answer | None:
    """Page 2 as it looks when a record has slipped in before it: its first is page 1's last, its own last is not seen."""
    if not is_later_page(request):
        return None
    first, second = read(ask(first_page(request))), read(answer)
    if first is None or second is None or isinstance(second, XmlPayload) or not first.rows or not second.rows:
        return None
    if _page(request.query, PAGES) != 2 and _page(request.query, OFFSETS) != len(first.rows):
        return None
    second.rows[:] = [first.rows[-1], *second.rows[:-1]]
    return replace(answer, body=second.dump())
