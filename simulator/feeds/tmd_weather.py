"""TMD's weather observations and ThaiWater's rain gauges. Station 48328 is Lampang's; every value is invented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

import numpy as np

from simulator.feed import Answer, Key, Request, Route, as_json
from simulator.feeds._air import air, hours_until
from simulator.world import MARK, MARK_TH, World

TMD, THAIWATER = "data.tmd.go.th", "api-v3.thaiwater.net"
KNOT = 1.852  # km/h
GAUGES = 8  # in Lampang, times the scale
AMPHOE = (("แม่เมาะ", "Mae Mo"), ("เมืองลำปาง", "Mueang Lampang"), ("งาว", "Ngao"), ("แจ้ห่ม", "Chae Hom"))
AGENCIES = (
    ("กรมทรัพยากรน้ำ", "Department of Water Resources", "DWR"),
    ("กรมชลประทาน ", "Royal Irrigation Department", "RID"),
)
# number, Thai, English (misspelt as TMD does), province
STATIONS = (
    ("48328", "ลำปาง", "LAMPANG", "ลำปาง"),
    ("99901", f"สังเคราะห์ สกษ. {MARK}", f"CHAING EXAMPLE AGROMET. {MARK}", "ลำปาง"),
    ("99902", f"สังเคราะห์ {MARK}", f"Example {MARK}", "ตาดทอง"),
)


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    """Every third hour's answer, the morning's answer, and one of the rain gauges per day."""
    for hour in world.hours:
        if hour.hour % 3 == 1:
            yield (
                f"SYNTHETIC tmd_weather/Weather3Hours/{hour:%Y-%m-%dT%H}.json",
                as_json(_three_hours(world, hour), indent=1),
            )
        if hour.hour == 7:
            yield f"SYNTHETIC tmd_weather/WeatherToday/{hour:%Y-%m-%d}.json", as_json(_today(world, hour), indent=1)
            yield f"SYNTHETIC tmd_weather/rain_24h/{hour:%Y-%m-%d}.json", as_json(_rain(world, hour), indent=1)


def routes(world: World) -> list[Route]:
    def three_hours(request: Request) -> Answer:
        hour = world.last_hour
        return _tmd(request, _three_hours(world, hour - timedelta(hours=(hour.hour - 1) % 3)))

    def today(request: Request) -> Answer:
        hour = world.last_hour
        return _tmd(request, _today(world, hour - timedelta(hours=(hour.hour - 7) % 24)))

    def rain(request: Request) -> Answer:
        return Answer(as_json(_rain(world, world.last_hour)))

    key = Key(query="ukey")
    return [
        Route(TMD, r"/api/Weather3Hours/[Vv]2/?(index\.php)?", three_hours, key=key, source_id="tmd_weather"),
        Route(TMD, r"/api/WeatherToday/[Vv]2/?(index\.php)?", today, key=key, source_id="tmd_weather"),
        Route(THAIWATER, r"/api/v1/thaiwater30/public/rain_24h", rain, source_id="tmd_weather"),
    ]


def _tmd(request: Request, answer: dict[str, Any]) -> Answer:
    """XML unless JSON is asked for; `uid` is wanted beside the key."""
    if not request.query.get("uid"):
        return Answer(as_json({"Header": {"status": "401 Unauthorized"}}), status=401)
    if request.query.get("format", "xml").lower() != "json":
        return Answer(
            f'<?xml version="1.0" encoding="utf-8"?>\n{_xml("Root", answer)}'.encode(), "text/xml; charset=utf-8"
        )
    return Answer(as_json(answer))


def _xml(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_xml(name, one) for one in value)
    if isinstance(value, dict):
        inner = "".join(_xml(key, one) for key, one in value.items() if not key.startswith("@"))
        return f"<{name}>{inner}</{name}>"
    return f"<{name}>{escape(str(value))}</{name}>"


def _header(title: str, hour: datetime) -> dict[str, Any]:
    return {
        "@attributes": {"Version": "2.0"},
        "Header": {
            "Title": title,
            "Description": f"{MARK} {MARK_TH}",
            "Uri": f"http://data.tmd.go.th/api/{title}/V2/index.php",
            "LastBuildDate": f"{hour + timedelta(minutes=27):%Y-%m-%d %H:%M:%S}",
            "status": "200 OK",
        },
    }


def _stations(world: World) -> list[tuple[str, str, str, str]]:
    more = [(f"99{n:03d}", f"สังเคราะห์ {n} {MARK}", f"Example {n} {MARK}", "ตัวอย่าง") for n in range(3, 3 * world.scale)]
    return [*STATIONS, *more[:120]]


def _measured(world: World, number: str, hour: datetime) -> dict[str, str]:
    """Texts of one station at one hour. Wind is whole knots written in km/h, a calm has direction 000."""
    day = air(world, f"tmd {number}", hours_until(hour, 24))
    last = {name: float(values[-1]) for name, values in day.items()}
    knots = round(last["WS"] * 3.6 / KNOT)
    dew = last["TEMP"] - (100 - last["RH"]) / 5
    return {
        "StationPressure": f"{last['BP']:.2f}",
        "MeanSeaLevelPressure": f"{last['BP'] + 33.1:.2f}",
        "AirTemperature": f"{last['TEMP']:.1f}",
        "DewPoint": f"{dew:.1f}",
        "RelativeHumidity": f"{last['RH']:.0f}",
        "VaporPressure": f"{6.11 * float(np.exp(17.27 * dew / (237.3 + dew))):.2f}",
        "LandVisibility": f"{max(1.0, 12 - last['PM25'] / 20):.2f}",
        "WindDirection": f"{round(last['WD'], -1) % 360:03.0f}" if knots else "000",
        "WindSpeed": f"{knots * KNOT:.1f}",
        "Rainfall": f"{day['RAIN'][-3:].sum():.2f}",
        "Rainfall24Hr": f"{day['RAIN'].sum():.2f}",
        "MaxTemperature": f"{day['TEMP'].max():.1f}",
        "MinTemperature": f"{day['TEMP'].min():.1f}",
    }


def _place(n: int) -> dict[str, str]:
    return {"Latitude": f"{18.27756 + n / 10:.5f}", "Longitude": f"{99.50624 + n / 10:.5f}"}


def _three_hours(world: World, hour: datetime) -> dict[str, Any]:
    stations = []
    for n, (number, th, en, province) in enumerate(_stations(world)):
        measured = _measured(world, number, hour)
        shown = {name: text for name, text in measured.items() if name not in ("MaxTemperature", "MinTemperature")}
        if number == "99902":  # keeps no rain gauge
            shown |= {"Rainfall": "", "Rainfall24Hr": ""}
        names = {"WmoStationNumber": number, "StationNameThai": th, "StationNameEnglish": en, "Province": province}
        time = {"DateTime": f"{hour:%m/%d/%Y %H:%M:%S}"}
        stations.append({**names, **_place(n), "Observation": {**time, **shown}})
    return {**_header("Weather3Hours", hour), "Stations": {"Station": stations}}


def _today(world: World, hour: datetime) -> dict[str, Any]:
    stations = []
    for n, (number, th, en, province) in enumerate(_stations(world)):
        measured = _measured(world, number, hour)
        shown = {
            "DateTime": f"{hour:%Y-%m-%d %H:%M}",
            "MeanSeaLevelPressure": measured["MeanSeaLevelPressure"],
            "Temperature": measured["AirTemperature"],
            "MaxTemperature": measured["MaxTemperature"],
            "DifferentFromMaxTemperature": "0.5",
            "MinTemperature": measured["MinTemperature"],
            "DifferentFromMinTemperature": "-0.3",
            "RelativeHumidity": measured["RelativeHumidity"],
            "WindDirection": measured["WindDirection"],
            "WindSpeed": measured["WindSpeed"],
            "Rainfall": measured["Rainfall24Hr"],
        }
        names = {"WmoStationNumber": number, "StationNameThai": th, "StationNameEnglish": en, "Province": province}
        stations.append({**names, **_place(n), "Observation": shown})
    return {**_header("WeatherToday", hour), "Stations": {"Station": stations}}


def _rain(world: World, hour: datetime) -> dict[str, Any]:
    """All gauges of the country in one answer; here Lampang's and as many elsewhere."""
    count = GAUGES * world.scale
    gauges = [_gauge(world, n, hour, is_here=n < count) for n in range(2 * count)]
    return {"_synthetic": f"{MARK} {MARK_TH}", "result": "OK", "data": gauges}


