"""Edits a finished xlsx below what a spreadsheet library can write: single parts, other compression, a bomb."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

STAMP = (1980, 1, 1, 0, 0, 0)  # a fixed time, so that the same input gives the same bytes


def edit_part(data: bytes, part: str, edit: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part replaced by `edit` of it; KeyError when there is no such part."""
    return _copy(data, {part: edit(_read(data, part))})


def repack(data: bytes) -> bytes:
    """The same parts in another order, with another compression and time: other bytes, the same content."""
    return _copy(data, {}, stamp=(2001, 2, 3, 4, 5, 6), level=1, turned=True)


def inflate_part(data: bytes, part: str, before: bytes, megabytes: int) -> bytes:
    """The workbook with `megabytes` of blanks in front of `before` in one part, written as a stream.

    Blanks pack a thousand to one: 640 MB take about 0.65 MB of file and never more than one MB of memory here.
    """
    head, found, tail = _read(data, part).partition(before)
    if not found:
        raise ValueError(f"{part}: {before!r} is not in it")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            with new.open(_info(name, STAMP), "w") as stream:
                if name != part:
                    stream.write(old.read(name))
                    continue
                stream.write(head)
                for _ in range(megabytes):
                    stream.write(b" " * (1 << 20))
                stream.write(found + tail)
    return out.getvalue()


def _read(data: bytes, part: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return book.read(part)


def _info(name: str, stamp: tuple[int, int, int, int, int, int]) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, stamp)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _copy(
    data: bytes,
    replaced: dict[str, bytes],
    stamp: tuple[int, int, int, int, int, int] = STAMP,
    level: int = 6,
    turned: bool = False,
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        names = old.namelist()
        # [Content_Types].xml stays first: some readers want it there.
        for name in [names[0], *(reversed(names[1:]) if turned else names[1:])]:
            new.writestr(_info(name, stamp), replaced.get(name) or old.read(name), zipfile.ZIP_DEFLATED, level)
    return out.getvalue()
