"""A contract's `pull` → the calls of one day, and what paging makes of the first of them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from assets.pull.client import KEY_SHOWN, Call
from expectations.contract import Contract

BUDDHIST = 543
MAX_PAGES = 200


def calls_of(contract: Contract, day: date) -> list[tuple[Call, bool]]:
    """The calls of a day, each with whether it is paged.

    Placeholders: `{day:%Y-%m-%d}`, `{day_before:…}`, `{be_year}`, `{key}`, and the names of `each`.
    """
    pull = contract.pull or {}
    made = []
    for request in pull["requests"]:
        for chosen in _choices(request.get("each", {})):
            words = {
                "day": day,
                "day_before": day - timedelta(days=1),
                "be_year": day.year + BUDDHIST,
                "key": KEY_SHOWN,
                **chosen,
            }
            made.append((_call(pull, request, words), "paging" in pull and request.get("paging", True)))
    return made


def _choices(each: Mapping[str, list[Any]]) -> Iterator[dict[str, Any]]:
    for values in itertools.product(*each.values()):
        yield dict(zip(each, values, strict=True))


def _call(pull: Mapping[str, Any], request: Mapping[str, Any], words: Mapping[str, Any]) -> Call:
    key = pull.get("key", {})
    headers = {**pull.get("headers", {}), **request.get("headers", {})}
    query = {name: _filled(str(value), words) for name, value in request.get("query", {}).items()}
    if "header" in key:
        headers[key["header"]] = " ".join([*([key["scheme"]] if "scheme" in key else []), KEY_SHOWN])
    if "query" in key:
        query[key["query"]] = KEY_SHOWN
    return Call(
        label=request["label"],
        method=request.get("method", "GET"),
        base_url=request.get("baseUrl", pull["baseUrl"]),
        path=_filled(request["path"], words),
        query=query,
        headers=headers,
        body=_filled(request["body"], words) if "body" in request else None,
    )


def _filled(text: str, words: Mapping[str, Any]) -> str:
    return text.format(**words) if "{" in text else text


# ── paging ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Page:
    """What a page says of itself. `total` is None when the partner does not say how many there are."""

    ids: tuple[str, ...]
    total: int | None


class Pages:
    """Walks the pages of one call: which comes next, and whether all records were seen in the end."""

    def __init__(self, call: Call, paging: Mapping[str, Any]) -> None:
        self.call, self.paging = call, paging
        self.limit = int(paging.get("limit", 100))
        self.number = 0
        self.seen: set[str] = set()
        self.total: int | None = None
        self.trouble = ""

    def first(self) -> Call:
        return self._numbered(0)

    def after(self, body: bytes) -> Call | None:
        """The next call, None at the end. What is wrong with the walk stands in `trouble`."""
        try:
            page = self._read(body)
        except (ValueError, KeyError, TypeError, AttributeError):
            self.trouble = f"page {self.number + 1} is not what a page should be"
            return None
        self.total = page.total if page.total is not None else self.total
        new = set(page.ids) - self.seen
        if page.ids and not new:
            self.trouble = f"page {self.number + 1} repeats what was there already"
            return None
        self.seen |= new
        self.number += 1
        if len(page.ids) < self.limit or (self.total is not None and self.number * self.limit >= self.total):
            self._close()
            return None
        if self.number >= int(self.paging.get("maxPages", MAX_PAGES)):
            self.trouble = f"there are more than {self.number} pages"
            return None
        return self._numbered(self.number)

    def _close(self) -> None:
        if self.total is not None and len(self.seen) != self.total:
            self.trouble = f"{len(self.seen)} records were seen, the partner counts {self.total}"

    def _numbered(self, number: int) -> Call:
        paging = self.paging
        query = dict(self.call.query)
        if "limitParam" in paging:
            query[paging["limitParam"]] = str(self.limit)
        if paging["style"] == "offset":
            query[paging.get("offsetParam", "offset")] = str(number * self.limit)
        else:
            query[paging.get("pageParam", "page")] = str(number + 1)
        return replace(self.call, query=query)

    def _read(self, body: bytes) -> Page:
        document = json.loads(body)
        items = _found(document, self.paging["items"]) or []
        total = _found(document, self.paging["total"]) if "total" in self.paging else None
        by = self.paging.get("id", "")
        ids = tuple(str(_found(item, by)) if by else json.dumps(item, sort_keys=True) for item in items)
        return Page(ids, int(total) if total is not None else None)


def _found(value: Any, path: str) -> Any:
    """A dotted path in an object; `a|b` tries one after the other."""
    for option in path.split("|"):
        at = value
        for part in option.split("."):
            at = at.get(part) if isinstance(at, dict) and part else at
        if at is not None:
            return at
    return None
