"""Builds a partner's report and puts it where that partner (and staff) can read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from assets.intake import is_synthetic
from assets.lake import keys
from assets.lake.handle import Lake
from assets.publication import write_status
from assets.report_data import gather
from expectations.contract import Contract
from expectations.report.render import render_html


def build(lake: Lake, partner_id: str, names: tuple[str, str], contracts: Mapping[str, Contract]) -> Path:
    """Renders the report of one partner to `<home>/reports/<partner>/index.html` and to the lake; returns the path."""
    write_status(lake.config, lake.ledger)
    own = [asdict(contract) for contract in contracts.values() if contract.partner_id == partner_id]
    data = gather(lake.config.status_db, lake.config.marts_db, partner_id, names, own, is_synthetic)
    html = render_html(data)
    path = lake.config.reports / partner_id / "index.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html, encoding="utf-8")
    lake.store.put({keys.report_key(partner_id, "index.html"): html.encode()}, content_type="text/html; charset=utf-8")
    return path
