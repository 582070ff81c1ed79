"""The invented fuel market: one price per brand, product and day, so that EPPO's and PTT's answers agree.

Retail prices move by steps on some mornings at 05:00, as they do in Thailand; what a litre is made of adds up to them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from simulator.world import World

FROZEN_BRAND, FROZEN_SINCE = "esso", date(2025, 9, 24)
MAX_CALM_DAYS = 60
VAT = 0.07


@dataclass(frozen=True)
class Product:
    """`base` baht/litre at level 0, `moves` how much of the market's level it follows, in steps of `step` baht."""

    code: str
    base: float
    moves: float
    step: float
    is_diesel: bool
    excise: float = 0.0
    margin: float = 3.0
    ex_refinery: float = 0.0


PRODUCTS: dict[str, Product] = {
    product.code: product
    for product in (
        Product("ds", 33.04, 0.7, 0.5, True, 5.99, 1.9, 24.6),
        Product("dsb10", 32.54, 0.7, 0.5, True, 5.8, 1.9, 25.0),
        Product("dsb20", 30.24, 0.7, 0.5, True, 5.153, 1.9, 25.7),
        Product("e20", 31.14, 1.0, 0.3, False, 5.2, 3.4, 22.7),
        Product("e85", 28.49, 0.8, 0.3, False, 0.975, 3.5, 25.1),
        Product("gh91", 33.58, 1.0, 0.3, False, 5.85, 3.3, 21.6),
        Product("gh95", 33.95, 1.0, 0.3, False, 5.85, 3.2, 22.0),
        Product("gl95", 42.44, 1.0, 0.3, False, 6.5, 3.5, 22.4),
        Product("gl95p", 50.34, 1.0, 0.3, False),
        Product("gs95p", 41.74, 1.0, 0.3, False),
        Product("gs99p", 43.34, 1.0, 0.3, False),
        Product("pds", 42.34, 0.7, 0.5, True),
    )
}
# In the order of EPPO's answer: what each brand sells, and what it asks above the common price.
BRANDS: dict[str, tuple[str, float]] = {
    "bcp": ("ds dsb20 e20 e85 gh91 gh95 gs95p pds", 0.0),
    "caltex": ("ds dsb20 e20 gh91 gh95 gl95 pds", 0.0),
    "esso": ("ds e20 gh91 gh95 gs95p pds", 0.0),
    "irpc": ("ds gh91 gh95", 0.0),
    "pt": ("ds dsb20 e20 gh91 gh95 gl95", 0.0),
    "ptt": ("ds dsb20 e20 e85 gh91 gh95 gl95 gs95p gs99p pds", 0.0),
    "pure": ("ds dsb20 e20 gh91 gh95", 0.0),
    "shell": ("ds dsb20 e20 gh91 gh95 gs95p pds", 0.3),
    "susco1": ("ds dsb20 e20 gh91 gh95 gl95", 0.0),
    "susco2": ("ds dsb20 e20 gh91 gh95 gl95", 0.0),
}


def price_day(world: World) -> date:
    """The day whose prices are in force now: they change at 05:00."""
    return (world.last_hour - timedelta(hours=5)).date()


def price_days(world: World, count: int = 25) -> list[date]:
    """Whole days of the world on which prices are asked for, when not on all: evenly spread, the last one among them."""
    days = world.dates[::-1]
    return days[:: max(1, round(len(days) / count))][::-1]


def price(world: World, product: str, day: date, brand: str = "ptt") -> float | None:
    """Baht per litre in force on a day; None where the brand does not sell the product."""
    sold, extra = BRANDS[brand]
    if product not in sold.split():
        return None
    return round(common_price(world.seed, product, day) + (extra if not PRODUCTS[product].is_diesel else 0.0), 2)


@lru_cache(maxsize=100_000)
def common_price(seed: int, product: str, day: date) -> float:
    one = PRODUCTS[product]
    return round(one.base + one.step * round(one.moves * _level(seed, day) / one.step), 2)


def since(world: World, product: str, day: date) -> date:
    """The morning from which the price of `day` has been in force."""
    now = common_price(world.seed, product, day)
    for n in range(1, MAX_CALM_DAYS):
        if common_price(world.seed, product, day - timedelta(days=n)) != now:
            return day - timedelta(days=n - 1)
    return day - timedelta(days=MAX_CALM_DAYS)


def brand_since(world: World, brand: str, day: date) -> date:
    """The last morning on which any price of the brand changed; one brand stopped reporting."""
    if brand == FROZEN_BRAND and day > FROZEN_SINCE:
        return FROZEN_SINCE
    return max(since(world, product, day) for product in BRANDS[brand][0].split())


def brand_price(world: World, brand: str, product: str, day: date) -> float | None:
    """What EPPO's page shows on a day: for the frozen brand its last report."""
    return price(world, product, min(day, FROZEN_SINCE) if brand == FROZEN_BRAND else day, brand)


def exchange_rate(world: World, day: date) -> float:
    """Baht per US dollar."""
    return round(33.4 + 0.9 * math.sin(day.toordinal() / 71 + world.seed), 4)


def structure(world: World, product: str, day: date, reference_brand: str = "ptt") -> dict[str, float]:
    """What one litre is made of; the oil fund takes up the rest, so it is negative for what is subsidised."""
    one = PRODUCTS[product]
    retail = common_price(world.seed, product, day)
    ex_refinery = one.ex_refinery + one.moves * _level(world.seed, day) + 0.35 * math.sin(day.toordinal() * 1.7)
    excise, local, conservation = one.excise, one.excise / 10, 0.05
    wholesale = retail / (1 + VAT) - one.margin
    fund = round(wholesale - ex_refinery - excise - local - conservation, 2)
    wholesale = ex_refinery + excise + local + conservation + fund
    margin = retail / (1 + VAT) - wholesale
    return {
        "ex_refinery": ex_refinery,
        "excise_tax": excise,
        "municipal_tax": local,
        "oil_fund": fund,
        "conservation_fund": conservation,
        "wholesale": wholesale,
        "vat_wholesale": wholesale * VAT,
        "wholesale_incl_vat": wholesale * (1 + VAT),
        "marketing_margin": margin,
        "vat_marketing_margin": margin * VAT,
        "retail": retail,
    }


def _level(seed: int, day: date) -> float:
    """The market, in baht: slow waves that no two seeds share."""
    n = day.toordinal()
    return 3.2 * math.sin(n / 131 + seed) + 1.4 * math.sin(n / 37 + 2.1 * seed) + 0.6 * math.sin(n / 9.3 + 0.7 * seed)
