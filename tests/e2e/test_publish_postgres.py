"""`maemoh publish --to postgres://…` against a real server: whole or not at all, words and keys, and who may do what."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import errors
from typer.testing import CliRunner

from assets.export import offer
from assets.export.postgres import PublishError, target
from assets.export.postgres_publish import Done, publish
from orchestration.cli import app
from tests import marts, postgres

HOURS = {
    "station_key": "'EGAT-05'",
    "quantity": "'SO2'",
    "interval_start_at": "timestamptz '2020-01-01 00:00:00+00' + i * interval 1 hour",
}
STATIONS = {"station_key": "'S' || i", "name_th": "'บ้านสบป้าด'"}
SILVER = {"station_key": "'EGAT-05'", "quantity": "'SO2'", "interval_start_at": "timestamptz '2020-01-01 00:00:00+00'"}
SESSIONS = {"source_id": "'ptt_ev_charging'", "station_id": "'EV-1'", "observed_date": "date '2025-01-01' + i::int"}
TABLES: dict[str, marts.Rows] = {
    "gold.fct_air_quality_hourly": (12_000, HOURS),
    "gold.dim_station": (10, STATIONS),
    "gold.dim_quantity": (3, {"quantity": "'Q' || i"}),
    "gold.fct_weather_hourly": (
        5,
        HOURS | {"interval_start_at": "timestamptz '2020-01-01 00:00:00+00' + i * interval 1 hour"},
    ),
    "gold.fct_ev_charging_daily": (4, SESSIONS),
    "silver.observation": (1, SILVER),
}
NEXT = TABLES | {"gold.fct_air_quality_hourly": (16_000, HOURS), "gold.dim_station": (11, STATIONS)}


@pytest.fixture(autouse=True)
def a_personal_table(monkeypatch: pytest.MonkeyPatch) -> None:
    known = marts.with_personal("gold.fct_ev_charging_daily")
    monkeypatch.setattr(offer, "catalogue", lambda: known)


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    with postgres.running() as server:
        yield server


class House:
    """A database of its own, and a lake's published files."""

    def __init__(self, server: postgres.Server, home: Path, name: str) -> None:
        self.server, self.home, self.name = server, home, name
        self.config = marts.config_of(home)

    def url(self, user: str = postgres.SUPERUSER) -> str:
        return self.server.url(self.name, user)

    def as_user(self, user: str = postgres.SUPERUSER) -> psycopg.Connection:
        return psycopg.connect(self.url(user), password=self.server.password, autocommit=True)

    def ask(self, query: str, user: str = postgres.SUPERUSER) -> list[tuple]:
        with self.as_user(user) as connection:
            return connection.execute(query).fetchall()  # type: ignore[call-overload]

    def run(self, statements: str) -> None:
        with self.as_user() as connection:
            connection.execute(statements)  # type: ignore[call-overload]

    def new_user(self, name: str, more: str = "") -> str:
        self.run(f"create role {name} login password '{self.server.password}'; {more}")
        return name

    def publish(self, *schemas: str, user: str = postgres.SUPERUSER, **more: bool) -> Done:
        to = target(self.url(user).replace("@", f":{self.server.password}@", 1))
        return publish(self.config, to, schemas or ("gold",), **more)

    def command(self, *words: str, user: str = postgres.SUPERUSER):
        env = {"MAEMOH_HOME": str(self.home), "PGPASSWORD": self.server.password, "COLUMNS": "200"}
        return CliRunner().invoke(app, ["publish", "--to", self.url(user), *words], env=env)


@pytest.fixture
def house(server: postgres.Server, tmp_path: Path) -> Iterator[House]:
    with psycopg.connect(server.url(), password=server.password, autocommit=True) as connection:
        connection.execute("create database city")
        marts.write(tmp_path, "p1", TABLES)
        yield House(server, tmp_path, "city")
        connection.execute("drop database city with (force)")
        connection.execute("drop role if exists maemoh_analyst, somchai, keeper")