def _gauge(world: World, n: int, hour: datetime, *, is_here: bool) -> dict[str, Any]:
    day = world.rain(f"gauge {n}", hours_until(hour, 24))
    amphoe_th, amphoe_en = AMPHOE[n % len(AMPHOE)] if is_here else ("ตัวอย่าง", "Example")
    agency_th, agency_en, short = AGENCIES[n % len(AGENCIES)]
    record: dict[str, Any] = {"id": 900000000 + n, "rain_24h": round(float(day.sum()), 1)}
    if n % 3:  # not every gauge tells the hour
        record["rain_1h"] = float(day[-1])
    return {
        **record,
        "rainfall_datetime": f"{hour:%Y-%m-%d %H:%M}",
        "station_type": "rainfall_24h",
        "agency": {"agency_name": {"th": agency_th, "en": agency_en}, "agency_shortname": {"en": short}},
        "geocode": {
            "area_code": "1",
            "amphoe_name": {"th": amphoe_th, "en": amphoe_en},
            "province_code": "52" if is_here else "51",
            "province_name": {"th": "ลำปาง", "en": "Lampang"} if is_here else {"th": "ลำพูน", "en": "Lamphun"},
        },
        "station": {
            "id": 9000000 + n,
            "tele_station_name": {"th": f"สถานีฝนสังเคราะห์ {n + 1} {MARK}"},
            "tele_station_lat": round(18.2 + n / 100, 6),
            "tele_station_long": round(99.5 + n / 100, 6),
            "tele_station_oldcode": f"SYN{n:04d}",
        },
    }
