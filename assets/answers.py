"""What partners say about open issues: `answers/….csv` in their own landing prefix, kept in ops.answer.

An answer file is a delivery like any other (raw, manifest, a line in ops.delivery), so that a rebuilt lake knows it again;
its lines are judged one by one, and each that cannot be taken is a finding. They are no rows of data: accounts do not count
them.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from textwrap import shorten

import duckdb
import polars as pl

from assets import accounts
from assets.accounts import Row
from assets.intake import ANSWERS, Delivery, is_answer, read_manifest
from assets.lake import keys
from assets.lake.errors import LakeError
from assets.lake.handle import Lake
from assets.lake.ledger import now
from assets.readers.delimited import read_delimited
from assets.readers.document import Document
from assets.readers.result import Refusal
from expectations.personal import FOUND

STATES = {"acknowledged": "รับทราบ", "disputed": "โต้แย้ง", "fixed": "แก้ไขแล้ว"}
COLUMNS = ("issue_id", "state", "words")
MAX_WORDS, MAX_SHOWN = 2_000, 40
MANIFEST_THREADS = 8

_THAI_STATES = ", ".join(f"{state} ({thai})" for state, thai in STATES.items())
# rule → what is wrong with a line and what to do, in English and Thai; the first that holds is told
REASONS = {
    "personal_data": (
        "The answer holds personal data (a citizen id, a telephone number or an e-mail address) and was not taken. "
        "Leave it out and answer again.",
        "คำตอบมีข้อมูลส่วนบุคคล (เลขประจำตัวประชาชน หมายเลขโทรศัพท์ หรืออีเมล) จึงไม่รับคำตอบนี้ โปรดตัดข้อมูลดังกล่าวออกแล้วตอบใหม่",
    ),
    "unknown_issue": (
        "There is no issue “{issue_id}”. Copy issue_id from the list of open issues in the report.",
        "ไม่มีประเด็นหมายเลข “{issue_id}” โปรดคัดลอก issue_id จากรายการประเด็นในรายงาน",
    ),
    "unknown_state": (
        f"The state “{{state}}” is none of {', '.join(STATES)}. Write one of these and answer again.",
        f"สถานะ “{{state}}” ไม่ถูกต้อง โปรดระบุเป็น {_THAI_STATES} แล้วตอบใหม่",
    ),
    "words_too_long": (
        f"The words are longer than {MAX_WORDS:,} characters. Shorten them and answer again.",
        f"ข้อความยาวเกิน {MAX_WORDS:,} ตัวอักษร โปรดย่อแล้วตอบใหม่",
    ),
}


class AnswerRefused(LakeError):
    """An answer that a person gave at the terminal cannot be taken."""


@dataclass(frozen=True)
class Judged:
    """Lines of one file: `taken` and `held` have cell (line), issue_id, state, words; `held` also rule."""

    taken: pl.DataFrame
    held: pl.DataFrame


def read_answers(data: bytes, path: str) -> pl.DataFrame:
    """The lines of an answer file: issue_id, state, words (all text, trimmed, never null) and cell, the line's number.

    UTF-8 with or without a byte order mark, or TIS-620. Raises Refusal: not_text, malformed_csv, columns_missing.
    """
    document = Document(data, path)
    lines = read_delimited(document, {})
    lines = lines.rename({name: name.strip().lower() for name in lines.columns})
    missing = [name for name in COLUMNS[:2] if name not in lines.columns]
    if missing and document.kind != "empty":
        raise Refusal(
            "columns_missing",
            f"An answer file needs the columns {', '.join(COLUMNS)} in its first line; {' and '.join(missing)} cannot be "
            "found. Correct the first line and send the file again.",
            f"ไฟล์คำตอบต้องมีคอลัมน์ {', '.join(COLUMNS)} ในบรรทัดแรก แต่ไม่พบ {' และ '.join(missing)} โปรดแก้ไขบรรทัดแรกแล้วส่งไฟล์ใหม่",
        )
    missing = [name for name in COLUMNS if name not in lines.columns]
    return lines.with_columns(pl.lit("").alias(name) for name in missing).select(
        "cell", *(pl.col(name).fill_null("").str.strip_chars() for name in COLUMNS)
    )


def judge_answers(lines: pl.DataFrame, issue_ids: Sequence[str]) -> Judged:
    """Parts lines that can be taken from those that cannot. `issue_ids`: of this partner, open and closed; another's is
    as unknown as one that does not exist. A line left as the report's form has it, without state and words, says
    nothing and is passed over."""
    lines = lines.filter((pl.col("state") != "") | (pl.col("words") != ""))
    spoken = {thai: state for state, thai in STATES.items()}
    with duckdb.connect() as connection:
        connection.register("lines", lines.to_arrow())
        personal = connection.execute(
            f"select {FOUND} from (select concat_ws(' ', issue_id, state, words) as words from lines)"
        ).fetchall()
    checked = lines.with_columns(
        pl.col("issue_id").str.to_lowercase(),
        pl.col("state").str.to_lowercase().replace(spoken),
        pl.Series("is_personal", [row[0] for row in personal], pl.Boolean),
    ).with_columns(
        pl.when("is_personal")
        .then(pl.lit("personal_data"))
        .when(~pl.col("issue_id").is_in(list(issue_ids)))
        .then(pl.lit("unknown_issue"))
        .when(~pl.col("state").is_in(list(STATES)))
        .then(pl.lit("unknown_state"))
        .when(pl.col("words").str.len_chars() > MAX_WORDS)
        .then(pl.lit("words_too_long"))
        .alias("rule")
    )
    columns = ["cell", *COLUMNS]
    return Judged(
        checked.filter(pl.col("rule").is_null()).select(columns),
        checked.filter(pl.col("rule").is_not_null()).select(*columns, "rule"),
    )


def settle_answers(lake: Lake, partner_ids: Sequence[str], run_id: str) -> list[Row]:
    """Takes the answer files that the ledger does not know yet; returns the ops.delivery lines written for them.

    Issues must be current: an answer names one of them.
    """
    with ThreadPoolExecutor(MANIFEST_THREADS) as pool:
        manifests = pool.map(lambda partner_id: read_manifest(lake.store, partner_id)[0], partner_ids)
        files = [delivery for manifest in manifests for delivery in manifest if is_answer(delivery.path)]
    if not files:
        return []
    known = {row["delivery_id"]: row for row in lake.ledger.state("delivery").iter_rows(named=True)}
    pending = [delivery for delivery in files if delivery.delivery_id not in known]
    issues = lake.ledger.state("issue")
    rows: accounts.Rows = {"answer": [], "finding": [], "quarantine": [], "delivery": []}
    contents = lake.store.get_many({keys.raw_key(d.partner_id, d.sha256) for d in pending})
    for delivery in sorted(pending, key=lambda d: d.received_at):
        own = issues.filter(pl.col("partner_id") == delivery.partner_id)["issue_id"].to_list()
        line = _settle(delivery, contents[keys.raw_key(delivery.partner_id, delivery.sha256)], own, rows)
        # A file sent again takes the place of the one before: what was wrong with that one is no longer told.
        earlier = [
            row
            for row in known.values()
            if (row["partner_id"], row["path"]) == (delivery.partner_id, delivery.path)
            and row["outcome"].startswith("accepted")
        ]
        if line["outcome"] != "refused":
            rows["delivery"].extend(accounts.replaced_line(row, delivery.path) for row in earlier)
            known |= {row["delivery_id"]: row | {"outcome": "replaced"} for row in earlier}
        rows["delivery"].append(line)
        known[delivery.delivery_id] = line
    lake.ledger.append(rows, run_id, now())
    return rows["delivery"]


def answer_file(lake: Lake, partner_id: str, issue_id: str, state: str, words: str) -> tuple[str, bytes]:
    """(path, bytes) of an answer that staff gives for a partner: a file as the partner could drop it.

    Raises AnswerRefused when it would not be taken.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([COLUMNS, (issue_id, state, words)])
    path, data = f"{ANSWERS}staff-{now():%Y%m%dT%H%M%S%fZ}.csv", text.getvalue().encode()
    own = lake.ledger.state("issue").filter(pl.col("partner_id") == partner_id)["issue_id"].to_list()
    held = judge_answers(read_answers(data, path), own).held
    if held.height:
        what, _, to_do = _reason(held.row(0, named=True))[0].partition(". ")
        raise AnswerRefused(f"{partner_id}, {issue_id}: {what}", to_do)
    return path, data


