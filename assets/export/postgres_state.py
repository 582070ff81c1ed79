"""What a Postgres database holds and allows, before a publication is copied there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from assets.export.postgres import PublishError, Target, ask, literal

ANALYST = "maemoh_analyst"
"""Group role that reads gold and nothing else. It cannot log in: people's own roles are granted it."""
META = "meta"
FILE_ROLES = ("pg_read_server_files", "pg_write_server_files", "pg_execute_server_program", "pg_write_all_data",
              "pg_read_all_data")  # fmt: skip


@dataclass(frozen=True)
class State:
    """What is there. `columns` and `keys` are of every relation in the schemas asked for; `ours` is what we made."""

    user: str
    database: str
    server: int
    may_create_schemas: bool
    may_create_roles: bool
    has_analyst: bool
    owned_schemas: Mapping[str, bool]
    """Schema that is there → whether this user owns it."""
    columns: Mapping[str, Mapping[str, str]]
    keys: Mapping[str, str]
    publication_id: str | None
    ours: Mapping[str, str]
    """Table that an earlier publication made and that is still there → fingerprint of its rows and words."""


def look(connection: duckdb.DuckDBPyConnection, schemas: Collection[str]) -> State:
    """Reads the state, within the transaction."""
    row = ask(
        connection,
        f"""select current_user::text, current_database()::text, current_setting('server_version_num')::int,
            has_database_privilege(current_database(), 'CREATE') as may_create,
            (select rolcreaterole or rolsuper from pg_roles where rolname = current_user) as may_create_roles,
            exists (select from pg_roles where rolname = '{ANALYST}') as has_analyst""",
    )[0]
    names = ", ".join(literal(name) for name in (*schemas, META))
    owned = ask(
        connection,
        f"select nspname::text, pg_has_role(nspowner, 'USAGE') from pg_namespace where nspname in ({names})",
    )
    columns: dict[str, dict[str, str]] = {}
    for table, column, pg_type in ask(
        connection,
        f"""select n.nspname || '.' || c.relname as name, a.attname::text, format_type(a.atttypid, a.atttypmod)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where n.nspname in ({names}) and c.relkind in ('r', 'p', 'v', 'm', 'f')
            order by c.oid, a.attnum""",
    ):
        columns.setdefault(table, {})[column] = pg_type
    keys = ask(
        connection,
        f"""select n.nspname || '.' || c.relname as name, pg_get_constraintdef(k.oid)
            from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ({names}) and k.conname = c.relname || '_key'""",
    )
    publication_id, ours = None, {}
    if f"{META}.published_table" in columns:
        found = ask(connection, "select publication_id from meta.publication")
        publication_id = found[0][0] if found else None
        made = dict(ask(connection, "select table_name, fingerprint from meta.published_table"))
        ours = {name: mark for name, mark in made.items() if name in columns or name.split(".")[0] not in schemas}
    known = {name: text.replace('"', "") for name, text in keys}
    user, database, server, may_create_schemas, may_create_roles, has_analyst = row
    return State(
        user=user,
        database=database,
        server=server,
        may_create_schemas=may_create_schemas,
        may_create_roles=may_create_roles,
        has_analyst=has_analyst,
        owned_schemas=dict(owned),
        columns=columns,
        keys=known,
        publication_id=publication_id,
        ours=ours,
    )


def check(state: State, schemas: Sequence[str], names: Collection[str], to: Target) -> None:
    """Raises PublishError, with the statements to run, where a right is missing or a table is somebody else's."""
    wanted = (*schemas, META)
    missing = [schema for schema in wanted if schema not in state.owned_schemas]
    if missing and not state.may_create_schemas:
        given = "; ".join(f"CREATE SCHEMA {schema} AUTHORIZATION {state.user}" for schema in missing)
        raise PublishError(
            f"{to.shown}: {state.user} may not create the schemas {', '.join(missing)}",
            f"let an administrator of that database run: {given};",
        )
    if others := [schema for schema in wanted if state.owned_schemas.get(schema) is False]:
        given = "; ".join(f"ALTER SCHEMA {schema} OWNER TO {state.user}" for schema in others)
        raise PublishError(
            f"{to.shown}: the schemas {', '.join(others)} do not belong to {state.user}",
            f"publish as their owner or into a database of its own; else an administrator runs: {given};",
        )
    if not state.has_analyst and not state.may_create_roles:
        raise PublishError(
            f"{to.shown}: the role {ANALYST} is missing and {state.user} may not create roles",
            f"let an administrator of that server run: CREATE ROLE {ANALYST} NOLOGIN;",
        )
    meta = {f"{META}.publication", f"{META}.published_table"} & set(state.columns)
    foreign = sorted((set(names) & set(state.columns)) - set(state.ours)) + (sorted(meta) if len(meta) == 1 else [])
    if foreign:
        raise PublishError(
            f"{to.shown} has {', '.join(foreign)}, made by somebody else",
            "publish into a database of its own, or rename those tables",
        )


def too_much(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """What the analysts' role may do beyond reading, by what else was granted in that database: sentences, none if all is well."""
    roles = ", ".join(literal(role) for role in FILE_ROLES)
    is_strong, may_create, member_of, writes = ask(
        connection,
        f"""select rolsuper or rolcreaterole or rolcreatedb as is_strong,
            coalesce(has_schema_privilege(r.oid, to_regnamespace('public')::oid, 'CREATE'), false) as may_create,
            (select coalesce(string_agg(o.rolname::text, ', ' order by o.rolname), '') from pg_roles o
             where o.rolname in ({roles}) and pg_has_role(r.oid, o.oid, 'MEMBER')) as member_of,
            (select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where c.relkind in ('r', 'p') and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
             and has_schema_privilege(r.oid, n.oid, 'USAGE')
             and has_table_privilege(r.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')) as n_writes
            from pg_roles r where rolname = '{ANALYST}'""",
    )[0]
    found = []
    if is_strong:
        found.append(f"it may create roles or databases: ALTER ROLE {ANALYST} NOSUPERUSER NOCREATEROLE NOCREATEDB;")
    if may_create:
        found.append("everybody may create tables in schema public: REVOKE CREATE ON SCHEMA public FROM PUBLIC;")
    if member_of:
        found.append(f"it is a member of {member_of}: REVOKE {member_of} FROM {ANALYST};")
    if writes:
        found.append(f"it may write to {writes} table(s) of that database, by grants that are not ours")
    return found