def test_a_reader_sees_one_publication_or_the_other_and_never_waits(house: House) -> None:
    house.publish()
    somchai = house.new_user("somchai", "grant maemoh_analyst to somchai")
    look = """select (select publication_id from meta.publication),
        (select count(*) from gold.fct_air_quality_hourly), (select count(*) from gold.dim_station)"""
    seen: list[tuple] = []
    begun, published = threading.Event(), threading.Event()

    def read_on() -> None:
        with house.as_user(somchai) as connection:
            connection.execute("set lock_timeout = '200ms'")  # to wait for the publisher would be an error
            is_last = False
            while not is_last:
                is_last = published.is_set()
                seen.append(connection.execute(look).fetchone())  # type: ignore[arg-type]
                begun.set()

    with house.as_user(somchai) as patient:
        patient.execute("begin isolation level repeatable read")
        patient.execute(look)
        marts.write(house.home, "p2", NEXT)
        reader = threading.Thread(target=read_on)
        reader.start()
        assert begun.wait(10)
        try:
            house.publish()
        finally:
            published.set()
            reader.join(10)
        assert patient.execute(look).fetchone() == ("p1", 12_000, 10)
    assert set(seen) == {("p1", 12_000, 10), ("p2", 16_000, 11)}
    assert len(seen) > 5
    assert [s[0] for s in seen] == sorted(s[0] for s in seen)


def test_an_analyst_reads_gold_and_can_do_nothing_else(house: House, tmp_path: Path) -> None:
    done = house.publish("gold", "silver")
    assert done.warnings == () and done.kept_back == ("gold.fct_ev_charging_daily",)
    somchai = house.new_user("somchai", "grant maemoh_analyst to somchai")
    assert house.ask("select count(*) from gold.dim_station", somchai) == [(10,)]
    refused = (
        "insert into gold.dim_station (station_key) values ('X')", "update gold.dim_station set name_th = 'x'",
        "delete from gold.dim_station", "truncate gold.dim_station", "drop table gold.dim_station",
        "alter table gold.dim_station add column x int", "delete from meta.publication",
        "create table gold.mine (x int)", "create table public.mine (x int)", "create schema mine",
        "create view gold.mine as select 1", "create function gold.f() returns int language sql as 'select 1'",
        "select * from silver.observation", "select * from pg_authid", "select * from pg_shadow",
        "select pg_read_file('/etc/passwd')", "select pg_read_binary_file('/etc/passwd')", "select pg_ls_dir('/')",
        "select pg_stat_file('/etc/passwd')", "select lo_import('/etc/passwd')", f"select lo_export(1, '{tmp_path}/x')",
        f"copy gold.dim_station to '{tmp_path}/x'", "copy gold.dim_station to program 'cat'",
        "create temp table t (x text); copy t from '/etc/passwd'", "create extension dblink", "set role boss",
        "create extension postgres_fdw", "create role evil", "alter role somchai superuser",
        "grant pg_read_server_files to somchai",
        "alter system set log_statement = 'all'", "load 'auto_explain'; set session authorization boss",
        "do language plpgsql $$ begin perform pg_read_file('/etc/passwd'); end $$",
    )  # fmt: skip
    with house.as_user(somchai) as connection:
        for statement in refused:
            with pytest.raises((errors.InsufficientPrivilege, errors.UndefinedFile)):
                connection.execute(statement)  # type: ignore[call-overload]
        listed = connection.execute("select table_schema, table_name from information_schema.tables").fetchall()
    names = {name for schema, name in listed if schema not in ("pg_catalog", "information_schema")}
    assert names == {
        "publication",
        "published_table",
        "dim_station",
        "dim_quantity",
        "fct_air_quality_hourly",
        "fct_weather_hourly",
    }
    assert house.ask("select count(*) from pg_class where relname ~ 'quarantine|ev_charging'") == [(0,)]


