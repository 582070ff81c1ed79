"""Puts files where a partner's own S3 client would put them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from assets import intake
from assets.lake import keys
from assets.lake.errors import LakeError
from assets.lake.handle import Lake
from assets.redact import Redactor


class SameName(LakeError):
    """Two files of one delivery would get the same name: one would be lost."""


BATCH_BYTES = 64 * 1024**2


def files_of(paths: Sequence[Path]) -> dict[str, Path]:
    """Delivered path → file. A folder's inner names are kept (without the folder itself); a file keeps its name.

    Hidden files and the lock files that spreadsheet programs leave (`~$…`) are not deliveries.
    """
    found: dict[str, Path] = {}
    for path in paths:
        for name, file in _named(path):
            if name in found and found[name] != file:
                raise SameName(
                    f"{found[name]} and {file} would both be delivered as {name!r}",
                    "deliver the folder that holds them both, or one after the other with a run between",
                )
            found[name] = file
    return found


def _named(path: Path) -> Iterator[tuple[str, Path]]:
    if path.is_file():
        yield path.name, path
        return
    for file in sorted(path.rglob("*")):
        inner = file.relative_to(path)
        if file.is_file() and not any(part.startswith((".", "~$")) for part in inner.parts):
            yield inner.as_posix(), file


def put(lake: Lake, partner_id: str, files: dict[str, Path], on_done: Callable[[int, int], None]) -> None:
    """Writes files into the partner's landing prefix, several at a time, memory bounded by bytes.

    A file that would take the place of one not yet taken in is preceded by an intake: nothing delivered is ever lost.
    """
    waiting_keys = {info.key for info in intake.waiting(lake.store, partner_id)}
    if any(keys.landing_key(partner_id, path) in waiting_keys for path in files):
        taken = intake.read_manifest(lake.store, partner_id)[0]
        intake.take_in(lake.store, partner_id, taken, redactor=Redactor.of(lake.config.home))
    bucket = lake.config.bucket
    waiting: dict[str, Path] = {}
    size = done = 0
    for path, file in files.items():
        waiting[f"s3://{bucket}/{keys.landing_key(partner_id, path)}"] = file
        size += file.stat().st_size
        if size > BATCH_BYTES or len(waiting) >= 100:
            lake.store.upload(waiting)
            done += len(waiting)
            on_done(done, len(files))
            waiting, size = {}, 0
    lake.store.upload(waiting)
    on_done(len(files), len(files))
