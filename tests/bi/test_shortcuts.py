"""The shorter ways give what Superset's own give, and no right is remembered longer than a request."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from contextlib import closing

import pytest

from orchestration.bi import PYTHON, bi_home
from tests.bi.reading import Analyst, Server
from tests.conftest import ROOT

_PIVOTS = """
import json, sys
import numpy as np, pandas as pd
from superset.utils.pandas_postprocessing import pivot
from bi import shortcuts

rows = pd.DataFrame({
    "month": ["2026-01", "2026-01", "2026-02", "2026-02", "2026-03", "2026-03", "2026-04"],
    "class": ["a", "b", "a", "b", "a", "a", None],
    "value": [1.5, -2.0, np.nan, 4.0, 3.0, np.nan, 0.25],
    "count": [1, 2, 3, 4, 5, 6, 7],
})

def pivots():
    return [
        pivot(rows.copy(), index=["month"], columns=columns, drop_missing_columns=False,
              aggregates={name: {"operator": sys.argv[1]} for name in ("value", "count")}).to_json()
        for columns in ([], ["class"])
    ]

before = pivots()
shortcuts.pivot_in_columns()
print(json.dumps([before, pivots()]))
"""


@pytest.mark.parametrize("operator", ["max", "mean", "min", "sum", "std", "var", "median"])
def test_a_pivot_has_the_same_numbers_and_gaps(operator: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [str(PYTHON), "-c", _PIVOTS, operator], env=environment, capture_output=True, text=True, check=True
    )
    before, after = json.loads(done.stdout.splitlines()[-1])
    assert before == after and "2026-04" in before[0]


def test_a_right_that_is_taken_away_counts_from_the_next_request(server: Server, analyst: Analyst) -> None:
    address = f"{server.address}/api/v1/chart/"
    assert analyst.context.request.get(address).status == 200
    with closing(sqlite3.connect(bi_home(server.home) / "superset.db", timeout=30)) as database:
        held = """from ab_permission_view_role where permission_view_id in (
            select pv.id from ab_permission_view as pv
            inner join ab_permission as p on p.id = pv.permission_id
            inner join ab_view_menu as v on v.id = pv.view_menu_id
            where p.name = 'can_read' and v.name = 'Chart')"""
        rows = database.execute(f"select * {held}").fetchall()
        database.execute(f"delete {held}")
        database.commit()
        try:
            assert analyst.context.request.get(address).status == 403
        finally:
            marks = ", ".join("?" * len(rows[0]))
            database.executemany(f"insert into ab_permission_view_role values ({marks})", rows)
            database.commit()
    assert analyst.context.request.get(address).status == 200
