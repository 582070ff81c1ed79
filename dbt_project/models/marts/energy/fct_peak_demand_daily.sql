{{ config(
    year_of='observed_date',
    order_by=['area', 'observed_date'],
) }}

with demand as (
    select * from {{ ref('system_demand') }}
    where {{ in_months('observed_date') }}
),

peak as (
    select
        source_id,
        area,
        observed_date,
        max(demand_mw) as peak_mw,
        min(demand_mw) as minimum_mw,
        count(demand_mw) as n_readings
    from demand
    group by source_id, area, observed_date
)

select
    peak.area,
    peak.observed_date,
    max(peak.peak_mw) as peak_mw,
    -- The first instant of the peak, when it lasted.
    min(demand.observed_at) as peak_at,
    max(peak.minimum_mw) as minimum_mw,
    cast(max(peak.n_readings) as bigint) as n_readings,
    cast(1440 as bigint) as n_expected,
    cast(max(peak.n_readings) as double) / 1440 as completeness,
    -- A day that is still running, or lost hours, may not have seen its peak.
    max(peak.n_readings) >= 1296 as has_sufficient_data,
    peak.source_id
from peak
inner join demand
    on
        peak.source_id = demand.source_id
        and peak.area = demand.area
        and peak.observed_date = demand.observed_date
        and peak.peak_mw = demand.demand_mw
group by peak.source_id, peak.area, peak.observed_date
