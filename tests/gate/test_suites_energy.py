"""The suites of the energy tables: clean tables pass, and each rule catches its fault."""

from __future__ import annotations

import pytest

from .suite_tables import CleanTables

# Two units of 300 MW for one local day (24 hours of 280 and 252 MW.h), one retired unit, a day of fuel, a branch of PEA with
# a suppressed class and a total, a price that changed once.
CLEAN = """
create schema silver; create schema gold;
create table gold.dim_plant_unit as
select * from (values
    ('MM-10', 'operating', date '1991-01-01', null::date, null::date),
    ('MM-11', 'operating', date '1991-01-01', null::date, null::date),
    ('MM-04', 'operating', date '1984-01-01', date '2019-12-31', date '2019-12-31'),
    ('MM-04', 'retired', date '2020-01-01', null::date, date '2019-12-31')
) as unit(unit_key, status, valid_from, valid_to, retirement_date);
create table gold.fct_generation_unit_hourly as
select 'egat_generation' as source_id, unit_key, to_timestamp(1794762000 + hour_no * 3600) as interval_start_at,
    date '2026-11-16' as observed_date, 280e0 as gross_mwh, 252e0 as net_mwh, 28e0 as auxiliary_mwh, 504e0 as plant_net_mwh,
    300e0 as installed_mw, 270e0 as contracted_mw
from range(24) as hours(hour_no), (values ('MM-10'), ('MM-11')) as units(unit_key);
create table gold.fct_generation_unit_daily as
select source_id, unit_key, observed_date, sum(gross_mwh) as gross_mwh, sum(net_mwh) as net_mwh,
    sum(auxiliary_mwh) as auxiliary_mwh, count(*) as n_hours, true as has_sufficient_data, 24 as service_h,
    93.3e0 as capacity_factor_installed_pct, 93.3e0 as capacity_factor_contracted_pct
from gold.fct_generation_unit_hourly group by all;
create table gold.fct_fuel_consumption as
select source_id, unit_key, 'LIG' as fuel_code, observed_date, 6048e0 as fuel_t, 10.4e0 as ncv_reported_mj_kg, net_mwh,
    1e0 as specific_use_t_mwh, 10.4e0 as heat_rate_gj_mwh
from gold.fct_generation_unit_daily;
create table gold.fct_electricity_use_monthly as
select 'pea_electricity_use' as source_id, 'B1' as branch_code,
    cast(date '2025-01-01' + to_months(cast(m as integer)) as date) as month_date, user_class, kwh as energy_kwh,
    people as customers, peak as peak_kw, kwh / people as kwh_per_customer, kwh is null as is_suppressed,
    9000e0 as branch_total_kwh, 120 as branch_total_customers
from range(13) as months(m),
    (values ('residential', 5000e0, 100, 10e0), ('small_general', 2000e0, 15, 5e0), ('large_general', null, null, null))
    as classes(user_class, kwh, people, peak);
create table gold.fct_fuel_price as
select 'ptt_oil_price' as source_id, * from (values
    ('ptt', 'gh95', 'bangkok', 'GSH95', date '2026-11-01', date '2026-11-05', 30e0, null, null),
    ('ptt', 'gh95', 'bangkok', 'GSH95', date '2026-11-05', null, 30.5e0, 30e0, 0.5e0)
) as price(brand, product_code, area, fuel_code, valid_from, valid_to, price_thb_l, previous_price_thb_l, change_thb_l);
create table silver.fuel_price as
select 'ptt' as brand, 'gh95' as product_code, date '2026-11-01' as effective_date, 'ptt_oil_price' as source_id,
    30e0 as price_thb, 'moen_oil_price' as other_source_id, 30e0 as price_of_other_source_thb;
"""

TABLES = {
    "fct_generation_unit_hourly": "gold",
    "fct_generation_unit_daily": "gold",
    "fct_fuel_consumption": "gold",
    "fct_electricity_use_monthly": "gold",
    "fct_fuel_price": "gold",
    "fuel_price": "silver",
}


@pytest.fixture(scope="module")
def clean() -> CleanTables:
    return CleanTables(CLEAN, TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_a_clean_table_passes(clean: CleanTables, table: str) -> None:
    assert clean.failing(table, previous=clean.address(table)) == {}


def test_fewer_hours_than_last_published_are_told(clean: CleanTables) -> None:
    more = "(select * from gold.fct_generation_unit_hourly union all select * from gold.fct_generation_unit_hourly)"
    assert clean.failing("fct_generation_unit_hourly", previous=more) == {"rows_not_fewer": 1}
