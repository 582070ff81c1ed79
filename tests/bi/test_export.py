"""Dashboards go to the server and come back: an import twice is as once, an export of what was imported changes nothing."""

from __future__ import annotations

from pathlib import Path

import yaml

from assets.bi_bundle import DASHBOARDS
from orchestration import bi, settings
from tests.bi.reading import Analyst, Server


def read(folder: Path) -> dict[str, dict]:
    return {
        f.relative_to(folder).as_posix(): yaml.safe_load(f.read_text("utf-8")) for f in sorted(folder.rglob("*.yaml"))
    }


def test_what_was_imported_twice_comes_back_as_it_is_kept_in_git(server: Server, tmp_path: Path) -> None:
    config = settings.local_config()
    bi.furnish(config, lambda _: None)
    for name, written in read(DASHBOARDS).items():  # so that files keep their names
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(yaml.safe_dump({"uuid": written["uuid"]}))
    bi.export(config, tmp_path)
    assert read(tmp_path) == read(DASHBOARDS)


def test_an_analyst_s_change_comes_back_to_git(server: Server, analyst: Analyst, tmp_path: Path) -> None:
    admin = Analyst(server, analyst.context.browser, "admin")  # type: ignore[arg-type]
    request = admin.context.request
    charts = request.get(f"{server.address}/api/v1/chart/?q=(page_size:100)").json()["result"]
    chart = next(found for found in charts if found["slice_name"].endswith("Tables held back (empty = none)"))
    token = request.get(f"{server.address}/api/v1/security/csrf_token/").json()["result"]
    renamed = "ตารางที่พักไว้ / Held tables"
    answer = request.put(
        f"{server.address}/api/v1/chart/{chart['id']}",
        headers={"X-CSRFToken": token, "Referer": server.address},
        data={"slice_name": renamed},
    )
    assert answer.ok, answer.text()
    bi.export(settings.local_config(), tmp_path)
    assert renamed in {written.get("slice_name") for written in read(tmp_path).values()}
    bi.furnish(settings.local_config(), lambda _: None)  # git's word counts again
