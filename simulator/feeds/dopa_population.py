"""DOPA registered population, month by month: pipe-delimited text in two layouts.

`stat_t…txt`: `YYMM|CC|…|RCODE|…|CCAATT|…|CCAATTMM|…|MALE|FEMALE|TOTAL|HOUSE|`, with totals (code 0) among their parts. A
tambon that a municipality shares with the district office stands once for each registrar.
`YYMMccPP.txt`: names without codes, ages, then male, female and total; the month stands in the file name only.
Both are UTF-8 with BOM, though documented as Thai (Windows); older copies really are Windows-874.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from simulator.feeds._places import DISTRICTS, TAMBONS, months_before
from simulator.world import MARK, World

BOM = b"\xef\xbb\xbf"
HEADER = "YYMM|CC-CODE|CC-DESC|RCODE-CODE|RCODE-DESC|CCAATT-CODE|CCAATT-DESC|CCAATTMM-CODE|CCAATTMM-DESC|MALE|FEMALE|TOTAL|HOUSE"
VILLAGES = {"520201": 8, "520202": 10, "520203": 6, "520204": 12, "520205": 8}  # 44 villages
PEOPLE_PER_VILLAGE = 880
MUNICIPAL = ("5297", "ท้องถิ่นเทศบาลตำบลแม่เมาะ")


@dataclass(frozen=True)
class Village:
    """`moo` 0 is the part of a tambon that has no villages of its own."""

    registrar: tuple[str, str]
    tambon: str
    moo: int
    male: int
    female: int
    houses: int


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    """Both layouts for every month that ended in the world, and the month before; the oldest as Windows-874."""
    return _files(world, with_ages=None)


def history(world: World) -> Iterator[tuple[str, bytes]]:
    """The layout with codes for every month, ages of the last two months only."""
    return _files(world, with_ages=2)


def _files(world: World, with_ages: int | None) -> Iterator[tuple[str, bytes]]:
    last = months_before(world.today.year, world.today.month, 1)
    first = min(last, (world.dates[0].year, world.dates[0].month))
    back = last[0] * 12 + last[1] - first[0] * 12 - first[1] + 1
    for n in range(back, -1, -1):
        month = months_before(*last, n)
        text = codes(world, month, header=n == back)
        yield (
            f"{MARK} dopa/{yymm(month)}/stat_t{yymm(month)}.txt",
            text.encode("cp874") if n == back else BOM + text.encode(),
        )
        if with_ages is None or n < with_ages:
            yield f"{MARK} dopa/{yymm(month)}/{yymm(month)}cc52.txt", BOM + ages(world, month).encode()


def yymm(month: tuple[int, int]) -> str:
    """(2026, 3) → 6903: two digits of the Buddhist year."""
    return f"{(month[0] + 543) % 100:02d}{month[1]:02d}"


def codes(world: World, month: tuple[int, int], *, header: bool, districts: tuple[str, ...] = ()) -> str:
    """The layout with codes; `districts` keeps a sample small."""
    people = [v for v in _villages(world, month) if not districts or v.tambon[:4] in districts]
    lines = [_line(month, ("0", ""), ("0", ""), ("0", ""), people)]
    for registrar in dict.fromkeys(v.registrar for v in people):
        of_registrar = [v for v in people if v.registrar == registrar]
        lines.append(_line(month, registrar, ("0", ""), ("0", ""), of_registrar))
        for tambon in dict.fromkeys(v.tambon for v in of_registrar):
            parts = [v for v in of_registrar if v.tambon == tambon]
            lines.append(_line(month, registrar, (tambon, TAMBONS[tambon]), ("0", ""), parts))
            for v in parts:
                village = (f"{tambon}{v.moo:02d}", f"หมู่ที่ {v.moo}")
                if v.moo:
                    lines.append(_line(month, registrar, (tambon, TAMBONS[tambon]), village, [v]))
    return "\r\n".join([HEADER, *lines] if header else lines) + "\r\n"


def ages(world: World, month: tuple[int, int]) -> str:
    """The layout without codes: each age from 0 to 100 for men and women in turn, then the totals."""
    people = _villages(world, month)
    lines = [_ages("จังหวัดลำปาง", people)]
    for district, name in DISTRICTS.items():
        members = [v for v in people if v.tambon[:4] == district]
        lines.append(_ages(f"อำเภอ{name}", members))
        for tambon in dict.fromkeys(v.tambon for v in members):
            lines.append(_ages(f"ตำบล{TAMBONS[tambon]}", [v for v in members if v.tambon == tambon]))
    return "\r\n".join(lines) + "\r\n"


def _line(
    month: tuple[int, int],
    registrar: tuple[str, str],
    tambon: tuple[str, str],
    village: tuple[str, str],
    people: list[Village],
) -> str:
    male, female = sum(v.male for v in people), sum(v.female for v in people)
    numbers = [f"{n:,}" for n in (male, female, male + female, sum(v.houses for v in people))]
    return "|".join([yymm(month), "52", "จังหวัดลำปาง", *registrar, *tambon, *village, *numbers]) + "|"


def _ages(name: str, people: list[Village]) -> str:
    male, female = sum(v.male for v in people), sum(v.female for v in people)
    pairs = [(male * w // 101, female * w // 101) for w in [1] * 101]
    ages = [str(n) for pair in pairs for n in pair]
    return "|".join([name, *ages, str(male), str(female), str(male + female)]) + "|"


def _villages(world: World, month: tuple[int, int]) -> list[Village]:
    """Villages in Mae Moh, tambons elsewhere; numbers drift from month to month."""
    found = []
    for tambon in TAMBONS:
        district = tambon[:4]
        for moo in range(1, VILLAGES[tambon] + 1) if tambon in VILLAGES else (0,):
            rng = world.random("people", tambon, moo)
            size = PEOPLE_PER_VILLAGE if tambon in VILLAGES else 6_600
            drift = 1 - 0.0004 * (month[0] * 12 + month[1] - 2026 * 12)
            total = size * float(rng.lognormal(0, 0.35)) * drift
            male = int(total * float(rng.normal(0.489, 0.01)))
            office = MUNICIPAL if tambon == "520204" and moo <= 2 else (f"{district}", f"อำเภอ{DISTRICTS[district]}")
            found.append(Village(office, tambon, moo, male, int(total) - male, int(total / 2.3)))
    return sorted(found, key=lambda v: (v.registrar[0], v.tambon, v.moo))
