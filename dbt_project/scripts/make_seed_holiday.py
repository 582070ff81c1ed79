"""Writes seeds/seed_holiday.csv: Thailand's public holidays, frozen from the `holidays` package (MIT).

Run it once a year (`.venv/bin/python dbt_project/scripts/make_seed_holiday.py`) and read the difference: the cabinet
adds special days late, and lunar dates of coming years may still move. Children's Day is left out: the package lists
it, but nobody has the day off.
"""

from __future__ import annotations

import csv
from pathlib import Path

import holidays

FIRST_YEAR, LAST_YEAR = 2009, 2030
NOT_A_DAY_OFF = ("National Children's Day", "วันเด็กแห่งชาติ")
TARGET = Path(__file__).parent.parent / "seeds" / "seed_holiday.csv"


def main(target: Path = TARGET) -> None:
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    thai = holidays.country_holidays("TH", years=years, language="th")
    english = holidays.country_holidays("TH", years=years, language="en_US")
    rows = []
    for day in sorted(english):
        names_th = [name for name in thai.get_list(day) if not name.startswith(NOT_A_DAY_OFF)]
        names_en = [name for name in english.get_list(day) if not name.startswith(NOT_A_DAY_OFF)]
        if names_en:
            is_substitute = all(name.endswith("(in lieu)") for name in names_en)
            rows.append([day, "; ".join(names_th), "; ".join(names_en), str(is_substitute).lower()])
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["holiday_date", "holiday_th", "holiday_en", "is_substitute"])
        writer.writerows(rows)
    print(f"{target}: {len(rows)} days, holidays {holidays.__version__}")


if __name__ == "__main__":
    main()
