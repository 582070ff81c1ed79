"""What the Data Docs show, without Great Expectations: suites, what came of judging them, and where their pages lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from expectations.contract import Contract
from expectations.entity_rules import rules_of
from expectations.gate import quarantined_share_rule
from expectations.rules import SEVERITIES, Rule
from expectations.suites import FOLDER, read_suite

FILES = Path(__file__).with_name("data_docs_assets")
FONTS = Path(__file__).with_name("report") / "fonts"
INDEX = "index.html"
ZONE = ZoneInfo("Asia/Bangkok")


@dataclass(frozen=True)
class SuiteDoc:
    """The rules of one table at one gate. `table` is ``source.entity`` at G1, ``schema.name`` at G2 and G3."""

    gate: str
    table: str
    title_en: str
    title_th: str
    rules: tuple[Rule, ...]

    @property
    def name(self) -> str:
        """Name of the suite, such as ``G1.egat_ambient.observation``."""
        return f"{self.gate}.{self.table}"

    @property
    def page(self) -> str:
        """Where its rules are shown."""
        return f"expectations/{self.name.replace('.', '/')}.html"

    @property
    def result_page(self) -> str:
        """Where its last judgement is shown. Great Expectations' links ask for two folders below those of the name."""
        return result_page(self.gate, self.table)


@dataclass(frozen=True)
class Outcome:
    """What came of one rule: on all batches in force together (G1), or on the table (G2, G3)."""

    rule: str
    dimension: str
    scope: str
    severity: str
    action: str
    evaluated: int
    failed: int
    is_passed: bool
    reason_en: str
    reason_th: str
    places: tuple[str, ...] = ()
    """A few places of what failed, as ``file › sheet › cell (failed of evaluated)``; never a value."""


@dataclass(frozen=True)
class Judgement:
    """The last judgement of a suite, at `judged_at` (UTC): `subject` says of what, such as ``16 batches``."""

    run_id: str
    judged_at: datetime
    subject: str
    outcomes: tuple[Outcome, ...]

    @property
    def is_passed(self) -> bool:
        return all(outcome.is_passed for outcome in self.outcomes)

    @property
    def gravest(self) -> str:
        """The gravest severity among the rules that failed, empty when none did."""
        failed = {outcome.severity for outcome in self.outcomes if not outcome.is_passed}
        return next((severity for severity in SEVERITIES if severity in failed), "")


def result_page(gate: str, table: str) -> str:
    """Path of the page that shows the last judgement of a table at a gate."""
    return f"validations/{gate}/{table.replace('.', '/')}/latest/judged/result.html"


def static_files() -> dict[str, Path]:
    """Files that the pages ask for, by their path below the site's folder."""
    fonts = [*FONTS.glob("sarabun-thai-*.woff2"), FONTS / "OFL.txt"]
    return {
        f"static/{file.name}": file for file in (*sorted((FILES / "vendor").iterdir()), FILES / "house.css", *fonts)
    }


def contract_suites(contract: Contract) -> Iterator[SuiteDoc]:
    """The G1 suite of every entity of a source, with the rule that the gate adds."""
    for entity in contract.entities:
        rules = (*rules_of(contract, entity), quarantined_share_rule(contract.max_quarantined_share))
        titles = f"{contract.title_en}: {entity.title_en}", f"{contract.title_th}: {entity.title_th}"
        yield SuiteDoc("G1", f"{contract.source_id}.{entity.name}", *titles, rules)


def table_suites() -> Iterator[SuiteDoc]:
    """The suites of silver (G2) and gold (G3), with the rules that compare with the last publication."""
    for path in sorted(FOLDER.glob("*.yml")):
        names = (path.stem, path.stem.removeprefix("silver_"))
        suite = read_suite(path, dict.fromkeys(names, "{previous}"))
        gate = "G2" if suite.table.startswith("silver.") else "G3"
        yield SuiteDoc(gate, suite.table, suite.table, "", suite.rules)
