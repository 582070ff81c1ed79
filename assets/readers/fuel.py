"""What the readers of fuel prices share."""

from __future__ import annotations

from collections.abc import Sequence

from assets.readers.result import Finding

PLACE = "bangkok"  # the prices of Bangkok and vicinity


def new_products(names: Sequence[str], rule: str = "new_product") -> list[Finding]:
    """A finding for products that are not known by name; their prices are taken."""
    if not names:
        return []
    listed = ", ".join(names)
    en = f"New products: {listed}. Their prices were taken; tell us what they are."
    th = f"พบผลิตภัณฑ์ใหม่: {listed} ระบบรับราคาไว้แล้ว โปรดแจ้งความหมาย"
    return [Finding(rule, en, th, n=len(names))]
