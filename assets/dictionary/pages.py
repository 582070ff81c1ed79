"""The dictionary as files: every page, the search index, fonts and looks. The same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assets.catalogue import Catalogue, Table
from assets.dictionary import texts
from assets.dictionary.dashboards import dashboards_reading
from assets.dictionary.drawing import HEIGHT, Drawing, drawing_of
from assets.dictionary.examples import example_for
from assets.dictionary.kpis import Kpi
from assets.dictionary.origin import Origin, bronze_tables, origin_of
from assets.dictionary.search import search_script
from assets.dictionary.state import Feed, State
from expectations.contract import Contract
from expectations.organisations import Organisation, organisations

FOLDER = Path(__file__).parent
FONTS = FOLDER.parents[1] / "expectations" / "report" / "fonts"
INDEX = "index.html"
DBT_PAGE = "dbt/index.html"
PILLARS = ("environment", "energy", "economy", "city", "common")
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Content:
    """All that the pages tell of."""

    catalogue: Catalogue
    contracts: Mapping[str, Contract]
    kpis: Sequence[Kpi]
    state: State

    @cached_property
    def bronze(self) -> Mapping[str, tuple[str, ...]]:
        """Published table → bronze tables that it reads itself."""
        return bronze_tables()

    def drawing(self, table: Table) -> tuple[Origin, Drawing]:
        """Where a table comes from and goes, and how it is drawn."""
        origin = origin_of(table, self.catalogue, self.bronze)
        return origin, drawing_of(origin)

    def organisation(self, source_id: str) -> Organisation:
        contract = self.contracts[source_id]
        return organisations(self.contracts)[contract.partner_id]

    def feed(self, source_id: str) -> Feed:
        """How a feed stands; of one that never came nothing is known."""
        return self.state.feeds.get(source_id, Feed())

    def values_of(self, source_id: str) -> str:
        """`synthetic`, `delivered` (as the partner sent them), or what the contract says while nothing was received."""
        marked = self.feed(source_id).is_synthetic
        if marked is None:
            return self.contracts[source_id].values
        return "synthetic" if marked else "delivered"

    def synthetic(self, source_ids: Sequence[str]) -> list[str]:
        """Those whose values were made up."""
        return [source_id for source_id in source_ids if self.values_of(source_id) == "synthetic"]

    def tables_of(self, source_id: str) -> list[Table]:
        return [table for table in self.catalogue.tables.values() if source_id in table.source_ids]

    def kpis_of(self, table: Table) -> list[Kpi]:
        return [kpi for kpi in self.kpis if table.short in kpi.inputs or table.name in kpi.inputs]

    def table_named(self, name: str) -> Table | None:
        """The table called `fct_x`, `gold.fct_x` or `silver.x`."""
        tables = self.catalogue.tables
        return tables.get(name) or tables.get(f"gold.{name}")

    @property
    def metric_tables(self) -> list[Table]:
        return [table for table in self.catalogue.tables.values() if table.metrics]

    def pillar(self, name: str) -> list[Table]:
        return [table for table in self.catalogue.tables.values() if table.pillar == name]


def files_of(content: Content, progress: Progress = lambda *_: None) -> dict[str, bytes]:
    """Path below the site's folder → bytes; dbt's own page is not among them."""
    tables = content.catalogue.tables.values()
    todo: list[tuple[str, str, dict[str, object]]] = [(INDEX, "index.html.j2", {})]
    todo += [(f"tables/{t.name}.html", "table.html.j2", {"table": t}) for t in tables]
    todo += [(f"kpis/{k.kpi_id}.html", "kpi.html.j2", {"kpi": k}) for k in content.kpis]
    todo += [(f"sources/{s}.html", "source.html.j2", {"contract": c}) for s, c in sorted(content.contracts.items())]
    if content.metric_tables:
        todo.append(("metrics.html", "metrics.html.j2", {}))
    files = _static_files()
    script = search_script(content.catalogue, content.kpis, [c for _, c in sorted(content.contracts.items())])
    files["static/index.js"] = script.encode()
    for done, (path, template, values) in enumerate(todo, start=1):
        root = "../" * path.count("/")
        html = _environment().get_template(template).render(site=content, root=root, page=path, **values)
        files[path] = html.encode()
        progress("dictionary", done, len(todo))
    return files


def _static_files() -> dict[str, bytes]:
    files = [*sorted((FOLDER / "static").iterdir()), *sorted(FONTS.glob("*.woff2")), FONTS / "OFL.txt"]
    return {f"static/{file.name}": file.read_bytes() for file in files}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        t=texts.text, word=texts.word, report_word=texts.report_word, instant=texts.instant, day=texts.day,
        local_day=texts.local_day, period_of=texts.period_of, unit_of=texts.unit_of, example_for=example_for,
        dashboards_reading=dashboards_reading, box_height=HEIGHT,
        pillars=PILLARS, dbt_page=DBT_PAGE, passages=texts.passages(),
    )  # fmt: skip
    environment.filters["n"] = lambda number: f"{number:,}"
    return environment
