"""A new feed is three files written from a small sample, and they work as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.readers.declared import Declared
from assets.readers.document import Document
from expectations.contract import load_contract
from orchestration.new_source import CannotStart, files_for

CSV = """DATE,RESERVOIR,LEVEL_M,STORAGE_MCM,GATES
2026-03-18,Mae Chang SYNTHETIC,348.21,71.5,0
2026-03-19,Mae Chang SYNTHETIC,348.19,71.3,0
2026-03-20,Mae Chang SYNTHETIC,-,71.0,2
"""
JSON = '{"data": {"items": [{"at": "2026-03-20T10:00:00+07:00", "site": "SYNTHETIC", "dba": 52.1}]}}'


def started(folder: Path, name: str, text: str, rows: str = "") -> tuple[dict[str, str], Path]:
    """The files of a new source, and the contract among them written where it can be loaded."""
    sample = folder / name
    sample.write_text(text, "utf-8")
    made = files_for("egat_trial", "egat", "reading", sample, rows)
    contract = folder / "egat_trial" / "contract.yml"
    contract.parent.mkdir()
    contract.write_text(made["assets/sources/egat_trial/contract.yml"], "utf-8")
    return made, contract


@pytest.mark.parametrize(
    ("name", "text", "rows", "n", "columns"),
    [
        ("level-synthetic.csv", CSV, "", 3, {"reservoir": "VARCHAR", "level_m": "DOUBLE", "gates": "BIGINT"}),
        ("noise-synthetic.json", JSON, "data.items", 1, {"site": "VARCHAR", "dba": "DOUBLE"}),
    ],
)
def test_three_files_and_the_sample_is_read_by_them(
    tmp_path: Path, name: str, text: str, rows: str, n: int, columns: dict[str, str]
) -> None:
    made, path = started(tmp_path, name, text, rows)
    assert [Path(file).name for file in made] == [
        "contract.yml",
        f"sample-synthetic{Path(name).suffix}",
        "stg_egat_trial__reading.sql",
    ]
    contract = load_contract(path)
    parser = Declared(contract)
    document = Document(text.encode(), name)
    [batch] = parser.parse(document, contract).batches
    assert batch.rows.height == n and batch.rows["problem"].null_count() == n
    assert batch.rows["interval_start_at"].null_count() == 0
    assert columns.items() <= {column.name: column.type for column in contract.entities[0].own_columns}.items()
    assert parser.claims(document) == name.endswith(".csv")


def test_what_only_a_person_can_say_is_marked(tmp_path: Path) -> None:
    made, _ = started(tmp_path, "level-synthetic.csv", CSV)
    assert made["assets/sources/egat_trial/contract.yml"].count("TODO") >= 5


def test_a_sample_that_is_not_called_synthetic_is_refused(tmp_path: Path) -> None:
    sample = tmp_path / "level.csv"
    sample.write_text(CSV)
    with pytest.raises(CannotStart, match="synthetic"):
        files_for("egat_trial", "egat", "reading", sample, "")


def test_a_source_that_exists_is_not_written_over(tmp_path: Path) -> None:
    sample = tmp_path / "level-synthetic.csv"
    sample.write_text(CSV)
    with pytest.raises(CannotStart, match="exists"):
        files_for("egat_stack", "egat", "reading", sample, "")