def test_what_others_granted_to_analysts_is_told(house: House) -> None:
    house.publish()
    house.run("grant create on schema public to public; grant insert on gold.dim_station to maemoh_analyst")
    try:
        house.run("grant pg_read_server_files to maemoh_analyst")
        said = house.command("--full").output
    finally:
        house.run("revoke pg_read_server_files from maemoh_analyst")
    assert "REVOKE CREATE ON SCHEMA public FROM PUBLIC" in said
    assert "member of pg_read_server_files" in said
    assert "may write to 1 table(s)" in said


def test_words_types_and_keys_arrive(house: House) -> None:
    house.publish()
    types = dict(
        house.ask(
            """select column_name, data_type from information_schema.columns
            where table_schema = 'gold' and table_name = 'fct_air_quality_hourly'"""
        )
    )
    assert types["interval_start_at"] == "timestamp with time zone" and types["value"] == "double precision"
    assert (types["observed_date"], types["is_valid"], types["station_key"]) == ("date", "boolean", "text")
    keys = house.ask(
        "select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint where conname like '%_key'"
    )
    assert ("gold.fct_air_quality_hourly", "PRIMARY KEY (station_key, quantity, interval_start_at)") in keys
    # The level of a station at the ground is empty.
    assert ("gold.fct_weather_hourly", "UNIQUE NULLS NOT DISTINCT (station_key, level, interval_start_at)") in keys
    words = dict(
        house.ask("select relname::text, obj_description(oid) from pg_class where relnamespace = 'gold'::regnamespace")
    )
    assert "คุณภาพอากาศรายชั่วโมง / Air quality by the hour" in words["fct_air_quality_hourly"]
    assert words["fct_air_quality_hourly"].startswith("ข้อมูลสังเคราะห์") and "สังเคราะห์" not in words["dim_quantity"]
    columns = house.ask(
        """select attname::text, col_description(attrelid, attnum) from pg_attribute
        where attrelid in (select oid from pg_class where relnamespace = 'gold'::regnamespace and relkind = 'r') and attnum > 0"""
    )
    assert [name for name, text in columns if not text or " / " not in text] == []
    assert house.ask("select is_synthetic, note is not null from meta.publication") == [(True, True)]
    assert house.ask("select min(interval_start_at) = '2020-01-01 00:00+00' from gold.fct_air_quality_hourly") == [
        (True,)
    ]
    assert house.ask("select distinct name_th from gold.dim_station") == [("บ้านสบป้าด",)]


def test_the_next_publication_keeps_grants_and_views_and_copies_only_what_changed(house: House) -> None:
    house.publish()
    somchai = house.new_user("somchai", "grant maemoh_analyst to somchai")
    house.run(
        """create schema work; create view work.by_station as select station_key, name_th from gold.dim_station;
        grant usage on schema work to somchai; grant select on work.by_station to somchai"""
    )
    house.run("alter table gold.dim_station drop column lat")  # as if it had come later
    marts.write(
        house.home,
        "p2",
        NEXT | {"gold.dim_quantity": (3, {"quantity": "'Q' || i"})},
        "drop table gold.fct_weather_hourly",
    )
    done = house.publish()
    assert {step.name: step.what for step in done.steps} == {
        "gold.fct_air_quality_hourly": "rows", "gold.dim_station": "columns", "gold.dim_quantity": "same",
        "gold.fct_weather_hourly": "gone",
    }  # fmt: skip
    assert house.ask("select count(*) from work.by_station", somchai) == [(11,)]
    assert house.ask("select count(*) from gold.fct_air_quality_hourly", somchai) == [(16_000,)]
    assert sorted(house.ask("select table_name, publication_id from meta.published_table", somchai)) == [
        ("gold.dim_quantity", "p1"), ("gold.dim_station", "p2"), ("gold.fct_air_quality_hourly", "p2"),
    ]  # fmt: skip
    assert house.ask("select to_regclass('gold.fct_weather_hourly')") == [(None,)]


