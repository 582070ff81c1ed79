"""EGAT's twelve stations and the many ways their files spell them (titles, sheet names, file names)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Station:
    """One station. `files` are spellings seen in file names; the first is the usual one."""

    key: str
    number: int
    code: str
    name_th: str
    name_en: str
    files: tuple[str, ...]
    bp_base: float  # mean pressure at the site, mbar
    dust: float  # site factor on PM10 and TSP


STATIONS: dict[str, Station] = {
    station.key: station
    for station in (
        Station("EGAT-01", 1, "PC", "ประตูผา", "Pratupha", ("Pratupha", "ประตูผา"), 950, 0.80),
        Station("EGAT-02", 2, "TS", "บ้านท่าสี", "Ban Thasi", ("Banthasii", "Banthasi", "บ้านท่าสี"), 966, 0.85),
        Station("EGAT-03", 3, "SD", "บ้านเสด็จ", "Ban Sadet", ("Bansadej", "Bansadet", "บ้านเสด็จ"), 976, 0.95),
        Station(
            "EGAT-04", 4, "HF", "บ้านหัวฝาย", "Ban Huafai", ("BanHuaFai", "Banhuafai", "บ้นห้วยฝาย", "บ้านห้วยฝาย"), 968, 0.90
        ),
        Station(
            "EGAT-05",
            5,
            "MS",
            "สถานีตรวจอากาศหลัก",
            "Main Station",
            ("Main station", "Mainstation", "สถานีหลัก"),
            970,
            1.00,
        ),
        Station("EGAT-06", 6, "HK", "บ้านห้วยคิง", "Huaiking", ("BanHuaiking", "Banhuayking", "Huaiking"), 966, 1.00),
        Station("EGAT-07", 7, "GC", "ศูนย์ราชการแม่เมาะ", "Government Center", ("Government center",), 964, 1.05),
        Station("EGAT-08", 8, "SM", "บ้านสบเมาะ", "Ban Sopmoh", ("Bansopmoe", "Bansopmoh", "บ้านสบเมาะ"), 972, 0.95),
        Station("EGAT-09", 9, "SP", "บ้านสบป้าด", "Ban Soppad", ("Bansoppad", "บ้านสบป้าด", "บ้านสบป้าด station"), 968, 0.85),
        Station("EGAT-10", 10, "MC", "บ้านแม่จาง", "Ban Maechang", ("Banmaechang", "Maechang"), 970, 0.90),
        Station(
            "EGAT-11",
            11,
            "RS",
            "บ้านใหม่รัตนโกสินทร์",
            "Ban Mairatanakosin",
            ("Banmairattakosin", "Banmairattanakosin"),
            968,
            0.95,
        ),
        Station("EGAT-12", 12, "HH", "บ้านหางฮุง", "Ban Hanghung", ("Banhanghung",), 967, 0.90),
    )
}
