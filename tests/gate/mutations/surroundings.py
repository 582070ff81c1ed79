"""G1: records of fires, burnt land, terrain, places, plants and of where sensors stand."""

from __future__ import annotations

import polars as pl

from .edits import all_of, line, put
from .mutation import Rows, rows


def _upside_down(frame: pl.DataFrame) -> pl.DataFrame:
    is_first = pl.int_range(pl.len()) == 0
    return frame.with_columns(
        elevation_min_m=pl.when(is_first).then(pl.col("elevation_max_m") + 1).otherwise("elevation_min_m")
    )


KINDS = (
    # ── fires ──
    rows(
        "a fire far from Thailand",
        "fires",
        "soft_range",
        "minor",
        all_of(
            put("features", 0, "geometry", "coordinates", value=[99.68744, 48.2981]),
            put("features", 0, "properties", "latitude", value=48.2981),
        ),
        ("0",),
    ),
    rows(
        "latitude and longitude exchanged",
        "firms",
        "hard_range",
        "major",
        line(3, latitude="99.32796", longitude="17.4955"),
        ("3",),
        also={"soft_range": 1},
    ),
    rows("a satellite that nobody knows", "firms", "code_known", "major", line(3, satellite="X9"), ("3",)),
    rows(
        "a confidence in per cent where words were agreed",
        "firms",
        "readable",
        "major",
        line(3, confidence="83"),
        ("3",),
    ),
    rows(
        "one detection twice",
        "firms",
        "unique_key",
        "major",
        all_of(
            line(4, latitude="17.4955", longitude="99.32796"),
        ),
        ("3", "4"),
    ),
    rows(
        "a tambon's code in another district",
        "fires",
        "place_codes_nest",
        "minor",
        put("features", 0, "properties", "tb_idn", value=500101),
        ("0",),
    ),
    rows(
        "a burnt area that is not the one drawn",
        "scars",
        "area_as_drawn",
        "minor",
        put("features", 0, "properties", "area_rai", value=7.5),
        ("0",),
        told={"area_disagrees"},
    ),
    # ── land ──
    rows(
        "land use of another size than drawn",
        "land use",
        "area_as_drawn",
        "minor",
        put("features", 0, "properties", "AREA_RAI", value=1250.0),
        ("0",),
        told={"area_disagrees"},
    ),
    rows(
        "a lowest point above the highest",
        "terrain",
        "order_of_heights",
        "critical",
        Rows(_upside_down),
        ("120 x 120 cells",),
        also={"quarantined_share": 1},
    ),
    # ── places and plants ──
    rows(
        "coordinates in the wrong order",
        "places",
        "coordinates_in_order",
        "major",
        all_of(put("data", 1, "latitude", value=99.789708), put("data", 1, "longitude", value=18.289347)),
        ("1",),
        also={"hard_range": 1, "soft_range": 1},
    ),
    rows(
        "a place of another province",
        "places",
        "province_asked_for",
        "minor",
        put("data", 1, "location", "province", "provinceId", value=101),
        ("1",),
    ),
    rows(
        "a plant larger than its units",
        "plants",
        "capacity_disagrees",
        "minor",
        line(2, Units="2 x 50"),
        ("line 2", "line 15", "line 37", "line 158", "line 188"),
    ),
    rows("a plant of 90,000 MW", "plants", "hard_range", "major", line(2, **{"Capacity (MW)": "90000"}), ("line 2",)),
    # ── where sensors stand ──
    rows(
        "a sensor with half a position",
        "sensors",
        "position_whole",
        "minor",
        put(0, "info", "lon", value=None),
        ("5c1dd02657a637dc.info",),
    ),
    rows(
        "a sensor with half a position, in a history",
        "dustboy",
        "position_whole",
        "minor",
        put("station", "lon", value=""),
        ("station",),
    ),
    rows(
        "a weather station with half a position",
        "weather",
        "position_whole",
        "minor",
        put("Stations", "Station", 0, "Longitude", value=""),
        ("0",),
    ),
    rows(
        "a sensor outside the country",
        "dustboy",
        "hard_range",
        "major",
        put("station", "lat", value="58.27"),
        ("station",),
        also={"quarantined_share": 1},
    ),
)