def test_a_schema_that_is_there_is_kept_in_step(house: House) -> None:
    house.publish("silver")
    marts.write(house.home, "p2", NEXT)
    assert {step.name for step in house.publish("gold").steps} >= {"silver.observation", "gold.dim_station"}


def test_the_same_publication_again_does_nothing_and_says_so(house: House) -> None:
    assert "published p1" in house.command().output
    before = house.ask("select * from meta.publication")
    again = house.command()
    assert again.exit_code == 0 and "nothing to do" in again.output and "p1 already" in again.output
    assert house.ask("select * from meta.publication") == before


def test_a_dry_run_shows_and_changes_nothing(house: House) -> None:
    shown = house.command("--dry-run").output
    assert "12,000 rows  new" in shown and "would publish p1" in shown and "personal: not copied" in shown
    assert house.ask("select count(*) from pg_namespace where nspname in ('gold', 'meta')") == [(0,)]


def test_what_fails_in_the_middle_leaves_the_last_publication_whole(house: House) -> None:
    house.publish()
    marts.write(house.home, "p2", NEXT, "update gold.fct_weather_hourly set level = chr(0)")  # no text to Postgres
    with pytest.raises(PublishError, match="nothing was changed there"):
        house.publish()
    assert house.ask("select publication_id from meta.publication") == [("p1",)]
    assert house.ask("select count(*) from gold.fct_air_quality_hourly") == [(12_000,)]
    marts.write(house.home, "p3", NEXT)
    assert house.publish().before == "p1"


def test_without_rights_the_statements_to_run_are_told_and_then_suffice(house: House) -> None:
    keeper = house.new_user("keeper")
    with pytest.raises(PublishError, match="may not create the schemas gold, meta") as told:
        house.publish(user=keeper)
    house.run(told.value.to_do.split(": ", 1)[1])
    with pytest.raises(PublishError, match="may not create roles") as told:
        house.publish(user=keeper)
    house.run(told.value.to_do.split(": ", 1)[1])
    assert house.publish(user=keeper).publication_id == "p1"
    house.run("create table gold.dim_event (x int)")
    marts.write(house.home, "p2", TABLES | {"gold.dim_event": (1, {"event_key": "'a'"})})
    with pytest.raises(PublishError, match=r"has gold.dim_event, made by somebody else"):
        house.publish(user=keeper)


def test_a_view_on_a_column_that_goes_is_named(house: House) -> None:
    house.publish()
    house.run(
        "alter table gold.dim_quantity add column old int; create view public.mine as select old from gold.dim_quantity"
    )
    marts.write(house.home, "p2", NEXT)
    with pytest.raises(PublishError, match="view mine depends") as told:
        house.publish()
    assert "drop the views" in told.value.to_do


def test_two_publishers_do_not_mix(house: House) -> None:
    with house.as_user() as other:
        other.execute("begin; select pg_advisory_xact_lock(5202608)")
        with pytest.raises(PublishError, match="somebody else is publishing"):
            house.publish()


def test_a_password_is_never_shown(house: House) -> None:
    secret = "s3cr3t-in-the-address"
    bad = {
        house.url().replace("@", f":{secret}@", 1): "password authentication failed",
        f"postgres://boss:{secret}@127.0.0.1:1/x": "Connection refused",
        f"{house.url()}?password={secret}": "password authentication failed",
        f"mysql://boss:{secret}@127.0.0.1/x": "not one of a Postgres database",
        f"postgres://boss:{secret}@127.0.0.1:port/x": "not one of a Postgres database",
        f"postgres://boss:{secret}@127.0.0.1": "not one of a Postgres database",
    }
    for url, said in bad.items():
        with pytest.raises(PublishError, match=said) as told:
            publish(house.config, target(url))
        assert secret not in "".join(traceback.format_exception(told.value))
    assert secret not in repr(target(next(iter(bad))))
