{{ config(order_by=['place_code', 'quantity', 'haze_season']) }}

-- How far particles move together with fires, and with generation, while the other one and the wind are held fixed,
-- by season. A partial correlation says what goes together, not what causes what: the weather behind both is held
-- fixed only as far as the wind speed goes, and neighbouring days are not independent.
with day as (
    select
        *,
        n_hotspots_0_10_km + n_hotspots_10_50_km + n_hotspots_50_100_km as n_hotspots
    from {{ ref('mart_haze_attribution_daily') }}
),

particle as (
    select
        place_code,
        'PM25' as quantity,
        haze_season,
        observed_date,
        pm25_ug_m3 as pm,
        cast(n_hotspots as double) as fires,
        net_generation_mwh as generation,
        ws_mean as wind
    from day
    union all
    select
        place_code,
        'PM10' as quantity,
        haze_season,
        observed_date,
        pm10_ug_m3 as pm,
        cast(n_hotspots as double) as fires,
        net_generation_mwh as generation,
        ws_mean as wind
    from day
),

-- Only days on which all four are known; the first number of days is that of the particles alone.
complete as (
    select
        *,
        pm is not null and fires is not null and generation is not null and wind is not null as is_complete
    from particle
),

counted as (
    select
        place_code,
        quantity,
        haze_season,
        count(pm) as n_days_measured,
        sum(case when is_complete then 1 else 0 end) as n_days
    from complete
    group by place_code, quantity, haze_season
),

pairwise as (
    select
        place_code,
        quantity,
        haze_season,
        min(observed_date) as first_date,
        max(observed_date) as last_date,
        {{ steady_corr('pm', 'fires') }} as r_pm_fires,
        {{ steady_corr('pm', 'generation') }} as r_pm_generation,
        {{ steady_corr('pm', 'wind') }} as r_pm_wind,
        {{ steady_corr('fires', 'generation') }} as r_fires_generation,
        {{ steady_corr('fires', 'wind') }} as r_fires_wind,
        {{ steady_corr('generation', 'wind') }} as r_generation_wind
    from complete
    where is_complete
    group by place_code, quantity, haze_season
),

-- First the wind is held fixed …
without_wind as (
    select
        *,
        {{ partial_correlation('r_pm_fires', 'r_pm_wind', 'r_fires_wind') }} as r_pm_fires_w,
        {{ partial_correlation('r_pm_generation', 'r_pm_wind', 'r_generation_wind') }} as r_pm_generation_w,
        {{ partial_correlation('r_fires_generation', 'r_fires_wind', 'r_generation_wind') }} as r_fires_generation_w
    from pairwise
),

-- … then, of fires and generation, the other one.
partial as (
    select
        *,
        {{ partial_correlation('r_pm_fires_w', 'r_pm_generation_w', 'r_fires_generation_w') }} as partial_fires,
        {{ partial_correlation('r_pm_generation_w', 'r_pm_fires_w', 'r_fires_generation_w') }} as partial_generation
    from without_wind
)

select
    counted.place_code,
    counted.quantity,
    counted.haze_season,
    cast(counted.n_days_measured as bigint) as n_days_measured,
    cast(counted.n_days as bigint) as n_days,
    partial.first_date,
    partial.last_date,
    case when counted.n_days >= 30 then partial.r_pm_fires end as r_pm_hotspots,
    case when counted.n_days >= 30 then partial.r_pm_generation end as r_pm_generation,
    case when counted.n_days >= 30 then partial.r_pm_wind end as r_pm_wind,
    case when counted.n_days >= 30 then round(partial.partial_fires, 6) end as partial_r_pm_hotspots,
    case when counted.n_days >= 30 then round(partial.partial_generation, 6) end as partial_r_pm_generation,
    case
        when counted.n_days < 30 then 'fewer_than_30_days'
        when partial.partial_fires is null or partial.partial_generation is null then 'no_variation'
    end as reason
from counted
left join partial
    on
        counted.place_code = partial.place_code
        and counted.quantity = partial.quantity
        and counted.haze_season = partial.haze_season
