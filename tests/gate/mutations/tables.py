"""The clean tables that mutations of silver and of the marts begin with: those of the suites' own tests, and the city's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from expectations.rules import Rule
from expectations.suites import load_suites
from tests.gate import test_suites, test_suites_energy, test_suites_geo
from tests.gate.suite_tables import CleanTables

# Mae Mo with its five tambons and a village, two months; three industries of two provinces and two vintages; visitors of
# two months and a gate; an index and an income; two key figures; exposure of two tambons on two days.
CITY = """
create schema silver; create schema gold;
create table gold.fct_population_monthly as
select 'dopa_population' as source_id, code as place_code, name as place_name, level as native_place_level,
    '52' as province_code, case when length(code) >= 6 then left(code, 6) end as tambon_code, month as month_date,
    people // 2 as male, people - people // 2 as female, people as total
from (values ('52', 'ลำปาง', 'province', 30000), ('5202', 'แม่เมาะ', 'district', 30000),
    ('520204', 'แม่เมาะ', 'tambon', 10000), ('520205', 'สบป้าด', 'tambon', 6000), ('52020501', 'หมู่ที่ 1', 'village', 6000))
    as place(code, name, level, people),
    (values (date '2026-01-01'), (date '2026-02-01')) as months(month);
create table gold.fct_gpp_yearly as
select 'nesdc_gpp' as source_id, code as place_code, name as place_name, 'province' as native_place_level, 'current' as price_basis,
    2023 as ce_year, vintage, vintage = 'r' as is_latest_vintage, line_no, line_kind, industry, industry_code, parent_code,
    value as value_mthb
from (values ('52', 'ลำปาง'), ('50', 'เชียงใหม่')) as place(code, name), (values ('p'), ('r')) as vintages(vintage),
    (values (1, 'subtotal', 'Services', 'S', null, 60e0), (2, 'industry', 'Trade', 'G', 'S', 35e0),
        (3, 'industry', 'Transport', 'H', 'S', 25e0), (4, 'industry', 'Mining', 'B', null, 40e0),
        (5, 'total', 'GPP', null, null, 100e0)) as lines(line_no, line_kind, industry, industry_code, parent_code, value);
create table gold.fct_gpp_per_capita_yearly as
select source_id, place_code, place_name, native_place_level, ce_year, vintage, is_latest_vintage, value_mthb as gpp_mthb,
    1000e0 as population_person, 100000e0 as per_capita_thb, 100000e0 as per_capita_recomputed_thb
from gold.fct_gpp_yearly where line_kind = 'total';
create table gold.fct_tourism_monthly as
select 'tat_visitors' as source_id, '52' as place_code, 'ลำปาง' as place_name, 'province' as native_place_level,
    month as month_date, vintage, vintage <> 'unstated' as is_latest_vintage, origin, people as visitors,
    people * 3174 / 1e6 as receipts_mthb, case origin when 'all' then 900 end as guests
from (values (date '2026-01-01'), (date '2026-02-01')) as months(month), (values ('final'), ('unstated')) as v(vintage),
    (values ('all', 1000), ('thai', 900), ('foreign', 100)) as origins(origin, people);
create table gold.fct_site_visits_daily as
select 'egat_site_visits' as source_id, 'MM-GARDEN' as site_id, '520204' as place_code,
    date '2026-01-05' + cast(n as integer) as observed_date, 40 as visits
from range(10) as days(n);
create table gold.fct_socio_econ as
select * from (values
    ('moc_cpi', '52', 'ลำปาง', 'province', 'cpi', '{"base_year": "2566"}'::json, date '2026-01-01', 'P1M', '1', true),
    ('moc_cpi', '52', 'ลำปาง', 'province', 'cpi', '{"base_year": "2566"}'::json, date '2026-02-01', 'P1M', '1', true),
    ('nso_indicator', '52', 'ลำปาง', 'province', 'income', '{}'::json, date '2023-01-01', 'P1Y', 'THB', true)
) as fact(source_id, place_code, place_name, native_place_level, indicator, dimensions, period_start_date, averaging_period,
    unit, is_latest_vintage);
