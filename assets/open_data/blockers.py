"""What forbids a release: which table, what is missing, in which file, and what to do. Nothing is guessed or left empty."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.catalogue import CLASSES, Words
from assets.open_data.licences import REGISTER, register
from assets.open_data.origins import Origin
from assets.open_data.vocabulary import LEVELS, PLACES
from assets.open_data.what import Dataset, Publisher

ROOT = Path(__file__).resolve().parents[2]
MAILBOX = re.compile(r"[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}")
PUBLISHER = "(all)"


@dataclass(frozen=True)
class Blocker:
    """One reason why a table cannot be released."""

    table: str
    """`gold.x`, or PUBLISHER for what every table lacks."""
    field: str
    where: str
    """File, from the project's root, or the setting."""
    what: Words
    to_do: Words


def blockers(
    datasets: Sequence[Dataset], publisher: Publisher, published: Collection[str], root: Path = ROOT
) -> list[Blocker]:
    """Everything that forbids the release of some datasets, the publisher's own first. `published`: `gold.x`, …"""
    found = list(_of_publisher(publisher))
    for dataset in datasets:
        found += _of_dataset(dataset, published, root)
    return found


def _of_publisher(publisher: Publisher) -> Iterator[Blocker]:
    if not MAILBOX.fullmatch(publisher.contact):
        yield Blocker(
            PUBLISHER,
            "maintainer_email",
            "MAEMOH_OPEN_DATA_CONTACT",
            Words("ไม่มีอีเมลของหน่วยงานผู้เผยแพร่", "the publisher's mailbox is not set"),
            Words("กำหนดเป็นอีเมลกลางของหน่วยงาน ไม่ใช่อีเมลส่วนบุคคล", "set it to a mailbox of the role, not of a person"),
        )


def _of_dataset(dataset: Dataset, published: Collection[str], root: Path) -> Iterator[Blocker]:
    table = dataset.table
    if table.classification != CLASSES[0]:
        yield _too_closed(dataset, root)
        return
    if table.name not in published:
        yield Blocker(
            table.name,
            "data",
            "marts.duckdb",
            Words("ยังไม่เคยเผยแพร่ตารางนี้", "it was never published"),
            Words("สั่ง `maemoh run` แล้วดูว่าด่านตรวจใดกักไว้", "run `maemoh run` and see which gate holds it back"),
        )
    for origin in dataset.origins:
        yield from _of_origin(table.name, origin, root, origin in dataset.speaking)


def _too_closed(dataset: Dataset, root: Path) -> Blocker:
    name = dataset.table.classification
    closed = [feed for feed in dataset.feeds if feed.classification != CLASSES[0]]
    where = ", ".join(_shown(feed.file, root) for feed in closed) or f"dbt_project/models, {dataset.table.short}"
    return Blocker(
        dataset.table.name,
        "classification",
        where,
        Words(f"ชั้นข้อมูลคือ {name} ไม่ใช่ open", f"its class is {name}, not open"),
        Words(
            "เผยแพร่ได้เมื่อเจ้าของข้อมูลยินยอมให้เป็น open ในสัญญาข้อมูล",
            "it can go out once the owners agree to `classification: open` in their contracts",
        ),
    )


def _of_origin(table: str, origin: Origin, root: Path, is_speaking: bool) -> Iterator[Blocker]:
    where = _shown(origin.file, root) + ("" if origin.is_feed else f", {origin.id}")
    yield from _of_licence(table, origin, where)
    if not is_speaking:
        return
    if origin.is_feed and origin.objective is None:
        yield Blocker(
            table,
            "objective",
            where,
            Words(
                f"{origin.id} ไม่ได้บอกวัตถุประสงค์ครบสองภาษา", f"{origin.id} does not say in two languages what it is for"
            ),
            Words("เติม description.usage และ objectiveTh", "fill description.usage and objectiveTh"),
        )
    if not origin.cadence:
        yield _missing(table, "update_frequency_unit", where, origin, "slaProperties: cadence")
    if origin.geo_level not in LEVELS:
        field = "geoCoverage" if origin.is_feed else "geo_coverage"
        yield _missing(table, "geo_coverage", where, origin, f"{field} ({', '.join(LEVELS)})")
    for place in origin.places:
        if place not in PLACES:
            yield _missing(
                table, "spatial", where, origin, f"a place of {', '.join(PLACES)}; {place} has no name here yet"
            )


def _of_licence(table: str, origin: Origin, where: str) -> Iterator[Blocker]:
    if not origin.licence:
        yield Blocker(
            table,
            "license_id",
            where,
            Words(f"ไม่ทราบสัญญาอนุญาตของ {origin.id}", f"the licence of {origin.id} is not known"),
            _ask(origin),
        )
        return
    for name in origin.licence.split(" AND "):
        known = register().get(name)
        if known is None:
            yield Blocker(
                table,
                "license_id",
                _shown(REGISTER, ROOT),
                Words(f"ไม่รู้จักสัญญาอนุญาต {name!r}", f"the licence {name!r} of {origin.id} is not in the register"),
                Words("อ่านเงื่อนไขแล้วเพิ่มลงในไฟล์นี้", "read its terms and add it there"),
            )
        elif not known.is_open:
            yield Blocker(
                table,
                "license_id",
                where,
                Words(f"{known.name.th} ไม่อนุญาตให้เผยแพร่ต่อ", f"{known.name.en} does not let the rows be passed on"),
                Words(f"ขออนุญาตจาก {origin.owner.th}", f"ask {origin.owner.en} for a licence that does"),
            )


def _ask(origin: Origin) -> Words:
    if origin.is_feed:
        return Words(
            f"สอบถาม {origin.owner.th} แล้วเขียนสัญญาอนุญาตที่ได้รับลงใน licence ของไฟล์นี้",
            f"ask {origin.owner.en} and write the licence that it states into this file (`licence`)",
        )
    said = origin.attribution or Words("ไม่ได้ระบุที่มา", "its origin is not stated either")
    return Words(
        f"ตกลงเงื่อนไขกับเจ้าของข้อมูล ({said.th}) แล้วเขียนลงใน meta: licence",
        f"settle the terms with whom it was taken from ({said.en}), then write them there (`meta: licence`)",
    )


def _missing(table: str, field: str, where: str, origin: Origin, needed: str) -> Blocker:
    return Blocker(
        table,
        field,
        where,
        Words(f"{origin.id} ไม่ได้ระบุ {needed}", f"{origin.id} does not state {needed}"),
        Words("เติมในไฟล์นี้ เฉพาะที่ทราบแน่", "fill it in this file, with what is known for certain"),
    )


def _shown(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name