def _settle(delivery: Delivery, data: bytes, issue_ids: Sequence[str], rows: accounts.Rows) -> Row:
    """One file: its answers and held lines go into `rows`, its ops.delivery line is returned."""
    try:
        judged = judge_answers(read_answers(data, delivery.path), issue_ids)
    except Refusal as refusal:
        reason = {"reason_en": refusal.reason_en, "reason_th": refusal.reason_th}
        rows["quarantine"].append(_lineage(delivery) | reason | {"rule": refusal.rule, "n_rows": 0})
        return accounts.delivery_line(delivery, None, "refused", **reason)
    for line in judged.taken.iter_rows(named=True):
        identity = f"{delivery.delivery_id}|{line['cell']}"
        rows["answer"].append(
            {name: line[name] for name in COLUMNS}
            | {
                "answer_id": hashlib.sha256(identity.encode()).hexdigest()[:12],
                "partner_id": delivery.partner_id,
                "path": delivery.path,
                "answered_at": delivery.received_at,
            }
        )
    for line in judged.held.iter_rows(named=True):
        en, th = _reason(line)
        rows["finding"].append(
            _lineage(delivery) | {"rule": line["rule"], "reason_en": en, "reason_th": th, "cell": line["cell"], "n": 1}
        )
    return _line(delivery, judged)


def _line(delivery: Delivery, judged: Judged) -> Row:
    taken, held = judged.taken.height, judged.held.height
    outcome = "refused" if held and not taken else "accepted_with_findings" if held else "accepted"
    en, th = f"answers to open issues: {taken} taken", f"คำตอบต่อประเด็นที่แจ้ง: รับ {taken} รายการ"
    if not taken and not held:
        en, th, outcome = "the file holds no answer", "ไฟล์ไม่มีคำตอบ", "no_data"
    reasons = [_reason(line) for line in judged.held.unique("rule", maintain_order=True).iter_rows(named=True)]
    if held:
        en += f", {held} not taken: " + " ".join(reason for reason, _ in reasons)
        th += f" ไม่รับ {held} รายการ: " + " ".join(reason for _, reason in reasons)
    return accounts.delivery_line(delivery, None, outcome, findings=held, reason_en=en, reason_th=th)


def _reason(line: Mapping[str, str]) -> tuple[str, str]:
    """Why a held line was not taken, in English and Thai. What is personal is never shown."""
    shown = {name: shorten(line[name], MAX_SHOWN, placeholder=" …") for name in ("issue_id", "state")}
    en, th = REASONS[line["rule"]]
    return en.format(**shown), th.format(**shown)


def _lineage(delivery: Delivery) -> Row:
    return {"partner_id": delivery.partner_id, "delivery_id": delivery.delivery_id, "path": delivery.path}
