-- C1 to C5: tourism and product of the province, and visits to the sites of the district. Each figure is as final as
-- it has become; no figure of the province is spread to the district.
with tourism as (
    select
        'province' as subject_type,
        place_code as subject_key,
        place_code,
        'province' as native_place_level,
        month_date,
        visitors,
        visitors_foreign,
        occupancy_pct,
        receipts_mthb,
        receipts_real_mthb
    from {{ ref('int_tourism__province_month') }}
    where place_code = {{ city_province() }}
),

visit_day as (
    select
        'site' as subject_type,
        site_id as subject_key,
        place_code,
        'site' as native_place_level,
        observed_date,
        {{ period_start('month', 'observed_date') }} as month_date,
        visits
    from {{ ref('fct_site_visits_daily') }}
),

visit_month as (
    select
        month_date,
        sum(visits) as visits,
        count(distinct subject_key) as n_sites,
        cast(count(visits) as double)
        / (count(distinct subject_key) * {{ days_in_period('month', 'month_date') }}) as completeness
    from visit_day
    where {{ district_of('place_code') }} = {{ city_district() }}
    group by month_date
),

product as (
    select
        place_code,
        ce_year,
        max(value_mthb) as gpp_mthb
    from {{ ref('fct_gpp_yearly') }}
    where
        native_place_level = 'province'
        and place_code = {{ city_province() }}
        and price_basis = 'chain_volume'
        and industry_code = 'GPP'
        and is_latest_vintage
    group by place_code, ce_year
),

people as (
    select
        place_code,
        ce_year,
        max(population_person) as population_person
    from {{ ref('fct_gpp_per_capita_yearly') }}
    where
        native_place_level = 'province'
        and is_latest_vintage
    group by place_code, ce_year
),

product_per_head as (
    select
        'province' as subject_type,
        product.place_code as subject_key,
        product.place_code,
        'province' as native_place_level,
        {{ year_start('product.ce_year') }} as year_date,
        product.gpp_mthb * 1000000 / nullif(people.population_person, 0) as per_head_thb,
        case when people.population_person is null then 'input_not_delivered' end as reason
    from product
    left join people
        on
            product.place_code = people.place_code
            and product.ce_year = people.ce_year
)

{% for kpi_id, value in [
    ('C1', 'receipts_real_mthb'),
    ('C2.visitors', 'visitors'),
    ('C2.foreign', '100 * visitors_foreign / nullif(visitors, 0)'),
    ('C3', 'occupancy_pct'),
    ('C4.visitor', 'receipts_mthb * 1000000 / nullif(visitors, 0)'),
] %}
    {{ kpi_rows(kpi_id, 'tourism', value, 'month', start='month_date', completeness='1.0', n_inputs='1') }}
    union all
{% endfor %}
{{ kpi_rows('C2.site', 'visit_day', 'visits', 'day', start='observed_date', completeness='1.0', n_inputs='1') }}
union all
{{ kpi_rows('C2.site', 'visit_month', 'visits', 'month', subject='district', start='month_date', n_inputs='n_sites') }}
union all
{{ kpi_rows(
    'C5', 'product_per_head', 'per_head_thb', 'year', start='year_date', completeness='1.0', n_inputs='1',
    reason='reason'
) }}
