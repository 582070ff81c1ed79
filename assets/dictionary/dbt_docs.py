"""dbt's own documentation of the models as one page that asks nobody for anything."""

from __future__ import annotations

import json
import re
from pathlib import Path

from assets import warehouse_dbt
from assets.lake.config import LakeConfig

# Where the page would report its readers to.
_TRACKER = re.compile(r"https://[\w.-]*getdbt\.com/(?=['\"])")
_CHANGING = (
    (re.compile(r'("generated_at": ?)"[^"]*"'), r'\1""'),
    (re.compile(r'("invocation_(?:id|started_at)": ?)"[^"]*"'), r'\1""'),
    (re.compile(r'("user_id": ?)"[^"]*"'), r'\1""'),
    (re.compile(r'("created_at": ?)[\d.]+'), r"\g<1>0"),
)


def dbt_page(folder: Path) -> bytes:
    """The page; takes half a second when the project is parsed already. `folder` takes dbt's target and log files.

    Connects to nothing. What differs from run to run, and where the project lies on this machine, is taken out.
    Raises WarehouseError.
    """
    nowhere = LakeConfig(folder, "http://127.0.0.1:1", "none", "none", "http://127.0.0.1:1", "none:none")
    arguments = ["docs", "generate", "--static", "--empty-catalog", "--no-compile"]
    target = folder / "target"
    target.mkdir(parents=True, exist_ok=True)
    # A run over a project that was parsed before leaves no manifest behind, and the page is made of that file.
    (target / "manifest.json").write_text(json.dumps(warehouse_dbt.manifest_of_project(folder)), "utf-8")
    warehouse_dbt.run_dbt(nowhere.dbt_env(), arguments, folder)
    text = (target / "static_index.html").read_text("utf-8")
    for pattern, instead in _CHANGING:
        text = pattern.sub(instead, text)
    return _TRACKER.sub("", text.replace(json.dumps(str(warehouse_dbt.PROJECT_DIR))[1:-1], "dbt_project")).encode()
