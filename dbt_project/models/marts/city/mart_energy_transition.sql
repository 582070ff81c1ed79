{{ config(order_by=['place_code', 'ce_year']) }}

-- What the district makes and what the province lives from, each at the level that its figures are published for: no
-- product of the province is ever spread to the district.
with generation as (
    select
        cast(extract(year from observed_date) as integer) as ce_year,
        {{ exact_sum('net_mwh') }} as net_mwh,
        count(distinct observed_date) as n_days
    from {{ ref('fct_generation_unit_daily') }}
    group by cast(extract(year from observed_date) as integer)
),

burn as (
    select
        cast(extract(year from observed_date) as integer) as ce_year,
        {{ exact_sum("case when fuel_code = 'LIG' then fuel_t end") }} as lignite_t,
        {{ exact_sum('co2_reported_ncv_t') }} as co2_t
    from {{ ref('fct_fuel_consumption') }}
    group by cast(extract(year from observed_date) as integer)
),

renewable as (
    select
        cast(extract(year from observed_date) as integer) as ce_year,
        {{ exact_sum('energy_kwh') }} / 1000 as renewable_mwh,
        {{ exact_sum('case when is_within_unit_generation then energy_kwh end') }} / 1000 as cofired_mwh
    from {{ ref('fct_renewable_generation') }}
    where is_generation
    group by cast(extract(year from observed_date) as integer)
),

register as (
    select
        place_code,
        cast(extract(year from valid_from) as integer) as ce_year,
        valid_from,
        total
    from {{ ref('int_population__register') }}
    where
        is_last_of_year
        and native_place_level in ('district', 'province')
),

product as (
    select
        place_code,
        ce_year,
        max(case when industry_code = 'B' then value_mthb end) as mining_mthb,
        max(case when industry_code = 'D' then value_mthb end) as electricity_mthb,
        max(case when industry_code = 'GPP' then value_mthb end) as gpp_mthb,
        max(vintage) as vintage
    from {{ ref('fct_gpp_yearly') }}
    where
        place_code = {{ city_province() }}
        and price_basis = 'current'
        and is_latest_vintage
    group by place_code, ce_year
),

place_year as (
    select
        {{ city_district() }} as place_code,
        ce_year
    from generation
    union distinct
    select
        {{ city_district() }} as place_code,
        ce_year
    from burn
    union distinct
    select
        {{ city_district() }} as place_code,
        ce_year
    from renewable
    union distinct
    select
        place_code,
        ce_year
    from product
    union distinct
    select
        place_code,
        ce_year
    from register
    where place_code in ({{ city_district() }}, {{ city_province() }})
)

select
    place_year.place_code,
    place.name_en as place_name_en,
    place.name_th as place_name_th,
    place.level as native_place_level,
    place_year.ce_year,
    generation.net_mwh as net_generation_mwh,
    cast(coalesce(generation.n_days, 0) as bigint) as n_generation_days,
    burn.lignite_t,
    burn.co2_t,
    renewable.renewable_mwh,
    renewable.cofired_mwh,
    {{ renewable_share_pct('renewable.renewable_mwh', 'generation.net_mwh', 'renewable.cofired_mwh') }}
        as renewable_share_pct,
    product.mining_mthb as gpp_mining_mthb,
    product.electricity_mthb as gpp_electricity_mthb,
    product.gpp_mthb,
    100 * (product.mining_mthb + product.electricity_mthb) / nullif(product.gpp_mthb, 0)
        as mining_electricity_share_pct,
    product.vintage as gpp_vintage,
    cast(register.total as bigint) as population,
    register.valid_from as population_month_date
from place_year
inner join {{ ref('dim_place') }} as place on place_year.place_code = place.place_code
left join generation
    on
        place_year.ce_year = generation.ce_year
        and place_year.place_code = {{ city_district() }}
left join burn
    on
        place_year.ce_year = burn.ce_year
        and place_year.place_code = {{ city_district() }}
left join renewable
    on
        place_year.ce_year = renewable.ce_year
        and place_year.place_code = {{ city_district() }}
left join product
    on
        place_year.place_code = product.place_code
        and place_year.ce_year = product.ce_year
left join register
    on
        place_year.place_code = register.place_code
        and place_year.ce_year = register.ce_year
