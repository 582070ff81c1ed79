"""G1: records of who uses electricity: classes of customers, and vehicles that are charged."""

from __future__ import annotations

from .edits import line, replaced, without_line
from .mutation import harmless, rows

KINDS = (
    # ── electricity use ──
    rows(
        "a class of seven customers shown",
        "electricity use",
        "few_customers_suppressed",
        "critical",
        replaced('"63,587",71,290', '"63,587",7,290'),
        ("8",),
    ),
    rows(
        "classes above their total",
        "electricity use",
        "classes_add_up",
        "major",
        replaced('"1,063,356"', '"9,063,356"'),
        ("2", "3", "4", "5", "6"),
        n=9,
    ),
    rows(
        "a branch without its total",
        "electricity use",
        "total_row_present",
        "minor",
        without_line(11),
        ("2", "3", "4", "5", "6"),
        n=9,
    ),
    rows(
        "a star that can be worked out",
        "electricity use",
        "suppressed_cell_can_be_worked_out",
        "major",
        replaced("กิจการเฉพาะอย่าง,*,*,*", 'กิจการเฉพาะอย่าง,"50,000",12,90'),
        ("5",),
    ),
    rows(
        "a branch whose thousands were lost",
        "electricity use of six branches",
        "use_per_customer",
        "minor",
        replaced('"1,063,356"', '"10,633,560"'),
        ("2",),
        also={"classes_add_up": 9},
    ),
    # ── charging ──
    rows(
        "a session that ends before it starts",
        "charging",
        "ends_after_it_starts",
        "major",
        line(3, END_TIME="2026-03-19 09:10:54"),
        ("3",),
        also={"energy_fits_duration": 1},
    ),
    rows(
        "more energy than the time allows",
        "charging",
        "energy_fits_duration",
        "major",
        line(3, ENERGY_KWH="480", AMOUNT_THB="3600"),
        ("3",),
        also={"soft_range": 1},
    ),
    rows(
        "a price of 40 baht a kilowatt-hour",
        "charging",
        "price_is_usual",
        "minor",
        line(3, AMOUNT_THB="3700"),
        ("3",),
        also={"soft_range": 1},
    ),
    rows(
        "two sessions at one connector",
        "charging",
        "one_session_a_connector",
        "minor",
        line(4, START_TIME="2026-03-19 11:00:00", END_TIME="2026-03-19 11:54:00"),
        ("4",),
    ),
    rows(
        "a telephone number in a station's name",
        "charging",
        "no_personal_data",
        "critical",
        line(3, STATION_NAME="EV Station แม่เมาะ โทร 089-765-4321"),
        ("3",),
    ),
    rows("energy below zero", "charging", "hard_range", "major", line(3, ENERGY_KWH="-3"), ("3",)),
    # ── what only looks like a fault ──
    harmless("a remark, which is never taken", "charging", line(3, REMARK="โทรกลับ 089-765-4321")),
)
