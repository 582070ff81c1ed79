"""Units of measure (UCUM) and how to get from one to another.

Sources: exact factors are definitions (SI, and the international inch and knot of 1959). Between mass and parts per
volume a gas takes 24.45 L/mol, the molar volume at 25 °C and 1 atm, which is the basis of the Thai standards
(Pollution Control Department): SO2 1 ppb = 2.62 ug/m3, NO2 1.88, O3 1.96, CO 1 ppm = 1.145 mg/m3.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

MOLAR_VOLUME = 24.45
"""L/mol of an ideal gas at 25 °C and 1 atm."""


class UnitError(ValueError):
    """A unit that is not known, or two units that measure different things."""


@dataclass(frozen=True)
class _Unit:
    """What a unit measures, and value_in_base = value * factor + offset."""

    dimension: str
    factor: float = 1.0
    offset: float = 0.0


_UNITS: dict[str, _Unit] = {
    # mass and parts per volume; bases ug/m3 and [ppb]
    "ug/m3": _Unit("mass per volume"),
    "mg/m3": _Unit("mass per volume", 1e3),
    "[ppb]": _Unit("parts per volume"),
    "[ppm]": _Unit("parts per volume", 1e3),
    # pressure
    "hPa": _Unit("pressure"),
    "mbar": _Unit("pressure"),
    "kPa": _Unit("pressure", 10),
    "Pa": _Unit("pressure", 0.01),
    # temperature
    "Cel": _Unit("temperature"),
    "K": _Unit("temperature", 1, -273.15),
    "[degF]": _Unit("temperature", 5 / 9, -160 / 9),
    # speed
    "m/s": _Unit("speed"),
    "km/h": _Unit("speed", 1 / 3.6),
    "[kn_i]": _Unit("speed", 1852 / 3600),
    # length of rain
    "mm": _Unit("length"),
    "[in_i]": _Unit("length", 25.4),
    # emission
    "g/s": _Unit("mass flow"),
    "kg/h": _Unit("mass flow", 1 / 3.6),
    "m3/h": _Unit("volume flow"),
    "m3/s": _Unit("volume flow", 3600),
    # these have no other spelling to convert from
    "%": _Unit("share"),
    "deg": _Unit("angle"),
    "W/m2": _Unit("irradiance"),
}

# How partners write units, in lower case without blanks; the micro sign has two code points.
_WRITTEN: dict[str, str] = {
    **{unit.lower(): unit for unit in _UNITS},
    **dict.fromkeys(("µg/m³", "μg/m³", "µg/m3", "μg/m3", "ug/m³", "ug/cu.m.", "มคก./ลบ.ม.", "มคก/ลบ.ม."), "ug/m3"),
    **dict.fromkeys(("mg/m³", "mg/nm3", "mg/cu.m.", "มก./ลบ.ม."), "mg/m3"),
    **dict.fromkeys(("ppb", "ppbv"), "[ppb]"),
    **dict.fromkeys(("ppm", "ppmv"), "[ppm]"),
    **dict.fromkeys(("mb", "millibar"), "mbar"),
    **dict.fromkeys(("c", "°c", "degc", "deg.c", "c-deg.", "c-deg", "celsius"), "Cel"),
    **dict.fromkeys(("f", "°f", "degf"), "[degF]"),
    **dict.fromkeys(("%rh", "percent"), "%"),
    **dict.fromkeys(("degree", "degrees", "°", "deg."), "deg"),
    **dict.fromkeys(("mm.", "มม."), "mm"),
    **dict.fromkeys(("in", "inch", "inches", "นิ้ว"), "[in_i]"),
    **dict.fromkeys(("kph", "kmh", "กม./ชม."), "km/h"),
    **dict.fromkeys(("knot", "knots", "kt"), "[kn_i]"),
    **dict.fromkeys(("w/m²", "w/sq.m."), "W/m2"),
    **dict.fromkeys(("nm3/h", "nm3/hr", "nm³/h", "nm³/hr", "m³/h", "m3/hr"), "m3/h"),
}


def ucum(written: str) -> str:
    """The UCUM code for a unit as a partner writes it: ``"µg/m³"`` → ``"ug/m3"``, ``"C-deg."`` → ``"Cel"``.

    Raises:
        UnitError: the spelling is not known.
    """
    found = _WRITTEN.get("".join(written.split()).lower())
    if found is None:
        raise UnitError(f"unit {written!r} is not known; add its spelling to expectations/units.py")
    return found


def linear(from_unit: str, to_unit: str, molar_mass: float | None = None) -> tuple[float, float]:
    """The pair (factor, offset) such that ``value * factor + offset`` turns from_unit into to_unit (UCUM codes).

    Args:
        molar_mass: g/mol, needed only between mass and parts per volume.

    Raises:
        UnitError: a unit is not known, the two measure different things, or the molar mass is missing.
    """
    source, target = _known(from_unit), _known(to_unit)
    bridge = 1.0
    if source.dimension != target.dimension:
        kinds = {source.dimension, target.dimension}
        if kinds != {"mass per volume", "parts per volume"}:
            raise UnitError(f"{from_unit} ({source.dimension}) cannot become {to_unit} ({target.dimension})")
        if molar_mass is None:
            raise UnitError(f"{from_unit} to {to_unit} needs the molar mass of the gas, in g/mol")
        per_ppb = molar_mass / MOLAR_VOLUME
        bridge = per_ppb if source.dimension == "parts per volume" else 1 / per_ppb
    return source.factor * bridge / target.factor, (source.offset * bridge - target.offset) / target.factor


def convert(value: float, from_unit: str, to_unit: str, molar_mass: float | None = None) -> float:
    """One value from one UCUM unit to another. Raises `UnitError` as `linear` does."""
    factor, offset = linear(from_unit, to_unit, molar_mass)
    return value * factor + offset


def convert_expr(values: pl.Expr, from_unit: str, to_unit: str, molar_mass: float | None = None) -> pl.Expr:
    """A Float64 column from one UCUM unit to another; NULL stays NULL. Raises `UnitError` as `linear` does."""
    factor, offset = linear(from_unit, to_unit, molar_mass)
    return values * factor + offset


def _known(unit: str) -> _Unit:
    if unit not in _UNITS:
        raise UnitError(f"unit {unit!r} is not a UCUM code known here; known: {', '.join(sorted(_UNITS))}")
    return _UNITS[unit]
