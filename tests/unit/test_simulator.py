"""The simulator's promises: same seed, same bytes; its truth is what stands in the cells; all of it is marked."""

from __future__ import annotations

import ast
import io
import zipfile
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from python_calamine import CalamineError, CalamineWorkbook, PasswordError
from typer.testing import CliRunner
from xlsxwriter.utility import xl_cell_to_rowcol

from simulator.cli import app
from simulator.egat import (
    CLEAN,
    MARK,
    MARK_SHEET,
    ORDINARY,
    GridSpec,
    Made,
    NoticeSpec,
    SamplesSpec,
    Spec,
    StackSpec,
    StackTraps,
    TempBpSpec,
    Traps,
)
from simulator.egat.bad import bad
from simulator.egat.bench import bench
from simulator.egat.book import BANGKOK
from simulator.egat.demo import demo
from simulator.egat.distributions import hourly
from simulator.egat.layouts import LAYOUTS

START = date(2019, 1, 1)
ROOT = Path(__file__).parents[2]
DIRTY = Traps(
    rare="BPu-+", out_of_range=2, swapped_days=3, blank_cells=4, missing_days=2, blank_max_days=1, php_row=True
)
SPECS: dict[str, Spec] = {
    **{quantity: GridSpec(quantity, "EGAT-05", START, 60, traps=DIRTY) for quantity in LAYOUTS},
    "glued BP": GridSpec("BP", "EGAT-09", START, 90, traps=Traps(glued=True)),
    "glued TEMP": GridSpec("TEMP", "EGAT-09", START, 90, traps=Traps(glued=True)),
    "tower": GridSpec("WS", "EGAT-05", START, 30, "H"),
    "blank": GridSpec("BP", "EGAT-12", START, 30, traps=Traps(all_blank=True)),
    "three hours": GridSpec("DEV", "EGAT-06", START, 30, traps=Traps(only_hours=3)),
    "cut": GridSpec("NO2", "EGAT-07", START, 30, traps=Traps(cut_last_row=True)),
    "cached formulas": GridSpec("RH", "EGAT-09", START, 30, traps=Traps(formulas="cached")),
    "formulas without cache": GridSpec("PM10", "EGAT-03", START, 30, traps=Traps(formulas="uncached")),
    "samples": SamplesSpec("EGAT-02", date(2019, 1, 5), 40),
    "TEMP & BP": TempBpSpec(START, 90, Traps(php_row=True, cut_last_row=True, blank_cells=3, missing_days=2)),
    "stack": StackSpec(2018, 3),
    "no data (site)": NoticeSpec("site", "PM10", "EGAT-01"),
    "no data (station)": NoticeSpec("station", "RAIN", "EGAT-04"),
    "PHP error": NoticeSpec("php_error", "SO2", "EGAT-05"),
}


@pytest.fixture(scope="module")
def made() -> dict[str, Made]:
    return {name: spec.build() for name, spec in SPECS.items()}


