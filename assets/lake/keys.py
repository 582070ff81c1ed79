"""Object keys of the lake. Keys are made here and nowhere else.

landing/<partner>/<path as the partner named it>
raw/<partner>/<sha256>
raw/<partner>/manifest/<UTC date>.jsonl
published/current.json, published/history/<publication id>.json
reports/<partner>/…
reports/_platform/data_docs/…
"""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import PurePosixPath

PUBLICATION = "published/current.json"


def landing_prefix(partner_id: str) -> str:
    """Prefix that only this partner (and staff) can write."""
    return f"landing/{partner_id}/"


def landing_key(partner_id: str, path: str) -> str:
    """Key of a delivered file. Unicode names and folders are kept, in composed form (NFC), so that a name typed on a
    Mac and the same name typed elsewhere are one name."""
    clean = PurePosixPath(unicodedata.normalize("NFC", path.replace("\\", "/")))
    parts = [part for part in clean.parts if part not in ("/", ".", "..")]
    if not parts:
        raise ValueError(f"no file name in {path!r}")
    return landing_prefix(partner_id) + "/".join(parts)


def path_of_landing_key(key: str) -> str:
    """The delivery's path: the landing key without its prefix."""
    return key.split("/", 2)[2]


def raw_key(partner_id: str, sha256: str) -> str:
    """Key of the kept bytes."""
    return f"raw/{partner_id}/{sha256}"


def manifest_prefix(partner_id: str) -> str:
    """Prefix of a partner's manifest."""
    return f"raw/{partner_id}/manifest/"


def manifest_key(partner_id: str, day: date) -> str:
    """One object a day; a line a delivery."""
    return f"{manifest_prefix(partner_id)}{day.isoformat()}.jsonl"


def publication_key(publication_id: str) -> str:
    """Key of a publication's own manifest, kept after the next one."""
    return f"published/history/{publication_id}.json"


def report_key(partner_id: str, name: str) -> str:
    """Key of a file of a partner's report."""
    return f"reports/{partner_id}/{name}"


def data_docs_key(path: str) -> str:
    """Key of a file of the platform team's Data Docs. No partner's id begins with an underscore."""
    return f"reports/_platform/data_docs/{path}"
