{{ config(order_by=['indicator', 'place_code', 'place_name', 'dimensions', 'period_start_date', 'vintage']) }}

-- Dimensions are one JSON text, names in order of the alphabet, as in the tables of the National Statistical Office.
with price as (
    select
        place_code,
        place_name,
        native_place_level,
        source_id,
        'index' as source_key,
        '{"base_year": "' || cast(base_year as string) || '", "group": '
        || {{ json_text('coalesce(group_code, group_name)') }} || '}' as dimensions,
        month_date as period_start_date,
        'P1M' as averaging_period,
        'unstated' as vintage,
        true as is_latest_vintage,
        index_value as value,
        '1' as unit,
        cast(null as string) as footnote,
        partner_id
    from {{ ref('price_index') }}
),

inbound as (
    select
        {{ whole_country() }}
        source_id,
        item as source_key,
        '{"continent": ' || {{ json_text('continent') }} || ', "country": ' || {{ json_text('country') }}
        || ', "country_level": ' || {{ json_text('country_level') }} || '}' as dimensions,
        {{ year_start('ce_year') }} as period_start_date,
        'P1Y' as averaging_period,
        vintage,
        is_latest_vintage,
        value,
        unit,
        cast(null as string) as footnote,
        partner_id
    from {{ ref('inbound_visitors') }}
),

survey as (
    select
        place_code,
        place_name,
        native_place_level,
        source_id,
        table_id as source_key,
        dimensions,
        period_start_date,
        averaging_period,
        'unstated' as vintage,
        true as is_latest_vintage,
        value,
        unit,
        footnote,
        partner_id
    from {{ ref('indicator') }}
),

figure as (
    select * from price
    union all
    select * from inbound
    union all
    select * from survey
)

select
    figure.place_code,
    coalesce(place.name_th, figure.place_name) as place_name,
    figure.native_place_level,
    coalesce(indicator.indicator, lower(figure.source_key)) as indicator,
    figure.dimensions,
    figure.period_start_date,
    figure.averaging_period,
    figure.vintage,
    figure.is_latest_vintage,
    figure.value,
    figure.unit,
    figure.footnote,
    figure.source_id,
    figure.partner_id
from figure
left join {{ ref('dim_indicator') }} as indicator
    on
        figure.source_id = indicator.source_id
        and figure.source_key = indicator.source_key
left join {{ ref('dim_place') }} as place on figure.place_code = place.place_code