def sheets(data: bytes) -> dict[str, list[list]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def footer_counts(rows: list[list]) -> dict[str, float]:
    line = next(row for row in rows if str(row[0]).startswith("Station Down"))
    return dict(zip("DFAC", line[1:8:2], strict=True))


@pytest.mark.parametrize("name", SPECS)
def test_the_same_spec_gives_the_same_bytes(name: str, made: dict[str, Made]) -> None:
    assert SPECS[name].build().data == made[name].data


def test_another_seed_gives_other_values() -> None:
    assert (
        GridSpec("PM10", "EGAT-09", START, 5).build().data != GridSpec("PM10", "EGAT-09", START, 5, seed=1).build().data
    )


@pytest.mark.parametrize("name", SPECS)
def test_every_cell_holds_what_the_truth_says(name: str, made: dict[str, Made]) -> None:
    """Read back by Excel address with a reader of our own: number, text or nothing."""
    book = sheets(made[name].data)
    for row in made[name].truth.rows:
        r, c = xl_cell_to_rowcol(row.cell)
        table = book[row.sheet]
        content = table[r][c] if r < len(table) and c < len(table[r]) else ""
        if row.value is not None:
            assert content == pytest.approx(row.value, rel=1e-12) and row.flag is None, row
        elif row.trap == "formula_uncached" or row.raw_value is None:
            assert content == "", row
        elif row.raw_value == "#VALUE!":
            assert row.flag == "#" and content in ("", "#VALUE!"), row  # readers show a cell error either way
        else:
            assert content == row.raw_value, row


def test_the_truth_covers_every_hour_of_every_day_once(made: dict[str, Made]) -> None:
    frame = made["SO2"].truth.frame()
    assert frame.height == 58 * 24  # 60 days, two of them missing
    assert frame["interval_start_at"].n_unique() == frame.height
    last = frame.row(-1, named=True)
    # 24:00 belongs to its own day: it ends at Thai midnight, 17:00 UTC.
    assert last["interval_end_at"] == datetime(2019, 3, 1, 17, tzinfo=UTC)
    assert last["interval_end_at"] - last["interval_start_at"] == timedelta(hours=1)


@pytest.mark.parametrize("name", [*LAYOUTS, "glued BP", "glued TEMP", "blank"])
def test_footers_count_the_letters_that_stand_alone(name: str, made: dict[str, Made]) -> None:
    truth = made[name].truth
    alone = Counter(row.raw_value for row in truth.rows)
    printed = footer_counts(next(iter(sheets(made[name].data).values())))
    assert truth.footer == printed == {letter: alone[letter] for letter in "DFAC"}
    if name.startswith("glued"):
        assert sum(truth.flag_counts.values()) > sum(printed.values())


def test_a_footer_that_differs_differs() -> None:
    truth = GridSpec("SO2", "EGAT-11", START, 60, traps=Traps(footer="differs")).build().truth
    assert truth.footer is not None and truth.footer["F"] == truth.flag_counts.get("F", 0) + 3


def test_glued_letters_are_flags_and_never_values(made: dict[str, Made]) -> None:
    glued = [row for name in ("glued BP", "glued TEMP") for row in made[name].truth.rows if row.trap == "glued"]
    assert {row.flag for row in glued} >= {"F", "C", "."} and all(row.value is None for row in glued)
    assert any(row.raw_value == "000F" for row in glued) and any(row.raw_value == "00.00F" for row in glued)


@pytest.mark.parametrize(
    ("quantity", "first", "last"),
    [
        ("SO2", "1:00", "24:00"),
        ("NO2", "01:00", "24:00"),
        ("PM10", time(1), timedelta(days=1)),
        ("BP", "\xa01\xa0", "\xa024\xa0"),
    ],
)
def test_hours_are_written_in_their_four_ways(quantity: str, first: object, last: object) -> None:
    header = sheets(GridSpec(quantity, "EGAT-09", START, 2, traps=CLEAN).build().data)["Bansoppad"][1]
    assert (header[1], header[24]) == (first, last)


def test_dates_are_excel_dates_for_air_and_thai_text_for_weather() -> None:
    air = sheets(GridSpec("SO2", "EGAT-09", date(2019, 7, 1), 1).build().data)["Bansoppad"]
    weather = sheets(GridSpec("RH", "EGAT-09", date(2019, 7, 1), 1).build().data)["Bansoppad"]
    assert air[0][0] == "SO2 Station no.9 บ้านสบป้าด" and air[2][0] == date(2019, 7, 1)
    assert weather[0][0] == "RH Station No.9 Ban Soppad" and weather[2][0] == "\xa01 กรกฏาคม 2562\xa0"


@pytest.mark.parametrize("quantity", sorted(set(LAYOUTS) - {"WD"}))
def test_their_own_max_column_is_the_days_largest_hour(quantity: str) -> None:
    rows = sheets(GridSpec(quantity, "EGAT-05", START, 40).build().data)["Main station"]
    column = next(i for i, label in enumerate(rows[1]) if str(label).startswith("MAX"))
    for row in rows[2:42]:
        numbers = [cell for cell in row[1:25] if isinstance(cell, float)]
        assert row[column] == (max(numbers) if numbers else ("" if quantity in ("BP", "WS") else row[column]))


def test_every_trap_leaves_its_trace(made: dict[str, Made]) -> None:
    counts = Counter(row.trap for row in made["WS"].truth.rows)
    assert counts["out_of_range"] == 2 and counts["blank_cell"] == 4 and counts["rare_letter"] == 5
    swapped = [row.value for row in made["WS"].truth.rows if row.trap == "swapped" and row.value is not None]
    assert len(swapped) > 40 and max(swapped) > 100  # degrees, where metres per second should be
    assert {row.value for row in made["WS"].truth.rows if row.trap == "out_of_range"} == {516.0}
    assert sum(row.trap == "cut_last_row" for row in made["cut"].truth.rows) == 11
    assert made["cut"].truth.footer is None
    rows = sheets(made["WS"].data)["Main station"]
    assert rows[1][0].startswith("Fatal error")
    blanks = [row for row in rows[3:61] if row[26] == "" and any(isinstance(cell, float) for cell in row[1:25])]
    assert len(blanks) == 1


def test_the_stack_workbook_has_its_known_breaks(made: dict[str, Made]) -> None:
    rows = made["stack"].truth.rows
    value = {(row.station_key, row.quantity, row.interval_start_at): row.value or 0.0 for row in rows}
    year = datetime(2020, 1, 1, tzinfo=BANGKOK)
    for key, month, volume in (("STACK-8", year, 21.93), ("STACK-14", year.replace(month=8), 24.45)):
        ppm, rate, flow = value[key, "SO2", month], value[key, "SO2_RATE", month], value[key, "FLOW", year]
        assert ppm * 64.06 * flow / 3.6e6 / rate == pytest.approx(volume)
    flows = [[r.value for r in rows if r.trap == "copied_flow" and r.interval_start_at.year == y] for y in (2017, 2018)]
    assert len(flows[0]) == 8 and flows[0] == flows[1]
    assert {r.raw_value for r in rows if r.trap} >= {"MM-RP1", " ", "#VALUE!"}
    book = sheets(made["stack"].data)
    assert list(book) == ["SO2", "NOx", "TSP", "Flow rate", MARK_SHEET]
    assert [row[0] for row in book["SO2"][3:16]] == [2561, *[""] * 11, 2562]
    plain = StackSpec(2018, 3, StackTraps(False, False, False, False, False)).build().truth.rows
    assert not any(row.trap for row in plain)


def test_values_have_the_seasons_of_the_place() -> None:
    pm10 = hourly("PM10", "EGAT-05", START, 365).mean(axis=1)
    haze = slice(31, 120)  # February to April
    assert 5 <= (pm10[haze] > 120).sum() <= 60 and (pm10[150:300] > 120).sum() == 0
    assert (hourly("TSP", "EGAT-05", START, 365) >= hourly("PM10", "EGAT-05", START, 365)).all()
    so2 = hourly("SO2", "EGAT-05", START, 365)
    assert 0.88 < (so2 == 0).mean() < 0.95 and so2.max() < 780
    wind = hourly("WS", "EGAT-09", START, 365)
    assert (wind < 0.5).mean() > 0.5 and wind.max() <= 13.5
    temp, humid, rain = (hourly(q, "EGAT-09", START, 365) for q in ("TEMP", "RH", "RAIN"))
    assert temp.min() >= 10 and temp.max() <= 40 and humid.max() <= 99
    assert 300 < rain.sum() < 2500 and rain[120:300].sum() > 5 * rain[:60].sum()
    assert 960 < hourly("BP", "EGAT-09", START, 365).mean() < 976


def test_overlapping_periods_agree_unless_the_seed_differs() -> None:
    long = hourly("NO2", "EGAT-09", date(2018, 6, 1), 500)
    assert (long[214:314] == hourly("NO2", "EGAT-09", START, 100)).all()
    assert (long[214:314] != hourly("NO2", "EGAT-09", START, 100, seed=1)).any()


def assert_marked(path: str, data: bytes) -> None:
    assert path.startswith("synthetic ข้อมูลสังเคราะห์")
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert "SYNTHETIC ข้อมูลสังเคราะห์" in book.read("docProps/core.xml").decode()
    found = sheets(data)
    first = next(iter(found.values()))
    below = next((i for i, row in enumerate(first) if str(row[0]).startswith("Station Down")), None)
    if MARK_SHEET in found:
        assert found[MARK_SHEET] == [[MARK]] and below is None
    else:
        assert below is not None and first[-1][0] == MARK and len(first) > below + 1


def test_demo_is_small_marked_and_complete() -> None:
    planned = demo()
    built = [(path, spec, spec.build()) for path, spec in planned]
    assert 20 <= len(built) <= 26 and len({path for path, _ in planned}) == len(planned)
    assert sum(len(one.data) for _, _, one in built) < 2_000_000
    for path, _, one in built:
        assert_marked(path, one.data)
    assert {spec.quantity for _, spec, _ in built if isinstance(spec, GridSpec)} == set(LAYOUTS)
    layouts = {one.truth.layout for _, _, one in built}
    assert layouts == {"grid", "samples", "temp_bp", "stack", "no_data", "php_error"}
    folders = {path.split("/")[1] for path, _ in planned}
    assert folders == {"ผลการตรวจวัดคุณภาพอากาศ", "ผลการตรวจวัดอุตุนิยมวิทยา", "ข้อมูลระบายมลสารทางอากาศ(ปล่อง)"}
    assert len({one.data for _, _, one in built}) == len(built)


def test_bench_has_distinct_slots_and_one_in_six_is_long() -> None:
    planned = bench(300)
    assert len(planned) == 300 and len({path for path, _ in planned}) == 300
    grids = [spec for _, spec in planned if isinstance(spec, GridSpec)]
    assert len({(g.quantity, g.station, g.level, g.start, g.days) for g in grids}) == len(grids)
    long = sum(spec.days > 3000 for spec in grids)
    assert 300 / 7 < long < 300 / 5
    with pytest.raises(ValueError, match="ask for fewer"):
        bench(100_000)
    with pytest.raises(ValueError, match="need 11 years"):
        bench(10, 2019, 2020)


@pytest.fixture(scope="module")
def bad_bytes() -> dict[str, bytes]:
    return {"/".join(path.split("/")[1:-1]): spec.build().data for path, spec in bad()}


def test_bad_has_one_of_each_bad_input(bad_bytes: dict[str, bytes]) -> None:
    assert bad_bytes["zero bytes"] == b""
    assert bad_bytes["HTML error page"].startswith(b"<!DOCTYPE html>")
    for case in ("zero bytes", "not an xlsx", "HTML error page", "truncated zip", "a zip without a workbook"):
        with pytest.raises((CalamineError, OSError)):
            CalamineWorkbook.from_filelike(io.BytesIO(bad_bytes[case]))
    assert bad_bytes["truncated zip"].startswith(b"PK")
    assert bad_bytes["the same delivery twice/first"] == bad_bytes["the same delivery twice/again"]
    first, again = (bad_bytes[f"the same content in other bytes/{which}"] for which in ("first", "again"))
    assert first != again and sheets(first) == sheets(again)
    assert list(sheets(bad_bytes["no known layout"])) == ["รายงานการประชุม", MARK_SHEET]
    assert sheets(bad_bytes["unknown station number"])["Bansommut"][0][0] == "PM10 Station no.13 บ้านสมมุติ"
    assert sheets(bad_bytes["unknown station name"])["Bansommut"][0][0] == "SO2 บ้านสมมุติ"


def test_bad_password_protected_is_a_real_compound_file(bad_bytes: dict[str, bytes], tmp_path: Path) -> None:
    data = bad_bytes["password-protected"]
    assert data[:8].hex() == "d0cf11e0a1b11ae1" and len(data) % 512 == 0
    assert "EncryptedPackage".encode("utf-16-le") in data
    (tmp_path / "locked.xlsx").write_bytes(data)
    with pytest.raises(PasswordError):  # walks the directory of the container to find the stream
        CalamineWorkbook.from_path(str(tmp_path / "locked.xlsx"))


def test_bad_zip_bomb_is_small_outside_and_huge_inside(bad_bytes: dict[str, bytes]) -> None:
    assert len(bad_bytes["zip bomb"]) < 1_000_000
    with zipfile.ZipFile(io.BytesIO(bad_bytes["zip bomb"])) as book:
        assert book.getinfo("xl/worksheets/sheet1.xml").file_size > 600_000_000


def test_bad_rows_formulas_and_dates_are_as_named(bad_bytes: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(bad_bytes["100 k empty rows"])) as book:
        assert b'r="100040"' in book.read("xl/worksheets/sheet1.xml")
    for case, cached in (("formula cells with cached value", True), ("formula cells without cached value", False)):
        with zipfile.ZipFile(io.BytesIO(bad_bytes[case])) as book:
            xml = book.read("xl/worksheets/sheet1.xml").decode()
        assert xml.count("+0</f><v>") == (6 if cached else 0) and xml.count("+0</f>") == 6
    assert sheets(bad_bytes["year 1899"])["Bansoppad"][12][0] == "\xa011 มกราคม 2442\xa0"
    assert sheets(bad_bytes["Buddhist year 2752"])["Pratupha"][12][0] == "\xa011 มกราคม 2752\xa0"
    assert sheets(bad_bytes["a future date"])["Bansopmoe"][12][0] == date(2090, 1, 11)


def test_bad_overlap_disagrees_on_the_shared_days(bad_bytes: dict[str, bytes]) -> None:
    first, second = (sheets(bad_bytes[f"two that overlap/{which}"])["Bansoppad"] for which in ("first", "second"))
    days = [{row[0]: row[1:25] for row in rows if isinstance(row[0], date)} for rows in (first, second)]
    shared = set(days[0]) & set(days[1])
    assert len(shared) == 29 and any(days[0][day] != days[1][day] for day in shared)


@pytest.mark.parametrize(("profile", "extra", "expected"), [("demo", [], 26), ("bench", ["--workbooks", "4"], 4)])
def test_the_command_writes_what_it_says(profile: str, extra: list[str], expected: int, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["egat", str(tmp_path), "--profile", profile, *extra])
    assert result.exit_code == 0, result.output
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == expected and f"{expected} workbooks" in result.output
    assert all(path.relative_to(tmp_path).parts[0].startswith("synthetic") for path in files)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--workbooks", "5"], "--workbooks is for"),
        (["--year-from", "2021"], "is after"),
        (["--profile", "bad", "--year-to", "2021"], "fixed dates"),
        (["--profile", "bench", "--year-from", "2019"], "need 11 years"),
    ],
)
def test_options_that_do_not_fit_are_refused_in_words(options: list[str], message: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["egat", str(tmp_path), *options], env={"COLUMNS": "200"})
    assert result.exit_code == 2 and message in result.output


def test_help_shows_examples() -> None:
    result = CliRunner().invoke(app, ["egat", "--help"])
    assert result.exit_code == 0 and "--profile bench --workbooks 300" in result.output


def test_specs_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="use one of SO2"):
        GridSpec("PM25", "EGAT-05", START, 5)
    with pytest.raises(ValueError, match="at least one"):
        GridSpec("PM10", "EGAT-05", START, 0)
    with pytest.raises(ValueError, match="fewer mistakes"):
        GridSpec("PM10", "EGAT-05", START, 1, traps=Traps(blank_cells=25)).build()
    assert GridSpec("PM10", "EGAT-05", START, 1).traps is ORDINARY


def test_the_simulator_imports_nothing_of_the_pipeline() -> None:
    """It plays the partner: sharing code with the readers would let both be wrong alike."""
    rooms = {"assets", "orchestration", "expectations", "dagster", "s3fs", "great_expectations"}
    for source in (ROOT / "simulator").rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names.append(node.module or "")
            assert not {name.split(".")[0] for name in names} & rooms, source
