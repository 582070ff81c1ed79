"""The page as text: complete, bilingual, self-contained, and safe against what stands in a partner's files."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from expectations.report import ReportData, render_html, to_json
from expectations.report.conclude import conclude
from expectations.report.model import Bilingual, Delivery, FindingGroup, RefusedBatch, Sample
from expectations.report.texts import FOLDER, catalogue, number, text
from tests.unit import report_state as state

BESIDE = ("report.pdf", "report.csv", "report.json")  # files of the same folder


class Page(HTMLParser):
    """Attributes of all elements, and the text without markup."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_the_sums_on_the_page_are_those_of_the_data(data: ReportData, html: str) -> None:
    total = conclude(data).total
    equation = re.search(r'<p class="equation">(.*?)</p>', html, re.S)
    assert equation
    shown = [int(n.replace(",", "")) for n in re.findall(r"<b>([\d,]+)</b>", equation[1])]
    assert shown == [total.rows_in, total.accepted, total.quarantined, total.dropped]
    assert shown[0] == sum(shown[1:])
    assert text("counts.balanced").th in html
    for account in conclude(data).accounts:
        assert f">{number(account.rows_in)}<" in html


def test_every_refused_file_and_set_stands_there_with_its_reason(data: ReportData, page: Page) -> None:
    refused: list[Delivery | RefusedBatch] = [
        *(d for d in data.deliveries if d.outcome == "refused"),
        *data.refused_batches,
    ]
    assert len(refused) == 3
    for one in refused:
        assert one.path.rsplit("/", 1)[-1] in page.text
        for reason in one.reason:
            assert reason in page.text


def test_every_delivery_stands_there(data: ReportData, page: Page) -> None:
    for delivery in data.deliveries:
        assert delivery.path.rsplit("/", 1)[-1] in page.text
        assert delivery.sha256[:12] in page.text
        assert delivery.sha256 not in page.text


def test_the_page_says_what_it_was_made_from(data: ReportData, page: Page) -> None:
    assert data.publication
    for known in (*data.partner, data.publication.publication_id, "run-1", "egat_weather", "1.0.0", "31 ธ.ค. 2553"):
        assert known in page.text


def test_nothing_outside_is_asked_for(html: str, page: Page) -> None:
    for _, attributes in page.elements:
        for name in ("src", "href", "srcset", "action", "xlink:href", "data"):
            value = attributes.get(name) or ""
            assert not value or value in BESIDE or value.startswith(("#", "data:")), value
    styles = "".join(re.findall(r"<style>(.*?)</style>", html, re.S))
    assert "@import" not in styles
    assert all(u.startswith(("data:", "#")) for u in re.findall(r"url\(['\"]?([^)'\"]+)", html))
    assert "<script" not in html


def test_each_language_is_marked(page: Page) -> None:
    assert page.elements[0] == ("html", {"lang": "th"})
    languages = [a["lang"] for _, a in page.elements if "lang" in a]
    assert set(languages) == {"th", "en"}
    assert languages.count("en") > 100


def test_tables_have_captions_and_their_headings_a_scope(html: str, page: Page) -> None:
    tables = re.findall(r"<table.*?</table>", html, re.S)
    assert len(tables) > 15
    assert all("<caption" in table for table in tables)
    assert all(a.get("scope") in ("col", "row") for tag, a in page.elements if tag == "th")


def test_ids_are_unique_and_every_reference_hits_one(page: Page) -> None:
    ids = [a["id"] for _, a in page.elements if a.get("id")]
    assert len(ids) == len(set(ids))
    named = [a[n] or "" for _, a in page.elements for n in ("aria-labelledby", "aria-describedby") if n in a]
    links = [(a["href"] or "")[1:] for _, a in page.elements if (a.get("href") or "").startswith("#")]
    assert {*named, *links} <= set(ids)


def test_the_synthetic_mark_is_in_plain_sight_only_when_due(data: ReportData, page: Page) -> None:
    assert "SYNTHETIC DATA" in page.text
    assert "ข้อมูลสังเคราะห์" in page.text
    real = replace(data, is_synthetic=False, sources=tuple(replace(s, values="real") for s in data.sources))
    assert "SYNTHETIC" not in render_html(real)
    half = replace(data, sources=(replace(data.sources[0], values="real"), data.sources[1]))
    assert "not measurements: egat_weather" in Page(render_html(half)).text


