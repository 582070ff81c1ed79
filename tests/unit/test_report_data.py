"""What the report says equals what the ledger and the published rows hold, and open matters are really open."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.report_data import ReportDataMissing, gather
from expectations.report import ReportData
from expectations.report.conclude import conclude
from tests.unit import report_state as state


def report(folder: Path, **tables: list[state.Row]) -> ReportData:
    status = state.write_status(folder / "status.duckdb", tables)
    return gather(status, folder / "none.duckdb", "egat", state.PARTNER, state.CONTRACTS)


def test_every_delivery_and_every_row_is_counted_once(data: ReportData, story: tuple[Path, Path]) -> None:
    with duckdb.connect(str(story[0]), read_only=True) as db:
        sums = "count(*), sum(rows_in), sum(accepted), sum(quarantined), sum(dropped)"
        expected = db.execute(f"select {sums} from ops.delivery").fetchone()
    done = conclude(data)
    total = done.total
    assert (total.deliveries, total.rows_in, total.accepted, total.quarantined, total.dropped) == expected
    assert total.is_balanced
    assert sum(n for _, n in done.outcomes) == total.deliveries
    for column in ("deliveries", "rows_in", "accepted", "quarantined", "dropped"):
        assert sum(getattr(a, column) for a in done.accounts) == getattr(total, column)


def test_rows_held_back_add_up_to_the_accounts(data: ReportData) -> None:
    assert sum(q.rows for q in data.quarantine) == data.quarantined_in_force == 8_767
    assert data.quarantined_closed == 2  # of the file that was replaced; those of the withdrawn one count nowhere
    assert data.quarantined_in_force + data.quarantined_closed == conclude(data).total.quarantined


def test_the_calendar_counts_what_was_published(data: ReportData, story: tuple[Path, Path]) -> None:
    with duckdb.connect(str(story[1]), read_only=True) as db:
        rows = db.execute(
            "select quantity, count(*) filter (is_valid), count(flag), count(*) from silver.observation group by all"
        ).fetchall()
    covered = {c.quantity: c.total for c in conclude(data).coverage}
    assert {(q, c.valid, c.flagged) for q, c in covered.items()} == {
        (q, valid, flagged) for q, valid, flagged, _ in rows
    }
    assert data.published_rows == sum(n for *_, n in rows)
    assert covered["RH"].missing == 30 * 24  # June was never delivered: no row at all is missing too
    assert covered["NO2"].expected == state.hours(date(2009, 1, 1), date(2010, 12, 31))
    assert covered["TEMP"].expected == 31 + 28 + 5  # days


def test_a_refused_file_comes_with_its_reason_and_place(data: ReportData) -> None:
    refused = {d.path: d for d in data.deliveries if d.outcome == "refused"}
    broken = refused[f"{state.AIR}/SO2 2010-2020/สถานีตรวจอากาศหลัก.xlsx"]
    assert (broken.sheet, broken.cell, broken.is_resolved) == ("Sheet1", "A1", False)
    assert broken.reason == (state.PHP_TH, state.PHP_EN)


def test_what_a_later_delivery_put_right_is_resolved(data: ReportData) -> None:
    (cut,) = [d for d in data.deliveries if d.path == "truncated.xlsx" and d.outcome == "refused"]
    assert cut.is_resolved
    open_files = [s.path for f in conclude(data).fixes if f.kind == "refused_files" for s in f.samples]
    assert "truncated.xlsx" not in open_files


def test_a_withdrawn_delivery_asks_nothing_of_the_partner(data: ReportData) -> None:
    (taken,) = [d for d in data.deliveries if d.path == "wrong partner.xlsx"]
    assert taken.outcome == "withdrawn"
    assert not [s for f in conclude(data).fixes for s in f.samples if s.path == taken.path]


def test_a_refused_set_names_its_rule_and_is_told_apart_from_its_file(data: ReportData) -> None:
    (refused,) = data.refused_batches
    assert (refused.series, refused.rule, refused.rows, refused.is_resolved) == ("EGAT-05/BP", "window", 8_760, False)
    kinds = [(f.kind, f.priority) for f in conclude(data).fixes]
    assert kinds.count(("refused_batches", 1)) == 1
    assert not [f for f in conclude(data).fixes if f.kind == "quarantined" and "window" in f.reason.en]


def test_one_rule_over_several_sources_is_one_matter(tmp_path: Path) -> None:
    days = (date(2011, 1, 1), date(2011, 1, 1))
    files = [
        state.delivery(f"{name}.xlsx", "accepted", 1, source, rows_in=2, accepted=1, quarantined=1)
        for name, source in (("a", "egat_ambient"), ("b", "egat_weather"))
    ]
    batches = [state.batch(file, "EGAT-01/X", *days) for file in files]
    rows = [state.held(b, "hard_range", "C3", "9999") for b in batches]
    data = report(tmp_path, delivery=files, batch=batches, quarantine=rows)
    (matter,) = [f for f in conclude(data).fixes if f.kind == "quarantined"]
    assert matter.n == 2
    assert [s.path for s in matter.samples] == ["a.xlsx", "b.xlsx"]


def test_samples_name_file_sheet_cell_and_value_and_stop_at_five(data: ReportData) -> None:
    (group,) = [q for q in data.quarantine if q.rule == "pm10_range"]
    assert group.rows == 7
    assert [s.cell for s in group.samples] == ["C7", "D7", "E7", "F7", "G7"]
    assert all(s.path.endswith("Bansoppad.xlsx") and s.sheet == "Sheet1" and s.value == "-1" for s in group.samples)
    assert group.first_at and group.first_at.year == 2019


def test_checks_of_replaced_batches_no_longer_count(data: ReportData) -> None:
    assert "so2_range" not in {r.rule for r in data.rules}
    (pm10,) = [r for r in data.rules if r.rule == "pm10_range"]
    assert (pm10.evaluated, pm10.failed, pm10.samples[0].cell) == (17_524, 7, "C7")


def test_a_corrected_file_under_another_name_closes_the_refusal_of_its_slot(tmp_path: Path) -> None:
    day = date(2011, 1, 1)
    first = state.delivery("a.xlsx", "refused", 1, rows_in=24, quarantined=24)
    second = state.delivery("b.xlsx", "accepted", 2, rows_in=24, accepted=24)
    refused = state.batch(first, "EGAT-01/SO2", day, day, "refused")
    data = report(
        tmp_path,
        delivery=[first, second],
        batch=[refused, state.batch(second, "EGAT-01/SO2", day, day)],
        quarantine=[state.held(refused, "window", None, None, 24)],
        check_result=[state.check(refused, "window", 1, 1, severity="critical", action="refuse_batch")],
    )
    assert data.deliveries[0].is_resolved
    assert (data.quarantined_in_force, data.quarantined_closed) == (0, 24)
    assert not data.rules
    assert [f.kind for f in conclude(data).fixes] == ["unpublished"]


def test_a_batch_that_was_gated_twice_counts_once(tmp_path: Path) -> None:
    one = state.delivery("a.xlsx", "accepted_with_findings", 1, rows_in=2, accepted=1, quarantined=1)
    batch = state.batch(one, "EGAT-01/SO2", date(2011, 1, 1), date(2011, 1, 1))
    earlier: dict[str, Any] = {"run_id": "run-0", "recorded_at": state.NOW.replace(year=2025)}
    data = report(
        tmp_path,
        delivery=[one],
        batch=[batch],
        quarantine=[state.held(batch, "so2_range", "C3", "9999", **more) for more in (earlier, {})],
        check_result=[state.check(batch, "so2_range", 2, 1, **more) for more in (earlier, {})],
        finding=[state.found(batch, "footer", "differs", "ต่างกัน") | more for more in (earlier, {})],
    )
    assert data.quarantined_in_force == 1
    assert [(r.evaluated, r.failed) for r in data.rules] == [(2, 1)]
    assert [g.places for g in data.findings] == [1]
    assert data.run_id == "run-1"


def test_a_partner_sees_only_its_own(tmp_path: Path) -> None:
    other = state.delivery("secret.xlsx", "accepted", 1, rows_in=1, accepted=1) | {"partner_id": "ptt"}
    batch = state.batch(other, "X/SO2", date(2011, 1, 1), date(2011, 1, 1))
    theirs: dict[str, Any] = {"partner_id": "ptt"}
    data = report(
        tmp_path,
        delivery=[other],
        batch=[batch],
        quarantine=[state.held(batch, "so2_range", "C3", "9999", **theirs)],
        check_result=[state.check(batch, "so2_range", 2, 1, **theirs)],
        finding=[state.found(batch, "footer", "differs", "ต่างกัน") | theirs],
    )
    assert not (data.deliveries or data.batches or data.quarantine or data.rules or data.findings)
    assert conclude(data).verdict == "nothing"


def test_a_personal_source_gives_counts_and_no_samples(story: tuple[Path, Path]) -> None:
    contracts = [contract | {"classification": "personal"} for contract in state.CONTRACTS]
    data = gather(*story, "egat", state.PARTNER, contracts)
    assert sum(q.rows for q in data.quarantine) == 8_767
    assert not [s for q in data.quarantine for s in q.samples]
    assert not [s for f in data.findings for s in f.samples]
    assert not [s for r in data.rules for s in r.samples]


def test_a_report_is_made_although_nothing_was_ever_published(story: tuple[Path, Path]) -> None:
    data = gather(story[0], story[1].with_name("none.duckdb"), "egat", state.PARTNER, state.CONTRACTS)
    done = conclude(data)
    assert data.published_rows is None
    assert not done.coverage
    assert done.total.rows_in == 70_180
    assert "unpublished" in [f.kind for f in done.fixes]


def test_a_warning_on_a_whole_table_is_put_to_the_partner_and_withholds_nothing(data: ReportData) -> None:
    (warned,) = [r for r in data.rules if r.gate == "G3"]
    assert (warned.entity, warned.source_id, warned.failed) == ("gold.fct_air_quality_daily", "egat_ambient", 180)
    told = [(f.by, f.priority, f.n) for f in conclude(data).fixes if f.kind in ("withheld", "compared")]
    assert told == [("partner", 2, 180)]


def test_a_withheld_table_is_ours_to_mend_and_its_last_judgement_counts(tmp_path: Path) -> None:
    earlier: dict[str, Any] = {"run_id": "run-0", "recorded_at": state.NOW.replace(year=2025), "batch_id": "6"}
    data = report(
        tmp_path,
        delivery=[state.delivery("a.xlsx", "accepted", rows_in=1, accepted=1)],
        check_result=[
            state.table_check("G2", "silver.observation", "one_row", 9, 9, **earlier),
            state.table_check("G2", "silver.observation", "one_row", 9),
            state.table_check("G3", "gold.dim_station", "one_row", 9, **earlier),
            state.table_check("G3", "gold.dim_station", "one_row", 9, 2),
        ],
    )
    assert [(r.entity, r.failed) for r in data.rules] == [("silver.observation", 0), ("gold.dim_station", 2)]
    assert [(f.by, f.kind) for f in conclude(data).fixes] == [("us", "withheld")]
    assert conclude(data).verdict == "action"


def test_a_publication_lists_every_table_as_last_published(tmp_path: Path, story: tuple[Path, Path]) -> None:
    earlier = {"publication_id": "older", "published_at": state.NOW.replace(year=2025)}
    before = [row | earlier for row in state.publication()]
    status = state.write_status(tmp_path / "status.duckdb", {"publication": [*before, state.publication()[0]]})
    published = gather(status, story[1], "egat", state.PARTNER, state.CONTRACTS).publication
    assert published
    assert published.publication_id == state.publication()[0]["publication_id"]
    assert [t.table_name for t in published.tables] == sorted(row["table_name"] for row in before)
    assert {t.table_name: t.rows for t in published.tables}["silver.observation"] == 51_904


def test_a_source_without_a_contract_is_counted_all_the_same(story: tuple[Path, Path]) -> None:
    done = conclude(gather(*story, "egat", state.PARTNER, []))
    assert [a.source_id for a in done.accounts] == ["egat_ambient", "egat_weather", None]
    assert done.total.is_balanced


def test_without_a_status_the_error_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ReportDataMissing, match="maemoh run"):
        gather(tmp_path / "status.duckdb", tmp_path / "marts.duckdb", "egat", state.PARTNER, state.CONTRACTS)


def test_synthetic_can_be_judged_by_what_was_delivered(story: tuple[Path, Path]) -> None:
    real = gather(*story, "egat", state.PARTNER, state.CONTRACTS, is_synthetic=lambda path: "synthetic" in path)
    assert not real.is_synthetic
    assert {s.values for s in real.sources} == {"delivered"}
    made_up = gather(*story, "egat", state.PARTNER, state.CONTRACTS, is_synthetic=lambda path: "RH main" in path)
    assert {s.source_id: s.values for s in made_up.sources} == {
        "egat_ambient": "delivered",
        "egat_weather": "synthetic",
    }
    assert made_up.is_synthetic


def test_flags_without_a_verified_meaning_are_asked_for(data: ReportData) -> None:
    (legend,) = [f for f in conclude(data).fixes if f.kind == "legend"]
    assert legend.title.en.endswith(": P")
