"""Partners' interfaces → landing → raw, for the sources that are fetched. Every call leaves a line in `ops.fetch`.

One source's trouble stays its own. What a server sent is kept as it came (after redaction where the contract asks for it),
errors included; what was not sent at all is a line that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from assets import intake
from assets.lake import keys
from assets.lake.handle import Lake
from assets.lake.ledger import now
from assets.lake.lock import writing
from assets.pull.calls import Pages, calls_of
from assets.pull.client import Answer, Call, Client, Patience
from assets.readers.document import Document
from assets.readers.pulled import pulled_path
from assets.redact import Redactor
from expectations.contract import Contract

Progress = Callable[[str, int, int], None]
THREADS = 4
SUFFIXES = {"json": "json", "xml": "xml", "html": "html", "text": "txt"}


@dataclass(frozen=True)
class PullOptions:
    """Where and how to ask. `keys` by environment name; `ca_files` by source id; `stand_in` plays all partners."""

    keys: Mapping[str, str] = field(default_factory=dict)
    ca_files: Mapping[str, Path] = field(default_factory=dict)
    stand_in: str | None = None
    patience: Patience = field(default_factory=Patience)


@dataclass
class Pulled:
    """What one source's pull came to. `lines` are its rows of ops.fetch."""

    source_id: str
    lines: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, bytes] = field(default_factory=dict)
    """Landing path → what was kept."""
    urls: dict[str, str] = field(default_factory=dict)

    @property
    def troubles(self) -> list[str]:
        return [line["reason_en"] for line in self.lines if line["reason_en"]]


def pull(
    lake: Lake,
    contracts: Sequence[Contract],
    day: date,
    options: PullOptions,
    redactor: Redactor,
    run_id: str,
    progress: Progress = lambda *_: None,
) -> list[Pulled]:
    """Fetches a local day of several sources, a few at a time, and takes the answers in."""
    known = _validators(lake)
    done: list[Pulled] = []
    with ThreadPoolExecutor(THREADS) as pool:
        asked = pool.map(lambda contract: _ask(contract, day, options, redactor, known, run_id), contracts)
        for one in asked:
            done.append(one)
            progress("pull", len(done), len(contracts))
    with writing(lake.config.home):
        _keep(lake, contracts, done, redactor)
        lake.ledger.append({"fetch": [line for one in done for line in one.lines]}, run_id, now())
    return done


def _keep(lake: Lake, contracts: Sequence[Contract], done: Sequence[Pulled], redactor: Redactor) -> None:
    partner_of = {contract.source_id: contract.partner_id for contract in contracts}
    items = {keys.landing_key(partner_of[one.source_id], p): data for one in done for p, data in one.answers.items()}
    lake.store.put(items)
    for partner_id in sorted({partner_of[one.source_id] for one in done if one.answers}):
        urls = {path: url for one in done for path, url in one.urls.items() if partner_of[one.source_id] == partner_id}
        taken, _ = intake.read_manifest(lake.store, partner_id)
        intake.take_in(lake.store, partner_id, taken, redactor=redactor, urls=urls)


def _validators(lake: Lake) -> dict[str, dict[str, str]]:
    """Shown address → the headers that ask only for what is newer than the last good answer. One that was refused is none:
    the partner would say that nothing has changed, and what it meant to send would never come."""
    refused = lake.ledger.state("delivery").filter(pl.col("outcome") == "refused")
    good = lake.ledger.events("fetch").filter(pl.col("outcome") == "ok")
    last = good.join(refused, on=["partner_id", "sha256"], how="anti", maintain_order="left").unique(
        "url", keep="last", maintain_order=True
    )
    found = {}
    for line in last.iter_rows(named=True):
        headers = {"If-None-Match": line["etag"], "If-Modified-Since": line["last_modified"]}
        found[line["url"]] = {name: value for name, value in headers.items() if value}
    return found


def _ask(
    contract: Contract,
    day: date,
    options: PullOptions,
    redactor: Redactor,
    known: Mapping[str, dict[str, str]],
    run_id: str,
) -> Pulled:
    done = Pulled(contract.source_id)
    settings = contract.pull or {}
    key = settings.get("key")
    secret = options.keys.get(key["env"]) if key else None
    if key and not secret and not key.get("optional"):
        done.lines.append(_no_key(contract, day, key["env"]))
        return done
    patience = options.patience
    if "timeoutSeconds" in settings:
        patience = replace(patience, read=min(patience.read, float(settings["timeoutSeconds"])))
    limit = {"max_bytes": settings["maxBytes"]} if "maxBytes" in settings else {}
    ca_file = options.ca_files.get(contract.source_id)
    try:
        partner = Client(patience, secret, options.stand_in, ca_file, **limit)
    except OSError as error:  # the certificates cannot be read: no reason not to ask the others
        done.lines.append(_no_certificates(contract, day, type(error).__name__))
        return done
    with partner as client:
        for call, is_paged in calls_of(contract, day):
            # Of a POST the address does not say what was asked.
            validators = known.get(call.shown, {}) if call.method == "GET" else {}
            conditional = replace(call, headers={**call.headers, **validators})
            walk = _pages(client, call, settings["paging"]) if is_paged else ([client.ask(conditional)], "")
            _note(done, contract, day, redactor, *walk)
    return done


