"""G1: records of visitors, products, prices and people."""

from __future__ import annotations

from .edits import all_of, cell, line, put, replaced
from .mutation import rows

KINDS = (
    # ── visitors ──
    rows(
        "visitors that are not Thai and foreign together",
        "visitors",
        "visitors_add_up",
        "critical",
        cell("H7", "1,162,600"),
        ("A7",),
    ),
    rows(
        "receipts a thousand times too high",
        "visitors",
        "receipts_per_visitor",
        "minor",
        cell("Q7", 5982440.0),
        ("A7",),
    ),
    rows(
        "more than two nights' guests for a visitor",
        "visitors",
        "guests_within_visitors",
        "minor",
        cell("E7", "2,488,796"),
        ("A7",),
    ),
    rows(
        "a change of occupancy that is another",
        "visitors",
        "occupancy_change_agrees",
        "minor",
        cell("D7", 9.9),
        ("A7",),
    ),
    rows(
        "an occupancy of 140 %",
        "visitors",
        "hard_range",
        "major",
        cell("B7", 140.0),
        ("A7",),
        also={"occupancy_change_agrees": 1, "soft_range": 1},
    ),
    rows(
        "an occupancy of 12 %", "visitors", "soft_range", "minor", all_of(cell("B7", 12.0), cell("D7", -46.58)), ("A7",)
    ),
    rows("a month that stands for no month", "origins", "readable", "major", line(4, เดือน="13"), ("4",)),
    # ── gates of the sites ──
    rows("twice as many leave as came", "gates", "leave_about_as_many_as_enter", "minor", line(2, left="700"), ("2",)),
    rows(
        "a day without count and without a word",
        "gates",
        "count_or_remark",
        "minor",
        line(2, entered="", remark=""),
        ("2",),
    ),
    rows(
        "a count below zero",
        "gates",
        "hard_range",
        "major",
        line(2, entered="-5"),
        ("2",),
        also={"quarantined_share": 1},
    ),
    # ── product ──
    rows(
        "a product per head that does not follow",
        "gpp",
        "per_capita_agrees",
        "major",
        cell("E5", 96841.68584107787 * 1.02),
        ("B5",),
        also={"quarantined_share": 1},
    ),
    rows(
        "industries that do not make the product",
        "gpp",
        "industries_add_up",
        "major",
        cell("E5", 1.0, sheet=2),
        ("E15",),
    ),
    rows(
        "a province that nobody knows",
        "gpp",
        "province_has_code",
        "minor",
        cell("B9", "0203 ATLANTIS"),
        ("B9",),
        told={"unknown_place"},
    ),
    # ── prices ──
    rows("an index that jumps by half", "price index", "index_does_not_jump", "minor", cell("F7", 150.0), ("F7", "G7")),
    rows(
        "a price sold without a price",
        "pump prices",
        "price_where_sold",
        "major",
        put("data", "bcp", "oil_bcp_ds", value=""),
        ("oil_bcp_ds",),
    ),
    rows(
        "a price far from the others'",
        "pump prices",
        "far_from_other_brands",
        "minor",
        put("data", "bcp", "oil_bcp_ds", value="36.54"),
        ("oil_bcp_ds",),
    ),
    rows(
        "a price in satang",
        "pump prices",
        "hard_range",
        "major",
        put("data", "bcp", "oil_bcp_ds", value="2954"),
        ("oil_bcp_ds",),
        also={"far_from_other_brands": 1, "soft_range": 1},
    ),
    rows(
        "taxes that do not make the wholesale price",
        "price structure",
        "wholesale_adds_up",
        "major",
        cell("E7", 6.85, sheet=2),
        ("B7",),
    ),
    rows(
        "margins that do not make the retail price",
        "price structure",
        "retail_adds_up",
        "major",
        cell("L7", 4.2037, sheet=2),
        ("B7",),
    ),
    rows(
        "a price of the wrong order",
        "fuel prices",
        "hard_range",
        "major",
        replaced("38.840", "3884.0"),
        ("FUEL[0]",),
        also={"quarantined_share": 1, "soft_range": 1},
    ),
    # ── people ──
    rows("men and women that are not all", "people", "sexes_add_up", "critical", line(4, TOTAL="5,234"), ("4",)),
    rows(
        "a tambon's code in another province",
        "people",
        "codes_nest",
        "major",
        line(4, **{"CCAATT-CODE": "500101"}),
        ("4",),
    ),
    rows(
        "more people in the villages than in the tambon",
        "people",
        "villages_make_the_tambon",
        "minor",
        line(24, MALE="3,000", FEMALE="3,000", TOTAL="6,000"),
        ("24",),
    ),
    rows("a figure without its unit", "indicators", "unit_given", "major", put(3, "unit", value=""), ("3",)),
    rows("a place that nobody knows", "indicators", "place_known", "minor", put(3, "province", value="แดนไกล"), ("3",)),
)