create table gold.dim_kpi as
select * from (values ('E1', 0.75), ('N2.cf', 0.75), ('N3', 0.9)) as kpi(kpi_id, needed_completeness);
create table gold.fct_kpi as
select kpi_id, 'plant' as subject_type, 'MM' as subject_key, date '2026-01-01' as period_start_date, value, unit,
    1e0 as completeness,
    case when value is null then 'not_computable' else 'on_target' end as status,
    case when value is null then 'no_data' end as reason
from (values ('E1', null, 'd'), ('N2.cf', 85e0, '%'), ('N3', 1e0, 't/MW.h')) as figure(kpi_id, value, unit);
create table gold.mart_energy_equity as
select 'B1' as branch_code, place_code, native_place_level, month_date, total as population, month_date as population_month_date
from gold.fct_population_monthly where native_place_level = 'tambon';
create table gold.mart_haze_attribution_daily as
select '520204' as place_code, date '2026-02-01' + cast(n as integer) as observed_date, 'burning' as haze_season,
    60 + n * 2e0 as pm25_ug_m3, 2 + n as n_hotspots_0_10_km, 3 + n as n_hotspots_10_50_km, 5 + n as n_hotspots_50_100_km,
    true as has_hotspot_delivery
from range(24) as days(n);
create table gold.fct_generation_unit_daily as
select 'egat_generation' as source_id, date '2026-01-01' + cast(n as integer) as observed_date, 36000e0 as net_mwh
from range(31) as days(n);
create table gold.fct_electricity_statistic_monthly as
select 'moen_electricity' as source_id, 'T05_02_01' as table_id, 'COAL & LIGNITE' as category, true as is_latest_vintage,
    month as month_date, 2900e0 as value_gwh
from (values (date '2026-01-01'), (date '2026-02-01')) as months(month);
create table gold.mart_exposure_daily as
select place_code, day as observed_date, 50e0 as pm25_ug_m3, 37.5e0 as limit_ug_m3, total as population,
    month_date as population_month_date, total as person_days_above
from gold.fct_population_monthly, (values (date '2026-02-03'), (date '2026-02-04')) as days(day)
where native_place_level = 'tambon' and month_date = date '2026-02-01';
"""
_CITY_TABLES = (
    "fct_population_monthly", "fct_gpp_yearly", "fct_gpp_per_capita_yearly", "fct_tourism_monthly", "fct_site_visits_daily",
    "fct_socio_econ", "fct_kpi", "mart_exposure_daily", "mart_energy_equity", "mart_haze_attribution_daily",
    "fct_electricity_statistic_monthly",
)  # fmt: skip
_GROUPS: tuple[tuple[str, Mapping[str, str]], ...] = (
    (test_suites.SILVER, test_suites.TABLES),
    (test_suites_energy.CLEAN, test_suites_energy.TABLES),
    (test_suites_geo.CLEAN, test_suites_geo.TABLES),
    (CITY, dict.fromkeys(_CITY_TABLES, "gold")),
)


@cache
def groups() -> tuple[CleanTables, ...]:
    """Tables that belong together, each with what was published of it before beside it, in the schema `before`."""
    made = []
    for sql, schemas in _GROUPS:
        tables = CleanTables(sql, schemas)
        tables.conn.execute("create schema before")
        for name in schemas:
            tables.conn.execute(f"create table before.{name} as select * from {tables.address(name)}")
        made.append(tables)
    return tuple(made)


def addresses() -> list[str]:
    """Every clean table, with its schema."""
    return [tables.address(name) for tables in groups() for name in tables.schemas]


def group_of(address: str) -> CleanTables:
    return next(t for t in groups() if address in {t.address(name) for name in t.schemas})


@cache
def suites(with_previous: bool = True) -> Mapping[str, Sequence[Rule]]:
    """Table → its rules, those that compare it with the last publication among them or left out."""
    names = [address.split(".")[1] for address in addresses()]
    return load_suites({name: f"before.{name}" for name in names} if with_previous else {})


@cache
def comparing() -> frozenset[str]:
    """Ids of the rules that compare a table with what was published of it last."""
    alone = {(table, rule.id) for table, rules in suites(False).items() for rule in rules}
    return frozenset(rule.id for table, rules in suites().items() for rule in rules if (table, rule.id) not in alone)
