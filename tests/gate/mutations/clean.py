"""The clean deliveries that mutations begin with, as small as they may be. They come from the simulator, and a test says
that no gate has anything against one of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache

from assets.readers.route import FOLDER
from simulator.egat import GridSpec, StackSpec, StackTraps, Traps
from simulator.feed import feeds
from simulator.world import BANGKOK, World

from .mutation import Delivery

WORLD = World(datetime(2026, 3, 22, 9, tzinfo=BANGKOK), days=3)
RECEIVED = datetime(2026, 3, 22, 2, 30, tzinfo=UTC)
"""Half an hour after the last hour that the world tells of."""

_CLEAN = Traps(outages=False)
_TOP = "synthetic ข้อมูลสังเคราะห์"
GRIDS: dict[str, tuple[str, GridSpec]] = {
    "pm10": (f"{_TOP}/PM10/Bansoppad.xlsx", GridSpec("PM10", "EGAT-09", date(2019, 1, 1), 20, traps=_CLEAN)),
    "so2": (f"{_TOP}/SO2/Bansoppad.xlsx", GridSpec("SO2", "EGAT-09", date(2019, 1, 1), 20, traps=_CLEAN)),
    "humidity": (f"{_TOP}/RH/Bansoppad.xlsx", GridSpec("RH", "EGAT-09", date(2019, 1, 1), 20, traps=_CLEAN)),
    "wind": (f"{_TOP}/WS/Bansoppad.xlsx", GridSpec("WS", "EGAT-09", date(2019, 1, 1), 20, traps=_CLEAN)),
    "rain": (f"{_TOP}/RAIN/Bansoppad.xlsx", GridSpec("RAIN", "EGAT-09", date(2019, 1, 1), 20, traps=_CLEAN)),
    "direction": (f"{_TOP}/WD/Bansoppad.xlsx", GridSpec("WD", "EGAT-09", date(2019, 1, 1), 20, traps=_CLEAN)),
    "deviation": (f"{_TOP}/DEV/Kosor.xlsx", GridSpec("DEV", "EGAT-06", date(2019, 1, 1), 20, traps=_CLEAN)),
}
_STACK = StackTraps(renamed=False, blanks=False, copied_flow=False, two_references=False, rate_break=False)

# name → source, and which of its deliveries (a part of the path)
FEEDS = {
    "sensors": ("chula_cusense", "daily/2026-03-19.json"),
    "dustboy": ("cmu_dustboy", "history/9003.json"),
    "people": ("dopa_population", "stat_t6901.txt"),
    "ages": ("dopa_population", "6901cc52.txt"),
    "units": ("egat_generation", "unit_hour_2026-03.csv"),
    "lignite": ("egat_generation", "fuel_day_2026-03.csv"),
    "renewable": ("egat_renewable", "renewable_hour_2026-03.csv"),
    "gates": ("egat_site_visits", "maemoh-gate-counts-2026-03.csv"),
    "demand": ("egat_system_demand", "2026-03-19.json"),
    "scars": ("gistda_burn_scar", "2026-03-09.json"),
    "fires": ("gistda_hotspot", "2026-03-19.json"),
    "satellite pm25": ("gistda_pm25", "2026-03-19T01.json"),
    "terrain": ("gistda_terrain", ".tif"),
    "land use": ("gistda_terrain", "LULC_MaeMoh_2568.geojson"),
    "price index": ("moc_cpi", "CPI_G_2569-02.xlsx"),
    "electricity": ("moen_electricity", "T05_02_01.xls"),
    "pump prices": ("moen_oil_price", "oil-prices-2026-03-19.json"),
    "price structure": ("moen_oil_price", "pt-price-st-2026-3-19.xlsx"),
    "firms": ("nasa_firms_hotspot", "VIIRS_SNPP_NRT 2026-03-19.csv"),
    "indicators": ("nso_indicator", "SFD_SPB0802_66.json"),
    "plants": ("open_power_plants", "wri_gppd_raw_thailand.csv"),
    "air4thai": ("pcd_air4thai", "2026-03-19T02.json"),
    "air4thai history": ("pcd_air4thai_history", "2026-03-19.json"),
    "air4thai months": ("pcd_air4thai_history", "(38t)"),
    "electricity use": ("pea_electricity_use", "2569-01.csv"),
    "charging": ("ptt_ev_charging", "ev_sessions_2026-03.csv"),
    "fuel prices": ("ptt_oil_price", "GetOilPrice-en-2026-03-19.xml"),
    "places": ("tat_places", "2026-03-19T06.json"),
    "visitors": ("tat_visitors", "v2022_0ce64843"),
    "origins": ("tat_visitors", "lampang-visitors-2568.csv"),
    "weather": ("tmd_weather", "Weather3Hours/2026-03-19T01.json"),
}
# These need a week, or more branches than two, to show what is usual.
LARGER = {
    "renewable week": ("egat_renewable", "renewable_hour_2026-03.csv", replace(WORLD, days=8)),
    "electricity use of six branches": ("pea_electricity_use", "2569-01.csv", replace(WORLD, scale=3)),
}
# A whole workbook of this feed takes a second to make: the sample is one of it, cut to three provinces.
SAMPLES = {"gpp": ("nesdc_gpp", "sample-gpp-synthetic.xlsx")}
# What a feed's own deliveries have about them, and the gates tell each time: no fault of the simulator's.
TRAITS: dict[str, dict[str, int]] = {
    "wind": {"unit_label": 1},  # the footer of wind speeds says degrees in the real exports too
    "stack": {"placeholder_zero": 10},  # a rate of 0 beside a month without a concentration
    "terrain": {"raster_gap": 1},
    "pump prices": {"frozen_brand": 1},
    "air4thai": {"dead_station": 1},
    # one unit is missing; carbon monoxide comes in tenths of a ppm, and stands still for hours
    "air4thai months": {"unit_missing": 1, "flat_line": 30},
    "plants": {"capacity_disagrees": 4},  # real and open: four plants are not as large as their units
}


def delivery(name: str) -> Delivery:
    """A clean delivery by its name."""
    return _made(name)


def names() -> list[str]:
    return [*GRIDS, "stack", *FEEDS, *LARGER, *SAMPLES]


@cache
def _made(name: str) -> Delivery:
    if name in GRIDS:
        path, spec = GRIDS[name]
        return Delivery("egat_ambient" if name in ("pm10", "so2") else "egat_weather", path, spec.build().data)
    if name == "stack":
        return Delivery("egat_stack", f"{_TOP}/Stack 2018-2020.xlsx", StackSpec(2018, 3, traps=_STACK).build().data)
    if name in SAMPLES:
        source_id, file = SAMPLES[name]
        return Delivery(source_id, f"SYNTHETIC/{file}", (FOLDER / source_id / file).read_bytes())
    source_id, part, world = LARGER[name] if name in LARGER else (*FEEDS[name], WORLD)
    return next(Delivery(source_id, path, data) for path, data in _deliveries(source_id, world) if part in path)


@cache
def _deliveries(source_id: str, world: World) -> tuple[tuple[str, bytes], ...]:
    return tuple(feeds()[source_id].deliveries(world))
