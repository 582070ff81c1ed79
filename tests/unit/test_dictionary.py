"""The dictionary's pages: everything is told, every link leads somewhere, and what did not change is not written again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath

import pytest
import yaml

from assets.bi_bundle import dataset_uuid
from assets.catalogue import Catalogue, Metric, Words, catalogue
from assets.dictionary import texts
from assets.dictionary.build import build, folder_of
from assets.dictionary.dashboards import dashboards_reading
from assets.dictionary.drawing import drawing_of
from assets.dictionary.kpis import kpis, units
from assets.dictionary.origin import bronze_tables, origin_of
from assets.dictionary.pages import DBT_PAGE, Content, files_of
from assets.dictionary.state import Feed, Published, Score, State
from assets.readers.route import contracts

THAI = re.compile(r"[\u0e00-\u0e7f]")
AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
AIR = "gold.fct_air_quality_daily"
STATE = State(
    "20261102T013000Z-abc123",
    AT,
    {AIR: Published(1234, "20261101T010000Z-fff000", AT)},
    {
        "egat_ambient": Feed("late", AT, AT, Score(93.2, "B", True, date(2026, 11, 2)), False),
        "cmu_dustboy": Feed("on_time", AT, AT, None, True),
    },
)
METRIC = Metric("mean_pm25", Words("ค่าเฉลี่ย <PM2.5>", "Mean <PM2.5>"), "avg(mean_value)", "ug/m3", None)


class Links(HTMLParser):
    """What a page links to and the places in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.links.append(value)
            elif name == "id" and value:
                self.places.add(value)


def with_metric() -> Catalogue:
    table = replace(catalogue().tables[AIR], metrics=(METRIC,))
    return Catalogue({**catalogue().tables, AIR: table})


@pytest.fixture(scope="module")
def content() -> Content:
    return Content(with_metric(), contracts(), kpis(), STATE)


@pytest.fixture(scope="module")
def files(content: Content) -> Mapping[str, bytes]:
    return files_of(content)


