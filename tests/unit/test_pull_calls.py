"""The calls of a day, as the contract says them; and walks over pages that see every record or say that they did not."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.pull.calls import MAX_PAGES, Pages, calls_of
from assets.pull.client import Call
from assets.readers.route import contracts
from expectations.contract import Contract

SLOWLY = settings(deadline=None)  # a busy machine is no failure

DAY = date(2026, 3, 5)
BASE = "https://air.example.th"


class Told:
    """As much of a contract as calls are made of."""

    def __init__(self, **pull: Any) -> None:
        self.pull = {"baseUrl": BASE, **pull}


def calls(**pull: Any) -> list[Call]:
    return [call for call, _ in calls_of(Told(**pull), DAY)]  # type: ignore[arg-type]


def request(**more: Any) -> dict[str, Any]:
    return {"label": "x", "path": "/p", **more}


# ── placeholders ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_day_stands_where_the_contract_puts_it_in_any_form() -> None:
    (call,) = calls(
        requests=[
            request(
                path="/{day:%Y}/{day:%m}", query={"d": "{day:%d-%m-%Y}", "y": "{be_year}"}, body="<DD>{day:%d}</DD>"
            )
        ]
    )
    assert (call.path, dict(call.query), call.body) == ("/2026/03", {"d": "05-03-2026", "y": "2569"}, "<DD>05</DD>")
    assert call.shown == f"{BASE}/2026/03?d=05-03-2026&y=2569"


def test_a_text_without_placeholders_stays_as_it_is_and_figures_become_text() -> None:
    (call,) = calls(requests=[request(query={"limit": 50, "percent": "%d"})])
    assert call.query == {"limit": "50", "percent": "%d"} and (call.method, call.body) == ("GET", None)


@pytest.mark.parametrize(
    ("key", "header", "query"),
    [
        ({"env": "K", "header": "API-Key"}, {"API-Key": "{key}"}, {}),
        ({"env": "K", "header": "Authorization", "scheme": "Bearer"}, {"Authorization": "Bearer {key}"}, {}),
        ({"env": "K", "query": "apikey"}, {}, {"apikey": "{key}"}),
        ({"env": "K", "path": True}, {}, {}),
    ],
)
def test_a_call_shows_where_the_key_belongs_and_never_the_key(
    key: dict[str, Any], header: Mapping[str, str], query: Mapping[str, str]
) -> None:
    path = "/csv/{key}/rain" if "path" in key else "/rain"
    (call,) = calls(requests=[request(path=path)], key=key)
    assert (call.path, call.headers, call.query) == (path, header, query)


def test_headers_of_a_request_join_those_of_the_source() -> None:
    (call,) = calls(headers={"Referer": "r", "Accept": "a"}, requests=[request(headers={"Accept": "b"})])
    assert call.headers == {"Referer": "r", "Accept": "b"}


def test_each_repeats_the_request_for_every_combination_in_order() -> None:
    each = {"station": ["37t", "38t"], "kind": ["hr", "day"]}
    made = calls(requests=[request(path="/{station}", query={"k": "{kind}"}, each=each)])
    assert [(call.path, call.query["k"]) for call in made] == [
        ("/37t", "hr"),
        ("/37t", "day"),
        ("/38t", "hr"),
        ("/38t", "day"),
    ]


def test_a_request_may_have_another_host_and_no_pages() -> None:
    told = Told(requests=[request(baseUrl="https://b.example"), request(paging=False)], paging={"style": "page"})
    made = calls_of(told, DAY)  # type: ignore[arg-type]
    assert [(call.base_url, is_paged) for call, is_paged in made] == [("https://b.example", True), (BASE, False)]


@pytest.mark.parametrize("contract", [c for c in contracts().values() if c.pull], ids=lambda c: c.source_id)
def test_the_calls_of_every_source_can_be_made_for_any_day(contract: Contract) -> None:
    for day in (date(2024, 2, 29), date(2026, 12, 31), date(2027, 1, 1)):
        made = calls_of(contract, day)
        assert made
        texts = [t for call, _ in made for t in (call.shown, call.body or "", *call.headers.values())]
        assert not [text for text in texts if "{" in text.replace("{key}", "")]
        labels = {call.label for call, _ in made}
        assert all(label.replace("_", "").isalnum() and label == label.lower() for label in labels)


# ── pages ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

OFFSET = {"style": "offset", "limitParam": "limit", "offsetParam": "offset", "items": "features", "id": "id"}
PAGE = {"style": "page", "pageParam": "page", "limitParam": "limit", "items": "data.list", "id": "p.id"}
CALL = Call("x", "GET", BASE, "/p", query={"pv": "52"})


def offset_page(items: Sequence[int], call: Call, total: int | None) -> bytes:
    limit, start = int(call.query["limit"]), int(call.query["offset"])
    page: dict[str, Any] = {"features": [{"id": i} for i in items[start : start + limit]]}
    return json.dumps(page | ({} if total is None else {"total": total})).encode()


def numbered_page(items: Sequence[int], call: Call, total: int | None) -> bytes:
    limit, number = int(call.query["limit"]), int(call.query["page"])
    page: dict[str, Any] = {"data": {"list": [{"p": {"id": i}} for i in items[(number - 1) * limit : number * limit]]}}
    return json.dumps(page | ({} if total is None else {"total": str(total)})).encode()


STYLES: dict[str, tuple[dict[str, str], Callable[[Sequence[int], Call, int | None], bytes]]] = {
    "offset": (OFFSET, offset_page),
    "page": (PAGE, numbered_page),
}


def walk(
    style: str, items: Sequence[int], limit: int, total: int | None = None, **more: Any
) -> tuple[Pages, list[int]]:
    """(the walk at its end, the records that the answers held, in order)."""
    paging, answer = STYLES[style]
    pages = Pages(CALL, {**paging, "limit": limit, **({} if total is None else {"total": "total"}), **more})
    following: Call | None = pages.first()
    held: list[int] = []
    asked = 0
    while following is not None:
        assert following.query["pv"] == "52" and following.query["limit"] == str(limit)
        body = answer(items, following, total)
        found = json.loads(body)
        held += (
            [i["id"] for i in found["features"]] if style == "offset" else [i["p"]["id"] for i in found["data"]["list"]]
        )
        asked += 1
        assert asked <= len(items) // limit + 1, "the walk does not end"
        following = pages.after(body)
    return pages, held


@pytest.mark.parametrize("style", STYLES)
@SLOWLY
@given(st.lists(st.integers(), unique=True, max_size=40), st.integers(1, 12), st.booleans())
def test_a_walk_sees_every_record_once_whatever_the_list_and_the_limit(
    style: str, items: list[int], limit: int, says_total: bool
) -> None:
    pages, held = walk(style, items, limit, len(items) if says_total else None)
    assert held == items
    assert (pages.seen, pages.trouble) == ({str(i) for i in items}, "")


@pytest.mark.parametrize("style", STYLES)
@SLOWLY
@given(st.lists(st.integers(), unique=True, min_size=1, max_size=30), st.integers(1, 8), st.integers(1, 5))
def test_a_walk_that_saw_fewer_than_there_are_says_so(style: str, items: list[int], limit: int, more: int) -> None:
    paging, answer = STYLES[style]
    pages = Pages(CALL, {**paging, "limit": limit, "total": "total"})
    following: Call | None = pages.first()
    while following is not None:
        following = pages.after(answer(items, following, len(items) + more))
    assert pages.trouble


@pytest.mark.parametrize("style", STYLES)
@SLOWLY
@given(st.integers(2, 8), st.integers(2, 5))
def test_a_partner_that_does_not_heed_the_page_is_found_out(style: str, limit: int, n_pages: int) -> None:
    paging, answer = STYLES[style]
    items = list(range(limit * n_pages))
    pages = Pages(CALL, {**paging, "limit": limit})
    first = pages.first()
    page_1 = answer(items, first, None)
    assert pages.after(page_1) is not None
    assert pages.after(page_1) is None and pages.trouble == "page 2 repeats what was there already"


def test_a_partner_that_gives_less_than_was_asked_for_is_found_out_by_its_total() -> None:
    pages = Pages(CALL, {**OFFSET, "limit": 1000, "total": "numberMatched"})
    pages.first()
    body = json.dumps({"features": [{"id": i} for i in range(500)], "numberMatched": 1200}).encode()
    assert pages.after(body) is None
    assert pages.trouble == "500 records were seen, the partner counts 1200"


def test_a_list_without_an_end_is_left() -> None:
    pages = Pages(CALL, {**OFFSET, "limit": 1})
    following: Call | None = pages.first()
    n = 0
    while following is not None and n <= MAX_PAGES:
        following = pages.after(offset_page(range(10_000), following, None))
        n += 1
    assert n == MAX_PAGES and pages.trouble == f"there are more than {MAX_PAGES} pages"


def test_a_list_that_ends_on_the_last_page_allowed_is_whole() -> None:
    assert walk("offset", range(6), 2, 6, maxPages=3)[0].trouble == ""


def test_records_without_ids_are_told_apart_by_their_content() -> None:
    paging = {k: v for k, v in OFFSET.items() if k != "id"}
    pages = Pages(CALL, {**paging, "limit": 2})
    pages.first()
    assert pages.after(b'{"features": [{"a": 1}, {"a": 2}]}') is not None
    assert pages.after(b'{"features": [{"a": 3}]}') is None
    assert (len(pages.seen), pages.trouble) == (3, "")


def test_a_list_may_stand_under_one_of_several_names() -> None:
    pages = Pages(CALL, {**PAGE, "items": "data|result", "limit": 5, "id": "id"})
    pages.first()
    assert pages.after(b'{"result": [{"id": 1}]}') is None and pages.seen == {"1"}


@pytest.mark.parametrize(
    "body", [b"<html>", b'{"features": [1, 2', b"", b'{"features": 7}', b'{"features": [], "total": "x"}']
)
def test_a_page_that_is_none_ends_the_walk_and_says_so(body: bytes) -> None:
    pages = Pages(CALL, {**OFFSET, "limit": 2, "total": "total"})
    pages.first()
    assert pages.after(body) is None and pages.trouble == "page 1 is not what a page should be"
