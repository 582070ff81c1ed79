"""PCD's station codes → station keys, and its marks of nothing. A code outlives its site: the key names the site where a code
has had two."""

from __future__ import annotations

import polars as pl

# 37t stood at the City Pillar Shrine, which is closed, and now stands at the meteorological station of Lampang. A table
# says so only by the station's name; the service has shown the second site since 2019 at least.
FORMER_SITE = ("ศาลหลักเมือง", "City Pillar")
# Texts that say that nothing was measured.
NOTHING = ("-", "N/A", "-1", "-999", "n/a")


def station_key(code: pl.Expr, name: pl.Expr) -> pl.Expr:
    """`37t` → `PCD-37t-2` (or `PCD-37t-1` where the name is that of the former site), `38t` → `PCD-38t`."""
    plain = code.cast(pl.String).str.strip_chars()
    plain = pl.when(plain.str.contains(r"^\d+T$")).then(plain.str.to_lowercase()).otherwise(plain)
    is_former = pl.any_horizontal(name.str.contains(word, literal=True) for word in FORMER_SITE).fill_null(False)
    site = pl.when(plain != "37t").then(pl.lit("")).when(is_former).then(pl.lit("-1")).otherwise(pl.lit("-2"))
    return pl.lit("PCD-") + plain + site
