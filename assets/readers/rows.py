"""Cells → rows of ROW_SCHEMA, column by column. Local times (Asia/Bangkok, +07:00, no DST) become UTC here, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from assets.readers.cells import read_cells
from assets.readers.result import PLACEHOLDER, ROW_SCHEMA, SERIES, UTC_US
from assets.readers.sheet_xml import column_letters

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
BANGKOK_US = 7 * HOUR_US


@dataclass
class Identity:
    """Which series the cells belong to. `unit` is UCUM; `from_path` lists the facts that only the path gave."""

    station_key: str
    station_name: str
    quantity: str
    level: str | None = None
    unit: str = ""
    from_path: list[str] = field(default_factory=list)

    @property
    def series(self) -> str:
        return "/".join(filter(None, (self.station_key, self.quantity, self.level)))


def local_midnights(dates: pl.Series) -> np.ndarray:
    """UTC microseconds at 00:00 Bangkok time of each date."""
    return dates.cast(pl.Int32).cast(pl.Int64).to_numpy() * DAY_US - BANGKOK_US


def addresses(row_numbers: np.ndarray, columns: Sequence[int]) -> pl.Series:
    """Excel addresses, row by row, of the rectangle row_numbers (from 1) × columns (from 0)."""
    letters = pl.Series([column_letters(column) for column in columns], dtype=pl.String)
    return pl.select(
        pl.concat_str(
            pl.lit(letters).gather(np.tile(np.arange(len(columns)), len(row_numbers))),
            pl.lit(pl.Series(row_numbers)).cast(pl.String).gather(np.repeat(np.arange(len(row_numbers)), len(columns))),
        )
    ).to_series()


def hourly_rows(
    identity: Identity, dates: pl.Series, grid: pl.DataFrame, rows: np.ndarray, columns: Sequence[int], sheet: str
) -> pl.DataFrame:
    """Rows of one series, hour by hour: the cells of `grid` in `rows` (from 0, one per date) and the 24 `columns`."""
    cells = pl.concat([grid.get_column(f"c{column}") for column in columns])
    raw = cells.gather((rows[:, None] + grid.height * np.arange(24)).ravel())
    starts = (local_midnights(dates)[:, None] + np.arange(24) * HOUR_US).ravel()
    return _rows(_constants(identity), "PT1H", starts, starts + HOUR_US, raw, addresses(rows + 1, columns), sheet)


def column_rows(
    series: Mapping[int, Identity],
    table: pl.DataFrame,
    averaging_period: str,
    first: pl.Series,
    after: pl.Series,
    row_numbers: np.ndarray,
    sheet: str,
) -> pl.DataFrame:
    """Rows of several series side by side: `series` maps columns of the sheet to theirs, `table` has them as c<column>.

    `first` and `after` are local dates, [first, after) is a row's interval. Column by column, in the order of `series`.
    """
    n, width = table.height, len(series)
    raw = pl.concat([table[f"c{column}"] for column in series])
    by_row = addresses(row_numbers, list(series))
    cells = by_row.gather(np.arange(n * width).reshape(n, width).T.ravel())
    which = np.repeat(np.arange(width), n)
    each = [_constants(identity) for identity in series.values()]
    constants = {name: pl.Series([one[name] for one in each], dtype=pl.String).gather(which) for name in each[0]}
    starts, ends = np.tile(local_midnights(first), width), np.tile(local_midnights(after), width)
    return _rows(constants, averaging_period, starts, ends, raw, cells, sheet)


def _constants(identity: Identity) -> dict[str, str | None]:
    return {
        "station_key": identity.station_key,
        "station_name": identity.station_name,
        "quantity": identity.quantity,
        "level": identity.level,
        "raw_unit": identity.unit,
        "from_path": ",".join(identity.from_path) or None,
    }


def _rows(
    constants: Mapping[str, str | None] | Mapping[str, pl.Series],
    averaging_period: str,
    start_us: np.ndarray,
    end_us: np.ndarray,
    raw: pl.Series,
    cell: pl.Series,
    sheet: str,
) -> pl.DataFrame:
    value, flag = read_cells(raw)
    columns: dict[str, pl.Series | pl.Expr] = {
        "interval_start_at": pl.lit(pl.Series(start_us)).cast(UTC_US),
        "interval_end_at": pl.lit(pl.Series(end_us)).cast(UTC_US),
        "raw_value": raw,
        "value": value,
        "flag": flag,
        "is_valid": pl.lit(value).is_not_null(),
        "cell": cell,
    }
    texts = {**constants, "averaging_period": averaging_period, "sheet": sheet}
    columns |= {name: text if isinstance(text, pl.Series) else pl.lit(text, pl.String) for name, text in texts.items()}
    return pl.select(columns[name].alias(name) for name in ROW_SCHEMA)


def mark_placeholders(rows: pl.DataFrame, where: pl.Series) -> pl.DataFrame:
    """Values that the workbook itself disowns: flagged `~`, without value; the raw text stays."""
    marked = where & rows["value"].is_not_null()
    return rows.with_columns(
        value=pl.when(marked).then(None).otherwise(pl.col("value")),
        flag=pl.when(marked).then(pl.lit(PLACEHOLDER)).otherwise(pl.col("flag")),
        is_valid=pl.col("is_valid") & ~marked,
    )


def in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Sorted by series and time; equal keys keep the order of the sheet."""
    return rows.sort(*SERIES, "interval_start_at", nulls_last=True, maintain_order=True)


def is_blank(rows: pl.DataFrame) -> bool:
    """No value and no flag anywhere."""
    return rows["value"].null_count() == rows.height and rows["flag"].null_count() == rows.height
