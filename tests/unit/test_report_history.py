"""Trend, issues with answers and dates, effects, fetches and days: as the ledger holds them, and of nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb

from assets.report_data import gather
from expectations.report import ReportData, render_html
from expectations.report.agreed import agreed, due_on
from expectations.report.conclude import Conclusions, conclude
from expectations.report.impact import effects_of
from expectations.report.matters import matters_of
from expectations.report.model import PublishedTable
from expectations.report.standing import standings
from expectations.report.texts import text
from tests.unit import report_history_state as history
from tests.unit import report_state as state

REFUSED = f"{state.AIR}/SO2 2010-2020/สถานีตรวจอากาศหลัก.xlsx"


def report(folder: Path, **tables: list[state.Row]) -> ReportData:
    status = state.write_status(folder / "status.duckdb", tables)
    return gather(status, folder / "none.duckdb", "egat", state.PARTNER, state.CONTRACTS)


# ── trend ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_newest_score_stands_with_its_change_against_the_day_before(done: Conclusions) -> None:
    air, weather = done.scores
    assert [p.points for p in air.periods] == [96, 97.5, 90, 91, 92.5, 94]
    assert (air.points, air.change, air.is_on_target) == (94, 1.5, False)
    assert (weather.points, weather.change, weather.is_on_target) == (97.4, -0.6, True)
    assert (done.overall.points, done.overall.grade, done.overall.weakest) == (95.7, "A", "egat_ambient")


def test_of_many_months_the_last_twelve_stand_each_with_its_last_day(tmp_path: Path) -> None:
    months = [date(2025 + i // 12, i % 12 + 1, day) for i in range(14) for day in (3, 20)]
    lines = [history.score(history.AIR, day, 60 + i) for i, day in enumerate(months)]
    (air, _) = standings(report(tmp_path, score=lines))
    assert [p.key for p in air.periods[::11]] == ["2025-03", "2026-02"]
    assert [p.points for p in air.periods] == [65 + 2 * i for i in range(12)]
    assert air.change == 2


def test_scores_of_a_single_day_are_told_as_such_and_drawn_as_none(data: ReportData) -> None:
    page = render_html(replace(data, scores=data.scores[-1:]))
    assert text("trend.one").th in page and "chart-trend" not in page


def test_without_kept_scores_the_page_says_so_and_counts_from_the_rules(data: ReportData) -> None:
    bare = replace(data, scores=())
    assert all(s.change is None and not s.periods for s in standings(bare))
    assert standings(bare)[0].points
    assert text("trend.none").th in render_html(bare)


# ── issues, answers, deadlines ────────────────────────────────────────────────────────────────────────────────────────


def test_deadlines_count_local_days_from_the_opening_by_severity() -> None:
    late_evening = state.NOW.replace(hour=18)  # 01:00 of the next day in Thailand
    opened = date(2026, 11, 3)
    days = agreed().deadline_days
    assert due_on("critical", late_evening) == opened + timedelta(days=days["critical"]) == date(2026, 11, 10)
    assert due_on("major", late_evening) == opened + timedelta(days=days["major"])
    assert due_on("minor", late_evening) is None


def test_open_issues_come_gravest_first_with_the_last_answer(done: Conclusions) -> None:
    found = [(g.rule, g.severity, g.due, g.is_overdue) for g in done.matters.groups]
    assert found == [
        ("export_error", "critical", date(2026, 11, 4), False),
        ("pm10_range", "major", date(2026, 10, 23), True),
        ("flow_not_copied", "major", date(2026, 11, 30), False),
        ("flat_line", "minor", None, False),
    ]
    (pm10,) = done.matters.groups[1].issues
    assert pm10.answer
    assert (pm10.answer.state, pm10.answer.words) == ("disputed", "เครื่องวัดสอบเทียบแล้ว =1+1")
    assert done.matters.overdue == 1


def test_what_the_data_closed_lately_stands_apart_and_later_no_more(data: ReportData) -> None:
    assert [i.rule for i in matters_of(data).closed] == ["so2_range"]
    later = replace(data, as_of=state.NOW + timedelta(days=agreed().closed_shown_days))
    assert not matters_of(later).closed


def test_a_thing_to_fix_has_the_date_and_the_ids_of_its_issues(done: Conclusions) -> None:
    fixes = {f.kind: f for f in done.fixes}
    ids = {i.rule: i.issue_id for i in done.matters.open_}
    assert (fixes["refused_files"].due, fixes["refused_files"].issue_ids) == (
        date(2026, 11, 4), (ids["export_error"],)
    )  # fmt: skip
    assert (fixes["quarantined"].is_overdue, fixes["quarantined"].issue_ids) == (True, (ids["pm10_range"],))
    assert (fixes["warned"].due, fixes["warned"].issue_ids) == (None, (ids["flat_line"],))
    # nothing was opened yet for the refused set: a week from the state's own day
    assert fixes["refused_batches"].due == date(2026, 11, 9)


def test_every_kind_of_fix_says_what_we_do(done: Conclusions) -> None:
    for fix in done.fixes:
        assert fix.ours.th and fix.ours.en


# ── effects ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_failing_silver_table_withholds_what_the_source_feeds_through_it(tmp_path: Path) -> None:
    own = {"partner_id": "egat", "source_id": "egat_ambient"}
    data = report(tmp_path, check_result=[state.table_check("G2", "silver.observation", "exchanged", 9, 9, **own)])
    (effect,) = effects_of(data)
    assert (effect.how, effect.judged, effect.rules) == ("withheld", "silver.observation", ("exchanged",))
    assert {"gold.fct_air_quality_daily", "gold.mart_exposure_daily"} <= set(effect.tables)
    assert not [t for t in effect.tables if "fuel" in t or "tourism_monthly" in t]
    assert {"E1", "E4"} <= {k.kpi_id for k in effect.kpis} and "C3" not in {k.kpi_id for k in effect.kpis}


def test_a_warned_table_and_what_lacks_refused_data_are_told(done: Conclusions) -> None:
    told = {(e.how, e.source_id): e for e in done.effects}
    warned = told["warned", "egat_ambient"]
    assert warned.tables == ("gold.fct_air_quality_daily",)
    lacking = told["lacking", "egat_ambient"]
    assert (lacking.refused, lacking.held) == (1, 7)
    assert told["lacking", "egat_weather"].refused == 1


def test_a_table_withheld_because_of_another_says_neither_who_nor_why(data: ReportData) -> None:
    assert data.publication
    secret = PublishedTable("gold.mart_exposure_daily", "9", 1, "withheld", "secret of another partner")
    unfed = PublishedTable("gold.fct_fuel_price", "9", 1, "withheld", "secret of another partner")
    shown = replace(data, publication=replace(data.publication, tables=(*data.publication.tables, secret, unfed)))
    (other,) = [e for e in effects_of(shown) if not e.is_own]
    assert other.tables == ("gold.mart_exposure_daily",)
    html = render_html(shown)
    assert text("impact.other").th in html
    assert "secret of another" not in html


# ── fetches, days, and whose they are ─────────────────────────────────────────────────────────────────────────────────


def test_fetches_say_what_was_asked_what_came_and_what_failed(data: ReportData) -> None:
    (weather,) = data.fetched
    assert (weather.asked, weather.answered, weather.unchanged, weather.failed, weather.size) == (3, 1, 1, 1, 1_200)
    assert weather.last_answer_at == state.NOW - timedelta(minutes=55)
    (trouble,) = weather.troubles
    assert (trouble.status, trouble.calls, trouble.reason.th) == (503, 1, "HTTP 503 หลังลอง 4 ครั้ง")


def test_calendars_by_day_count_what_was_published(done: Conclusions, story: tuple[Path, Path]) -> None:
    everything, *poorest = done.calendars
    assert [(c.quantity, c.station_key) for c in poorest] == [("PM10", "EGAT-09"), ("NO2", "EGAT-07")]
    with duckdb.connect(str(story[1]), read_only=True) as db:
        sums = "count(*), count(*) filter (is_valid), count(flag)"
        query = (
            f"select {sums} from silver.observation where averaging_period = 'PT1H' and observed_date >= '2010-01-01'"
        )
        found = db.execute(query).fetchone()
    assert (everything.total.expected, everything.total.valid, everything.total.flagged) == found
    assert [(y, m) for y, m, _ in everything.months] == [(2010, m) for m in range(1, 13)]
    february = poorest[0].months[1][2]
    assert february[27] and (february[27].expected, february[27].missing) == (24, 24)
    assert february[28:] == (None, None, None)


def test_issues_scores_and_fetches_of_another_are_not_seen(tmp_path: Path) -> None:
    theirs = {"partner_id": "ptt", "source_id": "ptt_oil_price"}
    issue = history.issue("flat_line", "secret.csv", 1) | theirs
    data = report(
        tmp_path,
        issue=[issue],
        answer=[history.answer(issue, "fixed", "secret")],
        score=[history.score("ptt_oil_price", date(2026, 11, 1), 50) | theirs],
        fetch=[history.fetch("ptt_oil_price", "ok", 200) | theirs],
        freshness=[history.fresh("ptt_oil_price", "late") | theirs],
        check_result=[state.table_check("G3", "gold.fct_fuel_price", "one_open_price", 9, 9, action="warn")],
    )
    assert not (data.issues or data.scores or data.fetched or data.freshness)
    assert not data.rules  # a table that the partner does not feed is none of its business


def test_days_pass_for_a_partner_that_sends_nothing(tmp_path: Path) -> None:
    later = {"recorded_at": state.NOW + timedelta(days=8), "run_id": "run-2"}
    elsewhere = state.delivery("other.xlsx", "accepted") | {"partner_id": "ptt"} | later
    open_ = history.issue("php_error", "a.xlsx", 5, severity="critical")
    data = report(tmp_path, issue=[open_], delivery=[elsewhere])
    assert (data.as_of, data.run_id) == (later["recorded_at"], "run-2")
    assert matters_of(data).overdue == 1


def test_a_difference_between_two_sources_is_shown_to_each_by_its_own_line_only(tmp_path: Path) -> None:
    pair = [
        state.table_check("G2", "silver.observation", "pairs_agree", 30, n, action="warn", severity="major", **who)
        for n, who in (
            (9, {"partner_id": "egat", "source_id": "egat_ambient"}),
            (8, {"partner_id": "pcd", "source_id": "pcd_air4thai", "reason_en": "told to the other"}),
        )
    ]
    data = report(tmp_path, check_result=pair)
    assert [(r.source_id, r.failed, r.samples) for r in data.rules] == [("egat_ambient", 9, ())]
    (matter,) = [f for f in conclude(data).fixes if f.kind == "compared"]
    assert (matter.n, matter.severity, matter.reason.en) == (9, "major", "pairs_agree does not hold")
