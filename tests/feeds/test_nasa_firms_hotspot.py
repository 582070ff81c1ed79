"""NASA FIRMS: UTC times without their zeros, letters and per cent, no newline at the end, two sets of columns."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.pull.calls import calls_of
from assets.readers.document import Document
from assets.readers.result import Batch, NoData
from assets.sources.nasa_firms_hotspot.parse import claims, parse
from simulator.feeds import gistda_hotspot
from simulator.feeds import nasa_firms_hotspot as feed
from tests.feeds.official import open_data
from tests.feeds.source import contract, failing, refused, sample, told
from tests.feeds.space import WORLD, ask

SOURCE = "nasa_firms_hotspot"
CONTRACT = contract(SOURCE)
VIIRS = (
    "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,bright_ti5,frp,"
    "daynight"
)
MODIS = VIIRS.replace("bright_ti4", "brightness").replace("bright_ti5", "bright_t31")
VIIRS_ROW = "18.3,99.7,331.86,0.39,0.36,2026-03-18,{time},N21,VIIRS,{confidence},2.0NRT,291.58,2.91,D"
MODIS_ROW = "18.3,99.7,312.94,1.05,1.02,2026-03-18,{time},Aqua,MODIS,{confidence},6.1NRT,285.16,10.02,D"


def batch_of(text: str | bytes, path: str = "SYNTHETIC.csv") -> Batch:
    (batch,) = parse(document(text, path), CONTRACT).batches
    return batch


def document(text: str | bytes, path: str = "SYNTHETIC.csv") -> Document:
    return Document(text.encode() if isinstance(text, str) else text, path)


def viirs(*rows: str, time: Any = 648, confidence: str = "n") -> str:
    lines = rows or (VIIRS_ROW.format(time=time, confidence=confidence),)
    return "\n".join((VIIRS, *lines))


def modis(confidence: str) -> str:
    return f"{MODIS}\n" + MODIS_ROW.format(time=856, confidence=confidence)


def test_reviewed_rows_of_the_sample() -> None:
    batch = batch_of(sample(SOURCE))
    assert (batch.entity, batch.layout, batch.series, batch.rows.height) == ("hotspot", "viirs", "N", 31)
    assert batch.findings == () and batch.drops == ()
    columns = [
        "latitude",
        "longitude",
        "interval_start_at",
        "satellite",
        "instrument",
        "confidence",
        "confidence_class",
    ]
    columns += ["bright_ti4_k", "bright_ti5_k", "frp_mw", "daynight", "cell"]
    at = datetime(2026, 3, 18, 6, 20, tzinfo=UTC)
    assert batch.rows.select(columns).head(2).rows() == [
        (18.31427, 99.6477, at, "N", "VIIRS", "h", "high", 346.06, 297.21, 4.59, "D", "2"),
        (18.24452, 99.77512, at, "N", "VIIRS", "n", "nominal", 340.75, 297.69, 8.23, "D", "3"),
    ]
    assert batch.rows["interval_start_at"].equals(batch.rows["interval_end_at"])


def test_the_sample_breaks_no_rule() -> None:
    assert failing(SOURCE, batch_of(sample(SOURCE))) == {}


@pytest.mark.parametrize(("text", "hour", "minute"), [("648", 6, 48), ("5", 0, 5), ("0", 0, 0), ("1904", 19, 4)])
def test_leading_zeros_that_were_lost_are_no_other_time(text: str, hour: int, minute: int) -> None:
    found = batch_of(viirs(time=text)).rows["interval_start_at"][0]
    assert found == datetime(2026, 3, 18, hour, minute, tzinfo=UTC)


@settings(max_examples=20, deadline=None)
@given(minutes=st.lists(st.integers(0, 24 * 60 - 1), min_size=1, max_size=20, unique=True))
def test_every_minute_of_the_day_is_read_as_utc(minutes: list[int]) -> None:
    rows = [VIIRS_ROW.format(time=100 * (m // 60) + m % 60, confidence="n") for m in minutes]
    found = batch_of(viirs(*rows)).rows["interval_start_at"].to_list()
    assert found == [datetime(2026, 3, 18, tzinfo=UTC) + timedelta(minutes=m) for m in minutes]


def test_a_night_pass_belongs_to_the_next_local_day() -> None:
    batch = batch_of(viirs(time=1830))
    assert str(batch.period_start) == str(batch.period_end) == "2026-03-19"


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_the_last_line_counts_with_and_without_a_newline(end: str) -> None:
    text = viirs(VIIRS_ROW.format(time=648, confidence="n"), VIIRS_ROW.format(time=1904, confidence="l"))
    assert batch_of(text + end).rows["confidence"].to_list() == ["n", "l"]


def test_a_last_line_that_was_cut_off_is_never_a_detection() -> None:
    whole, last = viirs(), VIIRS_ROW.format(time=1904, confidence="l")
    needed = [column.name for column in CONTRACT.entity("hotspot").own_columns if column.required]
    for length in {*range(1, len(last), 5), *(i + 1 for i, c in enumerate(last) if c == ",")}:
        batch = batch_of(f"{whole}\n{last[:length]}")
        sound, cut = batch.rows.iter_rows(named=True)
        assert sound["problem"] is None and None not in [sound[name] for name in needed]
        assert cut["problem"] is not None or None in [cut[name] for name in needed], last[:length]
    assert failing(SOURCE, batch_of(f"{whole}\n{last[:-2]}")) == {"key_present": [1]}


@pytest.mark.parametrize(("letter", "word"), [("l", "low"), ("n", "nominal"), ("h", "high")])
def test_letters_of_viirs(letter: str, word: str) -> None:
    row = batch_of(viirs(confidence=letter)).rows.row(0, named=True)
    assert (row["confidence"], row["confidence_class"], row["confidence_percent"]) == (letter, word, None)


@pytest.mark.parametrize(
    ("percent", "word"),
    [("0", "low"), ("29", "low"), ("30", "nominal"), ("79", "nominal"), ("80", "high"), ("100", "high")],
)
def test_per_cent_of_modis(percent: str, word: str) -> None:
    row = batch_of(modis(percent)).rows.row(0, named=True)
    assert (row["confidence"], row["confidence_class"], row["confidence_percent"]) == (percent, word, int(percent))


@pytest.mark.parametrize("text", [viirs(confidence="68"), modis("n"), modis("101"), modis("-1"), modis("68.5")])
def test_a_confidence_of_the_other_sensor_is_quarantined(text: str) -> None:
    batch = batch_of(text)
    assert batch.rows["confidence_class"][0] is None and failing(SOURCE, batch) == {"readable": [0]}
    assert batch.rows["raw_value"][0] == batch.rows["confidence"][0]


def test_each_sensor_has_its_own_channels() -> None:
    one, other = batch_of(viirs()).rows.row(0, named=True), batch_of(modis("68")).rows.row(0, named=True)
    assert (one["bright_ti4_k"], one["bright_ti5_k"], one["brightness_k"], one["bright_t31_k"]) == (
        331.86,
        291.58,
        None,
        None,
    )
    assert (other["brightness_k"], other["bright_t31_k"], other["bright_ti4_k"]) == (312.94, 285.16, None)
    assert failing(SOURCE, batch_of(modis("68"))) == {}


def test_two_satellites_over_one_fire_are_two_detections() -> None:
    row = VIIRS_ROW.format(time=648, confidence="n")
    batch = batch_of(viirs(row, row.replace("N21", "N20")))
    assert batch.rows.height == 2 and failing(SOURCE, batch) == {}


def test_a_line_sent_twice_is_taken_once_and_two_contents_of_one_detection_are_quarantined() -> None:
    row = VIIRS_ROW.format(time=648, confidence="n")
    twice = batch_of(viirs(row, row))
    assert twice.rows.height == 1 and [(d.rule, d.n) for d in twice.drops] == [("same_record", 1)]
    assert failing(SOURCE, batch_of(viirs(row, row.replace("2.91", "9.91")))) == {"unique_key": [0, 1]}


def test_ranges_are_the_world_s_and_thailand_s() -> None:
    rows = [VIIRS_ROW.format(time=time, confidence="n") for time in (1, 2, 3)]
    rows[1], rows[2] = rows[1].replace("18.3,", "-8.9,"), rows[2].replace("99.7,", "199.7,")
    assert failing(SOURCE, batch_of(viirs(*rows))) == {"soft_range": [1, 2], "hard_range": [2]}


def test_a_satellite_that_nobody_knows_is_quarantined() -> None:
    assert failing(SOURCE, batch_of(viirs().replace("N21", "X9"))) == {"code_known": [0]}


def test_a_time_that_is_none_keeps_its_text() -> None:
    batch = batch_of(viirs(time=2460))
    assert batch.rows["raw_value"][0] == "2026-03-18 2460" and failing(SOURCE, batch)["readable"] == [0]


def test_the_type_of_standard_processing_is_taken_when_it_is_there() -> None:
    batch = batch_of(f"{VIIRS},type\n" + VIIRS_ROW.format(time=648, confidence="n") + ",2")
    assert batch.rows["fire_type"][0] == 2 and told(batch) == {} and failing(SOURCE, batch) == {}


def test_a_new_column_is_tolerated_and_told() -> None:
    batch = batch_of(f"{VIIRS},smoke\n" + VIIRS_ROW.format(time=648, confidence="n") + ",1")
    assert told(batch) == {"new_column": 1} and batch.rows.height == 1


@pytest.mark.parametrize("column", ["acq_time", "bright_ti4", "confidence", "frp"])
def test_a_lost_column_refuses_the_file(column: str) -> None:
    frame = pl.read_csv(viirs().encode(), infer_schema=False).drop(column)
    refusal = refused(SOURCE, document(frame.write_csv()))
    assert refusal.rule == "column_missing" and f"lacks {column} " in refusal.reason_en


def test_words_in_the_place_of_numbers_refuse_the_file() -> None:
    rows = [VIIRS_ROW.format(time=time, confidence="n").replace("2.91", "hot") for time in (1, 2, 3)]
    assert refused(SOURCE, document(viirs(*rows))).rule == "type_flip"


@pytest.mark.parametrize("text", [VIIRS, f"{MODIS}\n"])
def test_a_header_alone_is_no_data(text: str) -> None:
    with pytest.raises(NoData):
        parse(document(text), CONTRACT)


@pytest.mark.parametrize("words", ["Invalid MAP_KEY.", "Exceeding allowed transaction limit."])
def test_words_instead_of_a_table_are_the_partner_s_error(words: str) -> None:
    refusal = refused(SOURCE, document(words))
    assert refusal.rule == "partner_error" and words in refusal.reason_en


def test_a_line_with_too_many_fields_is_refused() -> None:
    assert refused(SOURCE, document(viirs() + ",more,fields")).rule == "malformed_csv"


def test_content_is_claimed_and_foreign_bytes_are_not() -> None:
    assert claims(document(viirs())) and claims(document(modis("1")))
    for data in (b"", b"latitude,longitude\n1,2", b'{"features": []}', b"\xff\xd8\0"):
        assert not claims(Document(data, "any.csv"))


@pytest.mark.parametrize(
    ("name", "n", "first"),
    [
        ("firms_area_viirs_noaa21_5d.csv", 3, datetime(2026, 9, 29, 6, 48, tzinfo=UTC)),
        ("firms_modis_nrt_2026-07-31.csv", 1, datetime(2026, 8, 2, 8, 56, tzinfo=UTC)),
        ("firms_viirs_noaa21_nrt_2026-08-10.csv", 29, datetime(2026, 8, 12, 6, 46, tzinfo=UTC)),
    ],
)
def test_the_open_files_are_read(name: str, n: int, first: datetime) -> None:
    file = open_data(f"firms/{name}")
    batch = batch_of(file.read_bytes(), name)
    assert batch.rows.height == n and told(batch) == {} and batch.drops == ()
    assert batch.rows["interval_start_at"][0] == first and failing(SOURCE, batch) == {}
    assert batch.rows["problem"].null_count() == n


# ── the simulator ─────────────────────────────────────────────────────────────────────────────────────────────────────


def answer(path: str) -> str:
    return ask(feed.routes(WORLD), feed.HOST, f"/api/area/csv/k/{path}").body.decode()


def test_the_area_interface_honours_sensor_box_days_and_date() -> None:
    day = answer("VIIRS_SNPP_NRT/97,5,106,21/1/2026-03-18")
    two = answer("VIIRS_SNPP_NRT/97,5,106,21/2/2026-03-18")
    assert day.startswith(VIIRS) and not day.endswith("\n") and two.startswith(day) and len(two) > len(day)
    assert {line.split(",")[5] for line in day.splitlines()[1:]} == {"2026-03-18"}
    box = answer("VIIRS_SNPP_NRT/99.6,18.1,100.1,18.7/1/2026-03-18")
    assert set(box.splitlines()) < set(day.splitlines()) and len(box.splitlines()) > 1
    assert answer("MODIS_NRT/world/1/2026-03-18").startswith(MODIS)
    assert answer("VIIRS_SNPP_NRT/0,0,1,1/1/2026-03-18") == VIIRS
    assert ask(feed.routes(WORLD), feed.HOST, "/api/area/csv/k/MODIS_NRT/world/11").status == 400


def test_a_local_day_is_asked_for_with_the_utc_day_before_it() -> None:
    paths = [call.path for call, _ in calls_of(CONTRACT, date(2026, 3, 19))]
    assert paths[0] == "/api/area/csv/{key}/VIIRS_SNPP_NRT/97,5,106,21/2/2026-03-18" and len(paths) == 4
    batch = batch_of(answer(paths[0].removeprefix("/api/area/csv/{key}/")))
    local = batch.rows["interval_start_at"].dt.convert_time_zone("Asia/Bangkok")
    on_the_day = local.filter(local.dt.date() == date(2026, 3, 19))
    assert set(on_the_day.dt.hour()) & {0, 1, 2} and set(on_the_day.dt.hour()) & {12, 13, 14}


def test_gistda_and_nasa_tell_of_the_same_fires() -> None:
    ours = set()
    for _, body in gistda_hotspot.deliveries(WORLD):
        for feature in json.loads(body)["features"]:
            own = feature["properties"]
            ours.add((own["latitude"], own["longitude"], own["acq_date"][:10], int(own["acq_time"])))
    text = answer("VIIRS_SNPP_NRT/world/3/2026-03-17").splitlines()[1:]
    theirs = {(float(a[0]), float(a[1]), a[5], int(a[6])) for a in (line.split(",") for line in text)}
    assert len(ours) > 20 and ours <= theirs


def test_deliveries_are_the_same_every_time_say_synthetic_and_parse() -> None:
    made = list(feed.deliveries(WORLD))
    assert made == list(feed.deliveries(WORLD)) and len(made) == 4 * WORLD.days
    for path, body in made:
        assert "SYNTHETIC" in Path(path).parts[0]
        batch = batch_of(body, path)
        assert told(batch) == {} and failing(SOURCE, batch) == {}
