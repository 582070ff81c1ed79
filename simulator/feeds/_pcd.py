"""The stations of PCD as the simulator plays them: the four of Lampang, and invented ones elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.world import MARK, World


@dataclass(frozen=True)
class Site:
    """One station. `last_seen` is the date it stopped, for a station that stays on the list after its end."""

    id: str
    name_th: str
    name_en: str
    area_th: str
    area_en: str
    lat: str
    lon: str
    last_seen: str | None = None


# Names and places are PCD's own list, trailing blanks included; every value is invented.
LAMPANG = (
    Site(
        "37t",
        "สถานีอุตุนิยมวิทยาลำปาง",
        "Meteorological stations, Lampang",
        "ต.พระบาท อ.เมือง, ลำปาง",
        "Phra Bat, Meuang, Lampang",
        "18.278251",
        "99.506447",
    ),
    Site(
        "38t",
        "โรงพยาบาลส่งเสริมสุขภาพตำบลบ้านสบป้าด ",
        "Health Promotion Hospital Sob Pad, Lampang",
        "ต.สบป้าด อ.แม่เมาะ, ลำปาง",
        "Sop Pat, Mae Mo, Lampang",
        "18.250747",
        "99.763986",
    ),
    Site(
        "39t",
        "โรงพยาบาลส่งเสริมสุขภาพตำบลท่าสี ",
        "Health Promotion Hospital ",
        "ต.บ้านดง อ.แม่เมาะ, ลำปาง",
        "Ban Dong, Mae Mo, Lampang",
        "18.419425",
        "99.727046",
    ),
    Site(
        "40t",
        "การประปาส่วนภูมิภาคแม่เมาะ",
        "Provincial Waterworks Authority Mae Moh",
        "ต.แม่เมาะ อ.แม่เมาะ, ลำปาง",
        "Mae Mo, Mae Mo, Lampang",
        "18.282664",
        "99.659873",
    ),
)


def sites(world: World) -> tuple[Site, ...]:
    """Lampang's four, one that is dead, and `world.scale` invented ones in other provinces."""
    dead = Site(
        "990t",
        f"สถานีสังเคราะห์ที่หยุดแล้ว {MARK}",
        f"Stopped station {MARK}",
        "ต.ตัวอย่าง อ.เมือง, ตัวอย่าง",
        "Example, Example",
        "18.5",
        "99.0",
        last_seen="2025-06-30",
    )
    others = tuple(
        Site(
            f"{900 + n}t",
            f"สถานีสังเคราะห์ {n + 1} {MARK} ",
            # the stray mark before the first letter stands in the real list too
            f"\u0e3aBan Example {n + 1} {MARK}",
            "ต.ตัวอย่าง อ.เมือง, ลำพูน",
            "Example, Mueang, Lamphun",
            f"{18.5 + n / 100:.6f}",
            f"{99.0 + n / 100:.6f}",
        )
        for n in range(min(world.scale, 80))
    )
    return (*LAMPANG, *others, dead)
