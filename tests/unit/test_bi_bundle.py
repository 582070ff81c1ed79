"""What the BI server is told: words of the catalogue, metrics defined once, dashboards that can be imported."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from assets import bi_bundle
from assets.bi_bundle import COLUMNS, PHONE, DashboardError, write_bundle
from assets.catalogue import catalogue
from assets.lake.config import LakeConfig
from assets.readers.route import contracts

THAI = re.compile("[ก-๙]")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    write_bundle(folder, LakeConfig(Path("/lake"), "", "", "", "", ""), catalogue(), contracts())
    return folder


def read(folder: Path, kind: str) -> dict[str, dict]:
    return {f.stem: yaml.safe_load(f.read_text("utf-8")) for f in sorted(folder.glob(f"{kind}/**/*.yaml"))}


def test_every_gold_table_is_a_dataset_in_two_languages_and_nothing_else_is(bundle: Path) -> None:
    datasets = read(bundle, "datasets/marts")
    assert datasets.keys() == {t.short for t in catalogue().tables.values() if t.layer == "gold"}
    for name, written in datasets.items():
        assert THAI.search(written["description"]) and written["extra"]["certification"], name
        for column in written["columns"]:
            assert THAI.search(column["verbose_name"]) and " / " in column["verbose_name"], (
                name,
                column["column_name"],
            )


def test_no_table_with_personal_data_is_shown(bundle: Path) -> None:
    known = catalogue().tables
    assert {known[f"gold.{name}"].classification for name in read(bundle, "datasets/marts")} <= {"open", "internal"}


def test_the_same_project_gives_the_same_bundle(bundle: Path, tmp_path: Path) -> None:
    write_bundle(tmp_path, LakeConfig(Path("/lake"), "", "", "", "", ""), catalogue(), contracts())
    for file in bundle.rglob("*.yaml"):
        assert file.read_bytes() == (tmp_path / file.relative_to(bundle)).read_bytes()


def test_there_is_a_dashboard_for_each_pillar_and_one_for_the_city(bundle: Path) -> None:
    slugs = {written["slug"] for written in read(bundle, "dashboards").values()}
    pillars = {"environment", "energy", "economy", "city"}
    assert slugs == pillars | {f"{slug}{PHONE}" for slug in pillars}


def test_every_chart_asks_for_columns_and_metrics_that_its_dataset_has(bundle: Path) -> None:
    datasets = {d["uuid"]: d for kind in ("datasets/marts", "datasets/state") for d in read(bundle, kind).values()}
    for name, chart in read(bundle, "charts").items():
        dataset = datasets[chart["dataset_uuid"]]
        columns = {c["column_name"] for c in dataset["columns"]}
        metrics = {m["metric_name"] for m in dataset["metrics"]}
        params = chart["params"]
        said = [*(params.get("metrics") or []), *(params.get("metrics_b") or []), params.get("metric")]
        for metric in said:
            if isinstance(metric, str):
                assert metric in metrics, (name, metric)
        asked = [*(params.get("all_columns") or []), *_listed(params.get("groupby")), *_listed(params.get("x_axis"))]
        for column in asked:
            if isinstance(column, str):
                assert column in columns, (name, column)
        for found in params.get("adhoc_filters") or []:
            if found.get("expressionType") == "SIMPLE":
                assert found["subject"] in columns, (name, found["subject"])


def _listed(given: object) -> list:
    return given if isinstance(given, list) else [given]


def test_every_title_is_thai_first_with_english_beside(bundle: Path) -> None:
    titles = [c["slice_name"] for c in read(bundle, "charts").values()]
    titles += [d["dashboard_title"] for d in read(bundle, "dashboards").values()]
    for title in titles:
        thai, slash, english = title.partition(" / ")
        assert slash and THAI.search(thai) and re.search("[A-Za-z]", english), title


def test_every_dashboard_shows_the_state_of_the_data_first(bundle: Path) -> None:
    charts = {c["uuid"]: c for c in read(bundle, "charts").values()}
    banner = bi_bundle.dataset_uuid("board.banner")
    for name, dashboard in read(bundle, "dashboards").items():
        first = bi_bundle._charts_of(dashboard)[0]
        assert charts[first["meta"]["uuid"]]["dataset_uuid"] == banner, name


def test_every_dashboard_says_how_fresh_its_sources_are_and_which_publication_it_shows(bundle: Path) -> None:
    charts = {c["uuid"]: c for c in read(bundle, "charts").values()}
    told = {bi_bundle.dataset_uuid("board.freshness"), bi_bundle.dataset_uuid("board.publication")}
    for name, dashboard in read(bundle, "dashboards").items():
        shown = {charts[c["meta"]["uuid"]]["dataset_uuid"] for c in bi_bundle._charts_of(dashboard)}
        assert told <= shown, name


def test_on_a_phone_every_chart_is_as_wide_as_the_page(bundle: Path) -> None:
    dashboards = read(bundle, "dashboards")
    for name, written in dashboards.items():
        if name.endswith(PHONE):
            wide = bi_bundle._charts_of(written)
            assert {c["meta"]["width"] for c in wide} == {COLUMNS}
            own = bi_bundle._charts_of(dashboards[name.removesuffix(PHONE)])
            assert [c["meta"]["uuid"] for c in wide] == [c["meta"]["uuid"] for c in own]


def broken(folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str, text: str) -> None:
    (folder / "git" / kind).mkdir(parents=True)
    (folder / "git" / kind / "mine.yaml").write_text(text, "utf-8")
    monkeypatch.setattr(bi_bundle, "DASHBOARDS", folder / "git")


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("charts", "slice_name: [", "no YAML"),
        ("charts", "slice_name: เปล่า\nuuid: 1\ndataset_uuid: no-such", "no gold table"),
        ("dashboards", "slug: Not A Slug\nposition: {}", "slug"),
        (
            "dashboards",
            "slug: mine\nposition: {ROOT_ID: {type: ROOT, children: [a]}, a: {type: CHART, meta: {uuid: gone, sliceName: เก่า}}}",
            "เก่า",
        ),
    ],
)
def test_a_file_that_cannot_be_imported_says_which_and_what_to_do(
    kind: str, text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(tmp_path, monkeypatch, kind, text)
    with pytest.raises(DashboardError, match=said) as raised:
        write_bundle(tmp_path / "out", LakeConfig(Path("/lake"), "", "", "", "", ""), catalogue(), contracts())
    assert "mine.yaml" in str(raised.value)
