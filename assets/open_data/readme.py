"""What a person reads first: README.md (Thai, then English) and LICENSES.md, dataset by dataset."""

from __future__ import annotations

from collections.abc import Sequence

from assets.open_data.release_model import Release, Released
from assets.open_data.vocabulary import SYNTHETIC


def readme(release: Release) -> str:
    """README.md of a release."""
    return "\n".join([*_thai(release), "", "---", "", *_english(release), ""])


def licences(release: Release) -> str:
    """LICENSES.md: under which licence each dataset may be used, whose data it is made of, and what must be said of it."""
    lines = ["# สัญญาอนุญาตและการแสดงที่มา / Licences and attribution", ""]
    for one in release.released:
        dataset = one.dataset
        lines += [f"## {dataset.title.both}", "", f"`{dataset.name}/`", ""]
        lines += [f"- {licence.name.both}: <{licence.url}>" for licence in dataset.licences]
        for origin in dataset.origins:
            kind = "แหล่งข้อมูล / feed" if origin.is_feed else "ตารางอ้างอิง / reference table"
            mark = f" **{SYNTHETIC.both}**" if origin.is_synthetic else ""
            lines += [f"- {kind} `{origin.id}` ({origin.licence}), {origin.owner.both}: {origin.title.both}{mark}"]
            lines += [f"  - แสดงที่มา / Attribution: {origin.attribution.both}"] if origin.attribution else []
        lines.append("")
    return "\n".join(lines)


def _thai(release: Release) -> list[str]:
    publisher = release.publisher
    return [
        "# ข้อมูลเปิดเมืองอัจฉริยะแม่เมาะ",
        "",
        f"ชุดเผยแพร่ {release.publication_id} โดย{publisher.name.th} ติดต่อ {publisher.role.th} <{publisher.contact}>",
        "",
        *_warning(
            release.released, "คำเตือน", "ชุดที่มีคำว่า `synthetic` ในชื่อเป็นข้อมูลสังเคราะห์เพื่อการสาธิต ห้ามนำไปอ้างอิงเป็นค่าจริง"
        ),
        "ทุกตารางผ่านด่านตรวจคุณภาพก่อนเผยแพร่ ผลการวัดคุณภาพอยู่ใน `catalog.jsonld` (DQV)",
        "",
        "- CSV เปิดด้วย Excel หรือ LibreOffice ได้ทันที (UTF-8 มี BOM เวลาเป็น UTC ตาม ISO 8601 ช่องว่างคือไม่มีค่า)",
        "- Parquet สำหรับ Python, R และฐานข้อมูล ส่วน GeoJSON เปิดด้วย QGIS",
        "- `datapackage.json` (Frictionless) อธิบายทุกคอลัมน์ หน่วย และคีย์ ส่วน `ckan.json` ใช้ลงทะเบียนในบัญชีข้อมูลภาครัฐ (GD Catalog)",
        "- เงื่อนไขการใช้และการแสดงที่มาอยู่ใน [LICENSES.md](LICENSES.md)",
        "",
        "| ชุดข้อมูล | คืออะไร | จำนวนแถว | สัญญาอนุญาต | ไฟล์ |",
        "|---|---|---|---|---|",
        *(_row(one, one.dataset.title.th) for one in release.released),
    ]


def _english(release: Release) -> list[str]:
    publisher = release.publisher
    warning = "Datasets with `synthetic` in their name hold made-up values for demonstration. Never quote them as real."
    return [
        "# Mae Moh Smart City, open data",
        "",
        f"Publication {release.publication_id} of {publisher.name.en}. Contact: {publisher.role.en} <{publisher.contact}>",
        "",
        *_warning(release.released, "Warning", warning),
        "Every table passed the quality gates before it was published; what they measured stands in `catalog.jsonld` (DQV).",
        "",
        "- CSV opens in Excel or LibreOffice as it is (UTF-8 with BOM, times in UTC as in ISO 8601, an empty cell is no value).",
        "- Parquet is for Python, R and databases; GeoJSON opens in QGIS.",
        "- `datapackage.json` (Frictionless) describes every column, unit and key; `ckan.json` registers a dataset in Thailand's "
        "government data catalogue (GD Catalog).",
        "- Terms of use and attribution: [LICENSES.md](LICENSES.md).",
        "",
        "| dataset | what it is | rows | licences | files |",
        "|---|---|---|---|---|",
        *(_row(one, one.dataset.title.en) for one in release.released),
    ]


def _warning(released: Sequence[Released], head: str, text: str) -> list[str]:
    return [f"> **{head}**: {text}", ""] if any(one.dataset.is_synthetic for one in released) else []


def _row(one: Released, title: str) -> str:
    files = " ".join(f"[{file.format}]({file.path})" for file in one.files)
    names = ", ".join(licence.id for licence in one.dataset.licences)
    return f"| `{one.dataset.name}` | {title} | {one.facts.rows:,} | {names} | {files} |"
