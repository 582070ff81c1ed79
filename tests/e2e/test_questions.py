"""The demo, as `make demo` plays it, answers every question of docs/questions.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import pytest

from assets.publication import open_published
from orchestration import demo, settings
from tests import furnished

PAGE = settings.ROOT / "docs" / "questions.md"
_QUESTION = re.compile(r"^### (?P<title>.+?)\n(?P<text>.*?)```sql\n(?P<sql>.*?)```", re.MULTILINE | re.DOTALL)
_THAI = re.compile(r"[\u0e00-\u0e7f]")

# Words of the question → columns that must be known together in at least one row. No entry: every column of the query.
FIGURES = {
    "how good is it": ("station_key", "quantity", "valid_pct"),
    "what made the others bad": ("station_key", "n_good_days", "n_bad_days"),
    "Where do fires burn": ("ring", "n_hotspots", "frp_mw"),
    "how did it move": ("fuel_code", "brand", "price_thb_l"),
    "what do they spend": ("visitors", "receipts_mthb", "thb_per_visitor"),
    "How do prices change": ("place_name", "value"),
    "with fires or with generation": ("n_days", "partial_r_pm_hotspots", "partial_r_pm_generation"),
    "plume hits": ("n_events", "max_so2_ug_m3", "n_from_plant", "n_answered"),
    "How many visitors come in haze": ("visitors", "visitors_change_pct", "n_days_aqi_above_100", "diesel_thb_l"),
    # No combined-margin factor is verified, so none is in force: the energy is told and the figure is not.
    "renewable projects avoid": ("project_name", "energy_kwh", "reason"),
    "income of the mine": ("net_generation_mwh", "lignite_t", "renewable_mwh", "population"),
    "does a household use": ("kwh_per_customer", "kwh_per_person", "diesel_thb_l"),
    "how good is each number": ("value", "unit", "status", "quality_score"),
    "one key figure develop": ("value", "status", "completeness"),
    "Whose data failed": ("gate", "rule_id", "evaluated", "failed"),
}


@dataclass(frozen=True)
class Question:
    title: str
    sql: str


def questions() -> list[Question]:
    return [Question(found["title"], found["sql"]) for found in _QUESTION.finditer(PAGE.read_text("utf-8"))]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """What an analyst reads after `make demo`."""
    home = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAEMOH_HOME", str(home))
        assert demo.play() == 0
        with open_published(settings.connect()) as connection:
            yield connection
    furnished.throw_away(home)


def test_every_heading_is_in_english_and_thai_and_has_one_query() -> None:
    headings = re.findall(r"^#+ (.+)$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert headings
    for heading in headings:
        english, thai = heading.split(" / ")
        assert english and not _THAI.search(english) and _THAI.search(thai), heading
    asked = questions()
    assert (
        len(asked) == PAGE.read_text("utf-8").count("```sql") == len(re.findall("^### ", PAGE.read_text("utf-8"), re.M))
    )
    for words in FIGURES:
        assert sum(words in question.title for question in asked) == 1, words


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.title.split(" / ")[0])
def test_the_demo_answers_it(question: Question, published: duckdb.DuckDBPyConnection) -> None:
    answer = published.execute(question.sql)
    names = [column[0] for column in answer.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    assert rows, "no rows"
    wanted = next((columns for words, columns in FIGURES.items() if words in question.title), tuple(names))
    assert any(all(row[name] is not None for name in wanted) for row in rows), rows[:3]