def _pages(client: Client, call: Call, paging: Mapping[str, Any]) -> tuple[list[Answer], str]:
    """All pages of a call and what was wrong with the walk. A list that changed while it was walked is walked once more."""
    answers: list[Answer] = []
    trouble = ""
    for _ in range(2):
        pages = Pages(call, paging)
        following: Call | None = pages.first()
        while following is not None:
            answer = client.ask(following)
            answers.append(answer)
            if not answer.is_ok:
                return answers, f"truncated: page {pages.number + 1} could not be fetched" if pages.number else ""
            following = pages.after(answer.body)
        trouble = f"truncated: {pages.trouble}" if pages.trouble else ""
        if not trouble:
            break
    return answers, trouble


def _note(
    done: Pulled, contract: Contract, day: date, redactor: Redactor, answers: Sequence[Answer], trouble: str
) -> None:
    """Keeps the answers of one call and writes their lines; the trouble of a walk stands with its last page."""
    for answer in answers:
        line = _line(contract, day, answer)
        if answer is answers[-1] and trouble:
            line |= {
                "outcome": "truncated",
                "reason_en": f"{trouble}. What came was kept; the next pull asks for all of it again.",
                "reason_th": f"ข้อมูลไม่ครบทุกหน้า ({trouble}) ระบบเก็บส่วนที่ได้รับไว้แล้ว และจะขอใหม่ทั้งหมดในรอบถัดไป",
            }
        if answer.status and answer.status != 304:
            redacted = redactor.answered(contract.source_id, answer.body)
            kind = Document(answer.body, "").kind
            suffix = "csv" if answer.media_type == "text/csv" else SUFFIXES.get(kind, "bin")
            number = len(done.lines) + 1
            path = pulled_path(
                contract.source_id,
                day,
                answer.fetched_at,
                number,
                answer.call.label,
                answer.status,
                suffix,
                answer.is_synthetic,
            )
            done.answers[path] = redacted.data
            done.urls[path] = answer.call.shown
            line |= {"path": path, "bytes": len(redacted.data), "sha256": sha256(redacted.data).hexdigest()}
        done.lines.append(line)


def _line(contract: Contract, day: date, answer: Answer) -> dict[str, Any]:
    outcome, reason_en, reason_th = "ok", "", ""
    if answer.status == 304:
        outcome = "not_modified"
    elif answer.status == 0:
        outcome = "unreachable"
        reason_en = f"no answer after {answer.attempts} tries: {answer.error}. The next pull asks again."
        reason_th = f"ไม่ได้รับคำตอบหลังลอง {answer.attempts} ครั้ง: {answer.error} ระบบจะขอใหม่ในรอบถัดไป"
    elif not answer.is_ok:
        outcome = "failed"
        reason_en = (
            f"HTTP {answer.status} after {answer.attempts} tries. The answer was kept; the next pull asks again."
        )
        reason_th = f"HTTP {answer.status} หลังลอง {answer.attempts} ครั้ง ระบบเก็บคำตอบไว้แล้ว และจะขอใหม่ในรอบถัดไป"
    return _blank(contract, day) | {
        "label": answer.call.label,
        "url": answer.call.shown,
        "status": answer.status,
        "attempts": answer.attempts,
        "etag": answer.headers.get("etag", ""),
        "last_modified": answer.headers.get("last-modified", ""),
        "outcome": outcome,
        "reason_en": reason_en,
        "reason_th": reason_th,
        "fetched_at": answer.fetched_at,
        "seconds": answer.seconds,
    }


def _blank(contract: Contract, day: date) -> dict[str, Any]:
    return {"source_id": contract.source_id, "partner_id": contract.partner_id, "day": day, "bytes": 0, "attempts": 0}


def _no_key(contract: Contract, day: date, name: str) -> dict[str, Any]:
    return _not_asked(contract, day, "no_key") | {
        "reason_en": f"not asked: {name} is not set. Set it to the key that the partner gave.",
        "reason_th": f"ยังไม่ได้ขอข้อมูล: ไม่ได้ตั้งค่า {name} โปรดตั้งเป็นกุญแจที่หน่วยงานให้ไว้",
    }


def _no_certificates(contract: Contract, day: date, what: str) -> dict[str, Any]:
    name = f"MAEMOH_CA_{contract.source_id.upper()}"
    return _not_asked(contract, day, "unreachable") | {
        "reason_en": f"not asked: the certificates that {name} names cannot be read ({what}). Mend the file or its name.",
        "reason_th": f"ยังไม่ได้ขอข้อมูล: อ่านไฟล์ใบรับรองที่ {name} ระบุไม่ได้ ({what}) โปรดแก้ไขไฟล์หรือชื่อไฟล์",
    }


def _not_asked(contract: Contract, day: date, outcome: str) -> dict[str, Any]:
    asked = {"label": "", "url": "", "status": 0, "fetched_at": now(), "seconds": 0.0}
    return _blank(contract, day) | asked | {"outcome": outcome}
