"""A compound file (OLE2, MS-CFB version 3) by hand: what Excel writes when a workbook is protected by a password."""

from __future__ import annotations

import struct

import numpy as np

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
CUTOFF = 4096  # shorter streams would live in a second, smaller allocation table; ours are padded instead

_INFO = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<encryption xmlns="http://schemas.microsoft.com/office/2006/encryption">'
    '<keyData saltSize="16" blockSize="16" keyBits="256" hashSize="64" cipherAlgorithm="AES"'
    ' cipherChaining="ChainingModeCBC" hashAlgorithm="SHA512" saltValue="c3ludGhldGljLXN5bnRoZQ=="/></encryption>'
)


def encrypted_workbook(size: int = 20_000, seed: int = 0) -> bytes:
    """A password-protected xlsx: streams EncryptionInfo (agile, 4.4) and EncryptedPackage.

    The package is noise, so no password opens it; a reader has to stop at the container anyway.
    """
    info = struct.pack("<HHI", 4, 4, 0x40) + _INFO.encode().ljust(CUTOFF)
    package = struct.pack("<Q", size) + np.random.default_rng(seed).bytes(max(size, CUTOFF))
    return compound_file({"EncryptionInfo": info, "EncryptedPackage": package})


def compound_file(streams: dict[str, bytes]) -> bytes:
    """One root folder with these streams, at most three, each of 4,096 bytes or more."""
    if len(streams) > 3 or any(len(content) < CUTOFF for content in streams.values()):
        raise ValueError("one directory sector holds a root and three streams, each of at least 4,096 bytes")
    names = sorted(streams, key=lambda name: (len(name), name.upper()))  # the order the directory's tree needs
    chains: list[tuple[int, int]] = []  # first sector and length in sectors, per stream
    fat_sectors, at = 1, 0
    while True:  # the table has to hold its own sectors too
        chains, at = [], fat_sectors + 1
        for name in names:
            n = -(-len(streams[name]) // SECTOR)
            chains.append((at, n))
            at += n
        if at <= fat_sectors * SECTOR // 4:
            break
        fat_sectors += 1
    table = [FAT] * fat_sectors + [END]
    for first, n in chains:
        table += [*range(first + 1, first + n), END]
    table += [FREE] * (fat_sectors * SECTOR // 4 - len(table))

    entries = [_entry("Root Entry", 5, child=1, start=END, size=0)]
    for i, (name, (first, _)) in enumerate(zip(names, chains, strict=True)):
        # A tree that leans to the right: each stream's right neighbour is the next longer name.
        right = i + 2 if i + 1 < len(names) else FREE
        entries.append(_entry(name, 2, right=right, start=first, size=len(streams[name])))
    directory = b"".join(entries).ljust(SECTOR, b"\0")
    body = b"".join(streams[name].ljust(-(-len(streams[name]) // SECTOR) * SECTOR, b"\0") for name in names)
    return _header(fat_sectors) + struct.pack(f"<{len(table)}I", *table) + directory + body


def _header(fat_sectors: int) -> bytes:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, fat_sectors, fat_sectors, 0, CUTOFF, END, 0, END, 0)
    places = [*range(fat_sectors), *[FREE] * (109 - fat_sectors)]
    return head + struct.pack("<109I", *places)


def _entry(name: str, kind: int, *, start: int, size: int, child: int = FREE, right: int = FREE) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, FREE, right, child)
    return head + bytes(16 + 4 + 16) + struct.pack("<IQ", start, size)
