"""What dbt is told of bronze: the sources and their descriptions, written from the contracts before every run.

So a new feed brings its staging model and nothing else; the file is not kept in git.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from assets.lake.ledger import TABLES
from assets.readers.route import contracts
from expectations.contract import Contract, Entity

GENERATED = "_generated.yml"
_CALLS = re.compile(r"stage_(\w+)\(\s*source\('(\w+)',\s*'(\w+)'\)")


def staged(project: Path) -> dict[str, tuple[str, str]]:
    """Staging model → (shape, bronze table) of every model under models/staging."""
    found = {}
    for file in sorted((project / "models" / "staging").glob("*/*.sql")):
        if call := _CALLS.search(file.read_text("utf-8")):
            found[file.stem] = (call[1], f"{call[2]}.{call[3]}")
    return found


def observation_models(project: Path) -> list[str]:
    """Staging models whose rows go into silver.observation."""
    return [model for model, (shape, _) in staged(project).items() if shape == "observation"]


def write_sources(project: Path) -> Path:
    """Writes the sources and the staging models' descriptions, when they differ from what is there. Returns the file."""
    known = contracts()
    pairs = [(contract, entity) for contract in known.values() for entity in contract.entities]
    document = {
        "version": 2,
        "sources": [
            {
                "name": "bronze",
                "description": "Accepted rows of every partner, as delivered, with their lineage (batch, delivery path, "
                "sheet, cell). / แถวข้อมูลที่ผ่านด่านตรวจของทุกหน่วยงาน พร้อมที่มา",
                "database": "lake",
                "schema": "bronze",
                "tables": [_table(contract, entity) for contract, entity in pairs],
            },
            {
                "name": "ops",
                "description": "The ledger: what was received, judged and published. / บันทึกการรับ ตรวจ และเผยแพร่ข้อมูล",
                "database": "lake",
                "schema": "ops",
                "tables": [{"name": name} for name in TABLES],
            },
        ],
        "models": _models(project, known),
    }
    text = "# Written from the contracts before every run of dbt; do not edit, do not commit.\n"
    text += yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=1_000)
    target = project / "models" / "staging" / GENERATED
    if target.is_file() and target.read_text("utf-8") == text:
        return target
    fresh = target.with_name(f".{GENERATED}.{os.getpid()}")
    fresh.write_text(text, "utf-8")
    fresh.replace(target)
    return target


def _table(contract: Contract, entity: Entity) -> dict[str, Any]:
    columns = [{"name": c.name, "description": f"{c.title_en} / {c.title_th}"} for c in entity.columns]
    return {"name": contract.table(entity.name), "description": _describe(contract, entity), "columns": columns}


def _models(project: Path, known: Mapping[str, Contract]) -> list[dict[str, str]]:
    by_table = {f"bronze.{c.table(e.name)}": (c, e) for c in known.values() for e in c.entities}
    return [
        {"name": model, "description": f"{_describe(*by_table[table])} Accepted rows, with source and partner."}
        for model, (_, table) in staged(project).items()
        if table in by_table
    ]


def _describe(contract: Contract, entity: Entity) -> str:
    return f"{entity.title_en} ({contract.title_en}). / {entity.title_th} ({contract.title_th})"
