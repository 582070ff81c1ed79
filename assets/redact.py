"""The redact step: personal fields leave a delivery before its bytes are kept.

A contract lists fields to drop or to hash; hashing keeps the same person the same without saying who (HMAC-SHA-256 with
a key of this lake). What cannot be read as what the contract says is masked by pattern instead: telephone numbers, e-mail
addresses and citizen ids never reach raw from a source that holds them.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from assets.readers.document import Document
from assets.readers.route import claimed_by, contracts
from expectations.contract import Contract
from expectations.personal import CITIZEN_ID, CITIZEN_ID_DASHED, EMAIL, MOBILE, is_citizen_id

MASK = "***"
MASKED = "masked-1"
HASH_LENGTH = 16
# Not inside a longer figure: 18.0812345678 is no telephone number.
_PATTERN = re.compile(
    rf"(?<!\d)(?<!\d\.)(?:{'|'.join((CITIZEN_ID, CITIZEN_ID_DASHED, MOBILE, EMAIL))})",
    re.ASCII,  # Thai is written without blanks: a letter before a number does not hide it
)


@dataclass(frozen=True)
class Redacted:
    """Bytes without personal fields, and by which version of the rules; None: the source has none to take out."""

    data: bytes
    version: str | None


class Redactor:
    """Knows what the contracts call personal, and this lake's key."""

    def __init__(self, known: Mapping[str, Contract], key: bytes) -> None:
        self._key = key
        self._personal = {c.source_id: c for c in known.values() if c.redact}
        self._partners = {c.partner_id for c in self._personal.values()}

    @classmethod
    def of(cls, home: Path) -> Redactor:
        """For all sources, with the key of the lake at `home`, made when there is none (readable by its owner only)."""
        return cls(contracts(), _key(home / "redaction.key"))

    def dropped(self, partner_id: str, path: str, data: bytes) -> Redacted:
        """What a partner dropped. Its source is found by its content."""
        if partner_id not in self._partners:
            return Redacted(data, None)
        source_id = claimed_by(partner_id, data, path)
        if source_id in self._personal:
            return self.answered(source_id, data)
        if source_id is None and Document(data, path).kind in ("text", "json", "xml", "html"):
            return self._unclaimed(partner_id, data)
        return Redacted(data, None)

    def _unclaimed(self, partner_id: str, data: bytes) -> Redacted:
        """Nobody's delivery, from a partner that sends personal fields: those by their names, the rest by pattern."""
        known = data
        for contract in self._personal.values():
            if contract.partner_id == partner_id:
                known = self.answered(contract.source_id, known).data
        known = _masked(known)
        return Redacted(known, MASKED if known != data else None)

    def answered(self, source_id: str, data: bytes) -> Redacted:
        """What a partner's interface answered."""
        contract = self._personal.get(source_id)
        if contract is None or contract.redact is None:
            return Redacted(data, None)
        fields, version = contract.redact["fields"], contract.redact["version"]
        try:
            kind = Document(data, "").kind
            if kind == "json":
                return Redacted(self._json(data, fields), version)
            if kind == "text":
                separator = (contract.read or {}).get("separator", ",")
                return Redacted(self._csv(data, fields, separator), version)
        except (ValueError, RecursionError, pl.exceptions.PolarsError):
            return Redacted(_masked(data, [field["name"] for field in fields]), MASKED)
        return Redacted(_masked(data) if kind in ("xml", "html") else data, version)

    def version(self, source_id: str) -> str | None:
        """By which version of its rules a source's answers are redacted."""
        contract = self._personal.get(source_id)
        return str(contract.redact["version"]) if contract and contract.redact else None

    # ── formats ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _json(self, data: bytes, fields: list[dict[str, str]]) -> bytes:
        actions = {field["name"]: field["action"] for field in fields}
        text = Document(data, "").text
        document = json.loads(text)
        escaped = "\\u" in text  # a name may be written in escapes
        if not escaped and not any(name in text for name in actions) and "hash_keys" not in actions.values():
            return data
        if actions.pop("", None) == "hash_keys" and isinstance(document, dict):
            document = {self._hash(key): value for key, value in document.items()}
        return json.dumps(self._without(document, actions), ensure_ascii=False).encode()

    def _without(self, value: Any, actions: Mapping[str, str]) -> Any:
        if isinstance(value, list):
            return [self._without(item, actions) for item in value]
        if not isinstance(value, dict):
            return value
        made: dict[str, Any] = {}
        for name, inner in value.items():
            action = actions.get(name)
            if action == "drop":
                continue
            if action == "hash" and inner not in (None, ""):
                made[name] = self._hash(str(inner))
            elif action == "hash_keys" and isinstance(inner, dict):
                made[name] = {self._hash(key): self._without(item, actions) for key, item in inner.items()}
            else:
                made[name] = self._without(inner, actions)
        return made

    def _csv(self, data: bytes, fields: list[dict[str, str]], separator: str) -> bytes:
        text = Document(data, "").text
        frame = pl.read_csv(io.BytesIO(text.encode()), separator=separator, infer_schema=False)
        names = {name.strip(): name for name in frame.columns}
        present = [(names[field["name"]], field["action"]) for field in fields if field["name"] in names]
        if not present:  # without a field of the contract it is not what the contract says
            return _masked(data)
        for name, action in present:
            if action == "drop":
                frame = frame.drop(name)
                continue
            known = frame[name].drop_nulls().unique().to_list()
            frame = frame.with_columns(pl.col(name).replace_strict(known, [self._hash(v) for v in known], default=None))
        return frame.write_csv(separator=separator).encode()

    def _hash(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:HASH_LENGTH]


def _masked(data: bytes, names: Sequence[str] = ()) -> bytes:
    """Text that cannot be read as what it should be: what looks personal goes, and the values of these JSON names."""
    document = Document(data, "")
    text = data.decode(document.encoding, errors="replace")
    masked = _PATTERN.sub(_mask, text)
    for name in filter(None, names):
        masked = re.sub(rf'("{re.escape(name)}"\s*:\s*)("(?:[^"\\]|\\.)*"?|[^,}}\]]*)', rf'\g<1>"{MASK}"', masked)
    return data if masked == text else masked.encode()


def _mask(found: re.Match[str]) -> str:
    digits = found[0].replace("-", "")
    only_looks_alike = len(digits) == 13 and digits.isdigit() and not is_citizen_id(digits)
    return found[0] if only_looks_alike else MASK


def _key(path: Path) -> bytes:
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_hex(32).encode())
    return path.read_bytes()
