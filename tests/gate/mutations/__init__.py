"""The mutation test of the gates: clean demo deliveries and tables, one kind of corruption at a time.

A module of this folder that has `KINDS` holds mutations of one topic; nothing is registered. To add one, take a clean delivery
(`clean.py`) or a table (`tables.py`) and write what is done to it and what must be said of it:

    rows("net above gross", "units", "net_le_gross", "critical", line(5, GROSS_MW="215.05", AUX_MW="0"), ("5",)),
"""

from __future__ import annotations

import importlib
import pkgutil

from .mutation import Mutation


def all_kinds() -> list[Mutation]:
    """Every mutation of every topic, file-level accidents first."""
    names = sorted(found.name for found in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return sorted((kind for module in modules for kind in getattr(module, "KINDS", ())), key=lambda kind: kind.gate)
