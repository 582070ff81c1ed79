"""What lies beside the page: JSON, CSV, the sheet for answers, the print; and the overview made of them."""

from __future__ import annotations

import csv
import io
import json
import re
import zlib
from dataclasses import replace

import pytest

from assets.reports import files_of
from expectations.report import ReportData
from expectations.report.conclude import Conclusions
from expectations.report.files import RULE_COLUMNS, summary, to_csv
from expectations.report.model import RuleResult, Sample
from expectations.report.overview import render_overview
from expectations.report.pdf import to_pdf, told
from expectations.report.texts import text
from tests.unit import report_state as state


@pytest.fixture(scope="module")
def files(data: ReportData) -> dict[str, bytes]:
    return files_of(data)


def lines_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_json_says_the_numbers_of_the_page(files: dict[str, bytes], done: Conclusions) -> None:
    found = json.loads(files["report.json"])
    page = files["index.html"].decode()
    assert found["format"] == "maemoh-report/2"
    for line in found["conclusions"]["scores"]:
        assert f'<b class="points">{line["points"]:g}</b>' in page
    assert (
        found["summary"]["open_issues"]
        == len(done.matters.open_)
        == page.count('<td role="cell" data-k="matters.failed"')
    )
    for group in found["conclusions"]["matters"]["groups"]:
        for issue in group["issues"]:
            assert f">{issue['issue_id']}<" in page
    assert sum(d["expected"] for d in found["conclusions"]["days"] if d["station_key"] is None) == sum(
        c.total.expected for c in done.calendars if c.station_key is None
    )
    assert len(found["conclusions"]["fixes"]) == len(re.findall(r'<li class="p\d" value=', page))


def test_the_csv_has_every_rule_once_with_its_counts(files: dict[str, bytes], data: ReportData) -> None:
    lines = lines_of(files["report.csv"])
    assert tuple(lines[0]) == RULE_COLUMNS
    assert len(lines) == len(data.rules)
    (pm10,) = [line for line in lines if line["rule"] == "pm10_range"]
    assert (pm10["evaluated"], pm10["failed"], pm10["sample_cell"]) == ("17524", "7", "C7")


def test_a_spreadsheet_runs_nothing_that_a_partner_wrote(data: ReportData) -> None:
    evil = replace(data.rules[0], samples=(Sample("=cmd|' /C calc'!A0", "Sheet1", "A1"),))
    assert isinstance(evil, RuleResult)
    (line,) = lines_of(to_csv(replace(data, rules=(evil,))))
    assert line["sample_path"].startswith("'=")


def test_the_sheet_for_answers_lists_every_open_issue_and_no_closed_one(
    files: dict[str, bytes], done: Conclusions
) -> None:
    assert files["answers.csv"].startswith(b"\xef\xbb\xbfissue_id,state,words\r\n")
    assert lines_of(files["answers.csv"]) == [
        {"issue_id": i.issue_id, "state": "", "words": ""} for i in done.matters.open_
    ]
    assert not {i.issue_id for i in done.matters.closed} & {line["issue_id"] for line in lines_of(files["answers.csv"])}


def parts_of(pdf: bytes) -> bytes:
    """The PDF with its compressed streams laid open."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S)
    opened = [pdf]
    for stream in streams:
        try:
            opened.append(zlib.decompress(stream))
        except zlib.error:  # not compressed
            opened.append(stream)
    return b"\n".join(opened)


def test_the_print_is_tagged_small_and_holds_thai_letters_that_can_be_read_out(files: dict[str, bytes]) -> None:
    pdf = files["report.pdf"]
    assert pdf.startswith(b"%PDF-")
    assert len(pdf) < 400_000
    opened = parts_of(pdf)
    assert b"/StructTreeRoot" in opened and b"/Marked true" in opened
    assert b"pdfuaid" in opened  # Typst set it by the rules of PDF/UA-1, or would have refused
    assert re.search(rb"/Lang ?\(th", opened) and re.search(rb"/Lang ?\(en", opened)
    assert text("print.title").th.encode() in opened  # the title, in the metadata
    assert {name.split(b"+")[-1] for name in re.findall(rb"/FontName ?/([\w+-]+)", opened)} == {
        b"Sarabun-Regular", b"Sarabun-Bold"
    }  # fmt: skip
    # what was set leads back to its characters, marks above and below included
    codes = b"".join(re.findall(rb"<((?:0E[0-9A-F]{2})+)>", opened)).decode()
    characters = {chr(int(codes[i : i + 4], 16)) for i in range(0, len(codes), 4)}
    assert set("ผลการตรวจรับข้อมูลต้องดำเนินการ") <= characters
    assert 2 <= len(re.findall(rb"/Type ?/Page\b", opened)) <= 6


def test_the_print_says_what_the_page_says_and_the_same_state_gives_the_same_bytes(
    data: ReportData, done: Conclusions, files: dict[str, bytes]
) -> None:
    shown = told(data, done)
    assert [s["points"] for s in shown["standings"]] == ["94", "97.4"]
    assert shown["fixes"][0]["due"]["th"] == "ภายใน 4 พ.ย. 2569"
    assert [len(f["samples"]) for f in shown["failures"]] == [1, 5, 1]
    assert to_pdf(data, done) == files["report.pdf"]


def test_marks_in_a_partners_file_stay_text_in_the_print(data: ReportData, done: Conclusions) -> None:
    evil = '#panic("x") $ * _ [ ] \\ " // @a <b>'
    fix = replace(done.fixes[0], samples=(Sample(f"{evil}.xlsx", evil, "A1", evil),))
    assert to_pdf(data, replace(done, fixes=(fix, *done.fixes[1:]))).startswith(b"%PDF-")


def test_an_empty_state_has_all_its_files() -> None:
    empty = ReportData("egat", text("page.project"), None, None, False, ())
    files = files_of(empty)
    assert all(files.values())
    assert lines_of(files["answers.csv"]) == []
    assert json.loads(files["report.json"])["summary"]["points"] is None


def test_the_overview_has_a_line_per_report_those_to_follow_up_first(data: ReportData, done: Conclusions) -> None:
    late = summary(data, done)
    assert (late["open_issues"], late["overdue_issues"], late["unanswered_issues"]) == (4, 1, 3)
    assert (late["late_sources"], late["grade"]) == (["egat_weather"], "A")
    calm = late | {
        "partner_id": "calm", "overdue_issues": 0, "open_issues": 0, "verdict": "accepted", "late_sources": [],
        "as_of": None, "points": None, "grade": None, "change": None,
    }  # fmt: skip
    html = render_overview([calm, late])
    assert re.findall(r'href="(\w+)/index.html"', html) == ["egat", "calm"]
    assert state.PARTNER[0] in html and state.PARTNER[1] in html
    assert text("overview.none").th in render_overview([])
    assert not re.findall(r"""(?:src|href)=["']?https?:""", html)


def test_the_page_stays_light(files: dict[str, bytes]) -> None:
    assert len(files["index.html"]) < 500_000
