"""S3 objects of the lake's bucket, through s3fs. Many small requests run at once (s3fs is asynchronous inside)."""

from __future__ import annotations

import io
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import s3fs
from fsspec.asyn import _run_coros_in_chunks, sync

from assets.lake.config import LakeConfig

Group = TypeVar("Group")


@dataclass(frozen=True)
class ObjectInfo:
    """One listed object; `key` is without the bucket, `modified` is UTC."""

    key: str
    size: int
    etag: str
    modified: datetime


class ObjectChanged(Exception):
    """A conditional put lost: somebody else wrote the object first."""


class ObjectStore:
    """The lake's bucket. Keys come from `assets.lake.keys`."""

    def __init__(self, config: LakeConfig) -> None:
        self.bucket = config.bucket
        self.fs = s3fs.S3FileSystem(
            key=config.access_key,
            secret=config.secret_key,
            endpoint_url=config.endpoint,
            client_kwargs={"region_name": config.region},
            # Presigned addresses are signed by version 4 only where that is asked for.
            config_kwargs={
                "s3": {"addressing_style": "path"},
                "signature_version": "s3v4",
                "max_pool_connections": 32,
            },
            use_listings_cache=False,
            skip_instance_cache=True,
        )

    def listing(self, prefix: str) -> list[ObjectInfo]:
        """All objects under a prefix, sorted by key."""
        found = self.fs.find(f"{self.bucket}/{prefix}", detail=True)
        infos = [
            ObjectInfo(
                path[len(self.bucket) + 1 :], int(entry["size"]), entry["ETag"].strip('"'), entry["LastModified"]
            )
            for path, entry in found.items()
            if entry["type"] == "file"
        ]
        return sorted(infos, key=lambda info: info.key)

    def get(self, key: str) -> bytes:
        """The bytes of one object; FileNotFoundError when there is none."""
        return self.fs.cat_file(f"{self.bucket}/{key}")

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        """The bytes of many objects, fetched together."""
        names = list(keys)
        data = self._together(self.fs._cat_file(f"{self.bucket}/{name}") for name in names)
        return dict(zip(names, data, strict=True))

    def read_ahead(
        self, groups: Iterable[Group], keys_of: Callable[[Group], Iterable[str]]
    ) -> Iterator[tuple[Group, dict[str, bytes]]]:
        """Each group with the bytes of its objects; the next one is read while the caller is busy with this one."""

        def fetch(group: Group) -> tuple[Group, dict[str, bytes]]:
            return group, self.get_many(keys_of(group))

        with ThreadPoolExecutor(1) as pool:
            coming: Future[tuple[Group, dict[str, bytes]]] | None = None
            for group in groups:
                ready, coming = coming, pool.submit(fetch, group)
                if ready:
                    yield ready.result()
            if coming:
                yield coming.result()

    def put(self, items: Mapping[str, bytes], content_type: str | None = None) -> None:
        """Writes many objects together."""
        extra: dict[str, Any] = {"ContentType": content_type} if content_type else {}
        self.fs.pipe({f"{self.bucket}/{key}": data for key, data in items.items()}, **extra)

    def get_with_etag(self, key: str) -> tuple[bytes, str] | None:
        """Bytes and ETag of one object, None when there is none: what a conditional put needs."""
        try:
            answer = self.fs.call_s3("get_object", Bucket=self.bucket, Key=key)
        except FileNotFoundError:
            return None
        except OSError as error:
            if "NoSuchKey" in str(error) or "Not Found" in str(error):
                return None
            raise
        return sync(self.fs.loop, answer["Body"].read), answer["ETag"]

    def put_if(self, key: str, data: bytes, etag: str | None) -> None:
        """Writes only if the object still has this ETag (None: only if there is none yet); else ObjectChanged."""
        condition: dict[str, Any] = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
        try:
            self.fs.call_s3("put_object", Bucket=self.bucket, Key=key, Body=io.BytesIO(data), **condition)
        except (OSError, FileExistsError) as error:
            text = f"{error!r} {error.__cause__!r}"
            if "PreconditionFailed" in text or "At least one of the pre-conditions" in text or "412" in text:
                raise ObjectChanged(key) from error
            raise

    def upload(self, files: Mapping[str, Path]) -> None:
        """Writes local files to full addresses (`s3://bucket/key`), several at once."""
        self._together(self.fs._put_file(str(path), address.removeprefix("s3://")) for address, path in files.items())

    def copy_unchanged(self, items: Mapping[str, ObjectInfo]) -> set[str]:
        """Copies objects inside the store, target key → source as it was listed. Returns the targets that were not written
        because the source changed meanwhile."""

        async def copied(target: str, source: ObjectInfo) -> bool:
            origin = {"Bucket": self.bucket, "Key": source.key}
            try:
                await self.fs._call_s3(
                    "copy_object",
                    Bucket=self.bucket,
                    Key=target,
                    CopySource=origin,
                    CopySourceIfMatch=f'"{source.etag}"',
                )
            except OSError:  # changed, gone, or a store that copies nothing: the caller has the bytes
                return False
            return True

        done = self._together(copied(target, source) for target, source in items.items())
        return {target for target, is_copied in zip(items, done, strict=True) if not is_copied}

    def presigned(self, key: str, span: timedelta) -> str:
        """An address that anybody can GET this one object from for a while. Nothing is asked of the store."""
        address: str = self.fs.sign(f"{self.bucket}/{key}", expiration=int(span.total_seconds()))
        return address

    def delete(self, keys: Iterable[str]) -> None:
        """Removes objects; missing ones are fine."""
        self._together(self.fs._rm_file(f"{self.bucket}/{key}") for key in keys)

    def tree(self, address: str) -> list[str]:
        """Full addresses of everything under `s3://bucket/prefix`, in any bucket."""
        return [f"s3://{path}" for path in self.fs.find(address.removeprefix("s3://").rstrip("/") + "/")]

    def delete_addresses(self, addresses: Iterable[str]) -> None:
        """Removes objects by their full addresses; missing ones are fine."""
        self._together(self.fs._rm_file(address.removeprefix("s3://")) for address in addresses)

    def _together(self, requests: Iterable[Coroutine[Any, Any, Any]]) -> list[Any]:
        """Runs requests at once, a bounded number of them in flight. (s3fs's own many-file calls read `[`, `*` and `?`
        in a partner's file name as patterns.)"""
        found: list[Any] = sync(self.fs.loop, _run_coros_in_chunks, list(requests), batch_size=24)
        return found