def text_of(files: Mapping[str, bytes], page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", files[page].decode()).split())


def test_every_table_source_and_key_figure_has_a_page(files: Mapping[str, bytes]) -> None:
    wanted = {f"tables/{name}.html" for name in catalogue().tables}
    wanted |= {f"sources/{source_id}.html" for source_id in contracts()}
    wanted |= {f"kpis/{kpi.kpi_id}.html" for kpi in kpis()} | {"index.html", "metrics.html"}
    assert wanted == {path for path in files if path.endswith(".html")}


def test_every_link_leads_to_a_page_and_a_place_in_it(files: Mapping[str, bytes]) -> None:
    pages = {path: Links(data.decode()) for path, data in files.items() if path.endswith(".html")}
    broken = []
    for path, page in pages.items():
        for link in page.links:
            target, _, place = link.partition("#")
            at = path if not target else str(PurePosixPath(path).parent / target).replace("tables/../", "")
            at = re.sub(r"^\w+/\.\./", "", at)
            if link.startswith("data:") or at == DBT_PAGE:
                continue
            if at not in files or (place and place not in pages[at].places):
                broken.append((path, link))
    assert broken == []
    index = re.findall(r'^\["\w+","([^"]+)"', files["static/index.js"].decode(), re.MULTILINE)
    assert len(index) > 1_500
    assert [link for link in index if link.partition("#")[0] not in pages] == []
    assert [p for p in index if "#" in p and p.partition("#")[2] not in pages[p.partition("#")[0]].places] == []


def test_no_page_names_a_host_and_every_page_is_the_same_when_made_again(
    content: Content, files: Mapping[str, bytes]
) -> None:
    for path, data in files.items():
        if path.endswith((".html", ".css", ".js")):
            assert not re.search(rb"(?:src|href)=.https?:|url\(.?https?:|@import|fetch\(|XMLHttp", data), path
    assert files_of(content) == files


def test_a_table_tells_of_its_columns_sources_quality_and_publication(files: Mapping[str, bytes]) -> None:
    page = text_of(files, f"tables/{AIR}.html")
    for words in (
        "ค่าเฉลี่ย 8 ชั่วโมงสูงสุด", "8 hours", "see column limit_unit", "1,234", "20261101T010000Z-fff000", "ใช้ภายใน / internal",
        "B 93.2/100", "capped by a failed critical rule", "No score: nothing of it was judged yet", "Late", "avg(mean_value)",
        "มีข้อมูลสังเคราะห์ / SYNTHETIC DATA", "On how many days was PM2.5 above the limit", "No dashboard shows it yet.",
        "การไฟฟ้าฝ่ายผลิตแห่งประเทศไทย", "Nothing received", "ไมโครกรัมต่อลูกบาศก์เมตร",
    ):  # fmt: skip
        assert words in page, words
    # only what is marked as made up is called so; of what never came the contract speaks
    banner = re.search(r'<aside class="synthetic">.*?</aside>', files[f"tables/{AIR}.html"].decode(), re.DOTALL)
    assert banner and "cmu_dustboy" in banner[0] and "egat_ambient" not in banner[0]
    assert "<PM2.5>" not in files[f"tables/{AIR}.html"].decode() and "&lt;PM2.5&gt;" in files["metrics.html"].decode()


def test_before_the_first_publication_the_pages_say_so(content: Content) -> None:
    empty = files_of(replace(content, state=State()))
    assert "Nothing has been published yet" in text_of(empty, "index.html")
    assert "Not in a publication yet" in text_of(empty, f"tables/{AIR}.html")


def test_a_key_figure_that_cannot_be_computed_says_why(files: Mapping[str, bytes]) -> None:
    page = text_of(files, "kpis/E9.html")
    assert (
        "ยังคำนวณไม่ได้" in page and "the area of the district is not verified" in page and "from gold.fct_kpi" not in page
    )
    assert "where kpi_id = 'E1'" in files["kpis/E1.html"].decode().replace("&#39;", "'")


def test_every_code_of_a_key_figure_has_words() -> None:
    for kpi in kpis():
        assert kpi.direction in texts.passages()["direction"]
        assert not kpi.not_computable_reason or kpi.not_computable_reason in texts.passages()["reason"]
        assert kpi.pillar in texts.passages()["pillars"] and kpi.unit in units()
        assert THAI.search(kpi.grain.th) and not THAI.search(kpi.grain.en)
    for contract in contracts().values():
        assert contract.sla["cadence"] in texts.passages()["cadence"], contract.source_id


def test_every_passage_is_in_thai_and_in_english_and_nothing_else() -> None:
    for section, passages in texts.passages().items():
        for name, node in passages.items():
            assert {"th", "en"} <= set(node) <= {"th", "en", "en_one"}, f"{section}.{name}"
            assert THAI.search(node["th"]) and not THAI.search(node["en"]), f"{section}.{name}"


def test_the_drawing_goes_back_to_every_feed_and_from_left_to_right() -> None:
    bronze = bronze_tables()
    for table in catalogue().tables.values():
        origin = origin_of(table, catalogue(), bronze)
        assert {n.name for n in origin.nodes.values() if n.kind == "feed"} == set(table.source_ids), table.name
        shown = {title for _, title in dashboards_reading(table.name)}
        assert {b for a, b in origin.lines if a == table.name} == {*catalogue().read_by(table.name), *shown}, table.name
        boxes = drawing_of(origin).boxes
        assert [(a, b) for a, b in origin.lines if boxes[a].x + boxes[a].width > boxes[b].x] == [], table.name
        assert len({(box.x, box.y) for box in boxes.values()}) == len(boxes), table.name


def test_dashboards_are_found_by_the_tables_of_their_charts(tmp_path: Path) -> None:
    written = {
        "charts/a.yaml": {"uuid": "c1", "slice_name": "A", "dataset_uuid": dataset_uuid("gold.fct_kpi")},
        "dashboards/city.yaml": {
            "dashboard_title": "เมือง / City",
            "slug": "city",
            "position": {"DASHBOARD_VERSION_KEY": "v2", "CHART-1": {"type": "CHART", "meta": {"uuid": "c1"}}},
        },
    }
    for name, document in written.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    assert dashboards_reading("gold.fct_kpi", tmp_path) == [("city", "เมือง / City")]
    assert dashboards_reading("gold.fct_aqi_daily", tmp_path) == []
    assert dashboards_reading("gold.fct_kpi", tmp_path / "none") == []


def test_every_dashboard_of_the_project_is_found_by_a_table() -> None:
    found = {slug for table in catalogue().tables for slug, _ in dashboards_reading(table)}
    assert found == {"environment", "energy", "economy", "city"}


def test_only_what_changed_is_written_and_what_is_gone_is_removed(tmp_path: Path) -> None:
    made: list[Path] = []

    def dbt_page(folder: Path) -> bytes:
        made.append(folder)
        return b"<!doctype html>"

    first = build(tmp_path, contracts(), make_dbt_page=dbt_page)
    assert first.publication_id is None and first.written > 160
    (folder_of(tmp_path) / "tables" / "gold.gone.html").write_text("old")
    page = folder_of(tmp_path) / "kpis" / "E1.html"
    page.write_text("changed by hand")
    second = build(tmp_path, contracts(), make_dbt_page=dbt_page)
    assert (second.written, second.removed, len(made)) == (1, 1, 1)
    assert "changed by hand" not in page.read_text("utf-8")
