"""landing → raw: keeps the bytes of every delivery by SHA-256, and a manifest line for each.

The manifest is the lake's memory: raw and manifest alone rebuild everything else. Landing objects stay where the partner
put them, and one that the manifest names (same path, ETag and time) has been taken in; but for two kinds, whose landing copy
goes: what held personal fields (raw has it without them), and answers that the pipeline itself fetched.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from assets.lake import keys
from assets.lake.objects import ObjectChanged, ObjectInfo, ObjectStore
from assets.readers.pulled import pulled
from assets.redact import Redacted, Redactor

CHUNK_BYTES = 48 * 1024**2  # three chunks at most are in memory: one at work, one being read, one being let go
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES = {
    ".xlsx": XLSX,
    ".xls": "application/vnd.ms-excel",
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".xml": "text/xml",
    ".html": "text/html",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
}
SYNTHETIC_MARKS = ("synthetic", "สังเคราะห์")
ANSWERS = "answers/"
"""Folder of a partner's landing for what it says about open matters; all else that it drops is data."""


@dataclass(frozen=True)
class Delivery:
    """One file as received at one time: one manifest line. `received_at` is UTC and comes from landing."""

    delivery_id: str
    partner_id: str
    path: str
    sha256: str
    bytes: int
    media_type: str
    received_at: datetime
    landing_etag: str
    redaction_version: str | None = None
    url: str | None = None
    """Where it was fetched from (the key is not in it); None for what a partner dropped."""


@dataclass(frozen=True)
class Withdrawal:
    """A logged decision to take a delivery's batches back. The bytes stay in raw."""

    partner_id: str
    sha256: str
    withdrawn_at: datetime
    reason: str


def is_synthetic(path: str) -> bool:
    """True when a path marks its content as invented."""
    return any(mark in path.casefold() for mark in SYNTHETIC_MARKS)


def is_answer(path: str) -> bool:
    """True when a delivery is a partner's answer to open matters, and not data."""
    return path.casefold().startswith(ANSWERS)


def take_in(
    store: ObjectStore,
    partner_id: str,
    known: Sequence[Delivery],
    on_done: Callable[[int, int], None] = lambda *_: None,
    *,
    redactor: Redactor,
    urls: Mapping[str, str] | None = None,
) -> list[Delivery]:
    """Copies what is new in a partner's landing into raw and writes its manifest lines; returns them, oldest first.

    `redactor` takes personal fields out of what was dropped, before anything is kept; `urls` says where the answers were
    fetched from, by path.
    """
    fresh = sorted(_unknown(store, partner_id, known), key=lambda info: (info.modified, info.key))
    taken: list[Delivery] = []
    for chunk, contents in store.read_ahead(_chunks(fresh), _keys):
        redacted = {key: _redacted(redactor, partner_id, key, data, urls or {}) for key, data in contents.items()}
        lines = [_delivery(partner_id, info, redacted[info.key], urls or {}) for info in chunk]
        known_bytes = {d.sha256 for d in (*known, *taken)}
        new = {
            keys.raw_key(partner_id, line.sha256): info
            for info, line in zip(chunk, lines, strict=True)
            if line.sha256 not in known_bytes
        }
        # Bytes first: a manifest line always has its object. What stayed as it came is copied inside the store.
        as_it_came = {key: info for key, info in new.items() if redacted[info.key].data is contents[info.key]}
        to_put = (new.keys() - as_it_came.keys()) | store.copy_unchanged(as_it_came)
        store.put({key: redacted[new[key].key].data for key in sorted(to_put)})
        _append_lines(store, partner_id, [_as_json("delivery", line) for line in lines])
        store.delete(
            info.key for info, line in zip(chunk, lines, strict=True) if line.redaction_version or pulled(line.path)
        )
        taken.extend(lines)
        on_done(len(taken), len(fresh))
    return taken


def waiting(store: ObjectStore, partner_id: str) -> list[ObjectInfo]:
    """What lies in a partner's landing and is not in the manifest yet."""
    return _unknown(store, partner_id, read_manifest(store, partner_id)[0])


def withdraw(store: ObjectStore, withdrawal: Withdrawal) -> None:
    """Writes a withdrawal into the manifest."""
    _append_lines(store, withdrawal.partner_id, [_as_json("withdrawal", withdrawal)])


