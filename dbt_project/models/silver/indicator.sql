{{ config(order_by=['table_id', 'place_code', 'place_name', 'dimensions', 'period_start_date']) }}

with delivered as (
    select
        *,
        {{ statistical_place_code('native_place_level', 'province_code') }} as place_code,
        {{ local_date('interval_start_at') }} as period_start_date,
        {{ local_date('interval_end_at') }} as period_end_date
    from {{ ref('stg_nso_indicator__indicator') }}
),

timed as (
    select
        *,
        {{ period_length('period_start_date', 'period_end_date') }} as averaging_period
    from delivered
),

latest as (
    select
        *,
        {{ latest_first([
            'table_id', 'native_place_level', 'coalesce(place_code, place_name)', 'dimensions', 'period_start_date',
            'averaging_period'
        ]) }} as choice
    from timed
)

select
    latest.table_id,
    latest.place_code,
    latest.place_name,
    latest.native_place_level,
    latest.dimensions,
    latest.period_start_date,
    latest.averaging_period,
    -- A 0 with a footnote says that the sample held none: nothing is known, which is not zero.
    case when not (latest.value = 0 and latest.footnote is not null) then latest.value end as value,
    coalesce(latest.value = 0 and latest.footnote is not null, false) as is_without_sample,
    coalesce(label.unit, latest.unit) as unit,
    latest.unit as raw_unit,
    latest.footnote,
    latest.source_note,
    latest.source_id,
    latest.partner_id,
    latest.batch_id,
    latest.row_id,
    latest.received_at
from latest
left join {{ ref('seed_unit_label') }} as label on trim(latest.unit) = label.unit_label
where latest.choice = 1
