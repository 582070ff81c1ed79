"""Run by the BI server's own Python: makes its database ready, its users and roles, and imports what lies in a folder.

    python -m bi.furnish up FOLDER        database, users, roles; imports the folder's databases, datasets, charts, dashboards
    python -m bi.furnish export FOLDER    writes charts and dashboards of the server into the folder, as they are kept in git

Talks to its caller in lines of JSON on standard output; everything else goes to standard error.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ANALYST = "Analyst"
CLOSED = ("can_csv_upload", "can_upload")
LEFT_OUT = {
    # (permission, view): what Gamma may and an analyst need not
    ("can_write", "Dataset"),
    ("can_write", "Database"),
    ("can_export", "Database"),
    ("can_this_form_get", "ResetMyPasswordView"),
}


def main(arguments: list[str]) -> int:
    command, folder = arguments[0], Path(arguments[1])
    from superset.app import create_app

    app = create_app()
    with app.app_context():
        if command == "up":
            up(folder)
        elif command == "export":
            export(folder)
        else:
            raise SystemExit(f"there is no command {command!r}")
    return 0


def up(folder: Path) -> None:
    """Everything that has to be there before the first page; done again, it changes nothing but what was edited."""
    from flask_migrate import upgrade
    from superset.extensions import appbuilder, db

    upgrade()
    say(step="database")
    appbuilder.add_permissions(update_perms=True)
    appbuilder.sm.sync_role_definitions()
    db.session.commit()
    secrets = json.loads((Path(os.environ["MAEMOH_BI_HOME"]) / "secrets.json").read_text("utf-8"))
    _user("admin", "Admin", secrets["admin_password"])
    say(step="roles")
    counts = load(folder, "admin")
    _analyst_role()
    _user("analyst", ANALYST, secrets["analyst_password"])
    say(step="import", **counts)


def load(folder: Path, owner: str) -> dict[str, int]:
    """Imports a folder of assets, overwriting by uuid; what somebody made on the server stays."""
    from flask import g
    from superset import security_manager
    from superset.commands.importers.v1.assets import ImportAssetsCommand
    from superset.extensions import db

    g.user = security_manager.find_user(owner)
    contents = {file.relative_to(folder).as_posix(): file.read_text("utf-8") for file in sorted(folder.rglob("*.yaml"))}
    ImportAssetsCommand(contents).run()
    db.session.commit()
    return {
        kind: sum(name.startswith(f"{kind}/") for name in contents) for kind in ("datasets", "charts", "dashboards")
    }


def export(folder: Path) -> None:
    """Charts and dashboards as Superset exports them, one file each."""
    from flask import g
    from superset import security_manager
    from superset.commands.dashboard.export import ExportDashboardsCommand
    from superset.extensions import db
    from superset.models.dashboard import Dashboard

    g.user = security_manager.find_user("admin")
    ids = [d.id for d in db.session.query(Dashboard).order_by(Dashboard.slug) if not (d.slug or "").endswith("-phone")]
    for name, content in ExportDashboardsCommand(ids, export_related=True).run():
        kind = name.split("/")[0]
        if kind not in ("charts", "dashboards"):
            continue
        written = yaml.safe_load(content())
        target = folder / kind / f"{_file_name(kind, written)}.yaml"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(yaml.safe_dump(written, allow_unicode=True, sort_keys=True, width=120), "utf-8")
        say(file=f"{kind}/{target.name}")


def _file_name(kind: str, written: dict[str, Any]) -> str:
    """Dashboards by their slug; charts by the first words of their English name and their uuid."""
    if kind == "dashboards":
        return str(written["slug"] or written["uuid"])
    english = str(written["slice_name"]).split(" / ")[-1]
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in english.lower()).split()
    return "_".join([*words[:6], str(written["uuid"])[:8]])


def _user(name: str, role: str, password: str) -> None:
    from superset import security_manager

    found = security_manager.find_user(name)
    if found:
        if not security_manager.auth_user_db(name, password):
            security_manager.reset_password(found.id, password)
        return
    roles = [security_manager.find_role(role)]
    security_manager.add_user(name, name.title(), "Mae Moh", f"{name}@localhost", roles, password)


def _analyst_role() -> None:
    """Superset's Gamma and SQL Lab, without what changes datasets; with the gold schema and the board, nothing else."""
    from superset import security_manager
    from superset.extensions import db

    role = security_manager.add_role(ANALYST)
    granted = [
        permission
        for source in ("Gamma", "sql_lab")
        for permission in security_manager.find_role(source).permissions
        if (permission.permission.name, permission.view_menu.name) not in LEFT_OUT
        and permission.permission.name not in CLOSED
    ]
    role.permissions = list(dict.fromkeys([*granted, *_schemas()]))
    db.session.commit()


def _schemas() -> Iterator[Any]:
    """Access to schemas, as permissions."""
    from superset import security_manager
    from superset.extensions import db
    from superset.models.core import Database

    for database in db.session.query(Database):
        schema = {"marts": "gold", "state": "board"}.get(database.database_name)
        if schema:
            name = security_manager.get_schema_perm(database.database_name, None, schema)
            yield security_manager.add_permission_view_menu("schema_access", name)


def say(**words: Any) -> None:
    """One line for the caller."""
    print(json.dumps(words, ensure_ascii=False), file=sys.__stdout__, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