def read_manifest(store: ObjectStore, partner_id: str) -> tuple[list[Delivery], list[Withdrawal]]:
    """All deliveries and withdrawals of a partner, in the order in which they were recorded."""
    objects = store.get_many(info.key for info in store.listing(keys.manifest_prefix(partner_id)))
    deliveries: list[Delivery] = []
    withdrawals: list[Withdrawal] = []
    for key in sorted(objects):
        for line in objects[key].decode().splitlines():
            fields = json.loads(line)
            kind = fields.pop("kind")
            if kind == "delivery":
                fields["received_at"] = datetime.fromisoformat(fields["received_at"])
                deliveries.append(Delivery(**fields))
            else:
                fields["withdrawn_at"] = datetime.fromisoformat(fields["withdrawn_at"])
                withdrawals.append(Withdrawal(**fields))
    return deliveries, withdrawals


def read_data_manifest(store: ObjectStore, partner_id: str) -> tuple[list[Delivery], list[Withdrawal]]:
    """The manifest without the partner's answers: what becomes rows."""
    deliveries, withdrawals = read_manifest(store, partner_id)
    return [delivery for delivery in deliveries if not is_answer(delivery.path)], withdrawals


def _unknown(store: ObjectStore, partner_id: str, known: Sequence[Delivery]) -> list[ObjectInfo]:
    seen = {(d.path, d.landing_etag, d.received_at) for d in known}
    return [
        info
        for info in store.listing(keys.landing_prefix(partner_id))
        if (keys.path_of_landing_key(info.key), info.etag, info.modified.astimezone(UTC)) not in seen
    ]


def _redacted(redactor: Redactor, partner_id: str, key: str, data: bytes, urls: Mapping[str, str]) -> Redacted:
    """Without personal fields. Only what this very run fetched is known to be so: its name alone proves nothing, since a
    partner may drop a file under any name."""
    path = keys.path_of_landing_key(key)
    answer = pulled(path)
    if answer and path in urls:  # taken out when it was fetched: here only which version did it
        return Redacted(data, redactor.version(answer.source_id))
    return redactor.dropped(partner_id, path, data)


def _delivery(partner_id: str, info: ObjectInfo, redacted: Redacted, urls: Mapping[str, str]) -> Delivery:
    path, data = keys.path_of_landing_key(info.key), redacted.data
    sha256 = hashlib.sha256(data).hexdigest()
    received_at = info.modified.astimezone(UTC)
    identity = f"{partner_id}|{path}|{sha256}|{received_at.isoformat()}"
    suffix = "." + path.rsplit(".", 1)[-1].lower() if "." in path else ""
    return Delivery(
        delivery_id=hashlib.sha256(identity.encode()).hexdigest()[:16],
        partner_id=partner_id,
        path=path,
        sha256=sha256,
        bytes=len(data),
        media_type=MEDIA_TYPES.get(suffix, "application/octet-stream"),
        received_at=received_at,
        landing_etag=info.etag,
        redaction_version=redacted.version,
        url=urls.get(path),
    )


def _keys(infos: Iterable[ObjectInfo]) -> list[str]:
    return [info.key for info in infos]


def _chunks(infos: Iterable[ObjectInfo]) -> Iterable[list[ObjectInfo]]:
    """Bounds memory by bytes, not by the number of files."""
    chunk: list[ObjectInfo] = []
    size = 0
    for info in infos:
        if chunk and size + info.size > CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
        chunk.append(info)
        size += info.size
    if chunk:
        yield chunk


def _as_json(kind: str, line: Delivery | Withdrawal) -> str:
    fields: dict[str, Any] = {"kind": kind} | asdict(line)
    return json.dumps(fields, ensure_ascii=False, default=lambda value: value.isoformat())


def _append_lines(store: ObjectStore, partner_id: str, lines: list[str]) -> None:
    """Adds lines to today's manifest object; a conditional put, so that two writers cannot lose each other's lines."""
    key = keys.manifest_key(partner_id, datetime.now(UTC).date())
    text = "".join(f"{line}\n" for line in lines).encode()
    for _ in range(20):
        found = store.get_with_etag(key)
        data, etag = found if found else (b"", None)
        try:
            store.put_if(key, data + text, etag)
            return
        except ObjectChanged:
            continue
    raise ObjectChanged(f"{key}: other writers won twenty times in a row")