def test_counts_that_do_not_add_up_are_said_to_be_our_fault(data: ReportData) -> None:
    wrong = replace(data, deliveries=(replace(data.deliveries[0], rows_in=9), *data.deliveries[1:]))
    html = render_html(wrong)
    assert text("counts.unbalanced").en in html
    assert text("counts.balanced").en not in html
    assert conclude(wrong).verdict == "action"
    assert ("us", "accounts") in [(f.by, f.kind) for f in conclude(wrong).fixes]


def test_what_stands_in_a_partners_file_cannot_become_markup(data: ReportData) -> None:
    evil = "<img src=x onerror=alert(1)>.xlsx"
    html = render_html(replace(data, deliveries=(replace(data.deliveries[0], path=evil, outcome="refused"),)))
    assert "<img" not in html
    assert "&lt;img src=x" in html


def test_the_same_state_gives_the_same_bytes(data: ReportData, html: str) -> None:
    assert render_html(data) == html


def test_an_empty_state_is_a_page_too() -> None:
    html = render_html(ReportData("egat", data_name := text("page.project"), None, None, False, ()))
    assert data_name.th in html
    assert text("verdict.nothing").th in html


def test_a_clean_state_is_accepted_and_a_warned_one_says_how_much() -> None:
    one = Delivery(
        "d", "a.xlsx", "f" * 64, state.NOW, "s", "accepted", rows_in=24, accepted=24, quarantined=0, dropped=0,
        findings=0, reason=Bilingual("", ""),
    )  # fmt: skip
    partner = Bilingual(*state.PARTNER)
    clean = ReportData("egat", partner, state.NOW, "r", False, (), deliveries=(one,), published_rows=24)
    assert conclude(clean).verdict == "accepted"
    sample = Sample("a.xlsx", "S", "A1", reason=Bilingual("ต่างกัน", "differs"))
    note = FindingGroup("s", "path_disagrees", 1, 1, 1, ("a.xlsx",), (sample,))
    warned = replace(clean, findings=(note,))
    assert conclude(warned).verdict == "warnings"
    assert "100" in conclude(warned).sentence.en
    assert conclude(replace(clean, findings=(replace(note, rule="overlap"),))).verdict == "accepted"


def test_json_says_the_same(data: ReportData) -> None:
    told = json.loads(to_json(data))
    assert told["conclusions"]["verdict"] == "action"
    assert told["conclusions"]["total"]["rows_in"] == conclude(data).total.rows_in
    assert sum(c["expected"] for c in told["conclusions"]["coverage"] if c["quantity"] == "NO2") == 17_520
    assert len(told["data"]["deliveries"]) == len(data.deliveries)


def test_every_passage_has_both_languages_and_nothing_else() -> None:
    def passages(node: dict, at: str) -> list[tuple[str, dict]]:
        if "th" in node and not isinstance(node["th"], list):
            return [(at, node)]
        return [found for name, child in node.items() if name != "months" for found in passages(child, f"{at}.{name}")]

    found = passages(dict(catalogue()), "")
    assert len(found) > 200
    for at, node in found:
        # an unquoted comma in a flow mapping silently cuts a passage in two
        assert set(node) <= {"th", "en", "en_one", "symbol", "for_information"}, at
        assert node["th"].strip(), at
        assert node["en"].strip(), at
        assert set(re.findall(r"{(\w+)}", node["th"])) >= set(re.findall(r"{(\w+)}", node["en"])), at


def test_every_passage_that_a_template_names_is_in_the_catalogue() -> None:
    for template in Path(FOLDER / "templates").glob("*.j2"):
        keys = re.findall(r'(?:\bt|m\.th|m\.td|\bth|\btd)\("([\w.]+)"', template.read_text("utf-8"))
        for key in keys:
            if key.endswith((".", "_")):  # the template adds the name of a state
                continue
            assert text(key), (template.name, key)


def test_the_letters_are_small_and_free() -> None:
    for suffix, count, most in (("woff2", 4, 60_000), ("ttf", 2, 100_000)):  # of the page, of the print
        fonts = list((FOLDER / "fonts").glob(f"*.{suffix}"))
        assert len(fonts) == count
        assert sum(f.stat().st_size for f in fonts) < most
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FOLDER / "fonts" / "OFL.txt").read_text("utf-8")
