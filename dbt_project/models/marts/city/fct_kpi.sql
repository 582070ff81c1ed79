{{ config(order_by=['kpi_id', 'subject_type', 'subject_key', 'period_kind', 'period_start_date']) }}

with figure as (
    select * from {{ ref('int_kpi__air') }}
    union all
    select * from {{ ref('int_kpi__haze') }}
    union all
    select * from {{ ref('int_kpi__plant') }}
    union all
    select * from {{ ref('int_kpi__energy') }}
    union all
    select * from {{ ref('int_kpi__economy') }}
    union all
    select * from {{ ref('int_kpi__lake') }}
),

kpi as (
    select * from {{ ref('dim_kpi') }}
),

-- The one rule of completeness for all of them: below what the key figure needs there is no value, only the reason.
judged as (
    select
        figure.kpi_id,
        figure.subject_type,
        figure.subject_key,
        figure.place_code,
        figure.native_place_level,
        figure.period_kind,
        figure.period_start_date,
        figure.period_end_date,
        -- As a decimal: 9 of 12 months are 0.75, whatever the division says.
        case
            when round(coalesce(figure.completeness, 0), 9) >= kpi.needed_completeness then figure.value
        end as value,
        coalesce(figure.target, kpi.target) as target,
        figure.completeness,
        figure.n_inputs,
        figure.is_indicative,
        figure.reason
    from figure
    inner join kpi on figure.kpi_id = kpi.kpi_id
),

-- Key figures that no feed can give yet stand with one row each, at the last day that has any figure at all.
as_of as (
    select
        coalesce(
            max(case when value is not null and period_kind = 'day' then period_end_date end),
            max(period_end_date)
        ) as as_of_date
    from judged
),

present as (
    select distinct kpi_id from figure
),

missing as (
    select
        kpi.kpi_id,
        kpi.headline_subject_type as subject_type,
        kpi.headline_subject_key as subject_key,
        case
            when kpi.headline_subject_type in ('district', 'province') then kpi.headline_subject_key
            when kpi.headline_subject_type = 'site' then {{ city_district() }}
        end as place_code,
        case
            when kpi.headline_subject_type in ('district', 'province', 'site') then kpi.headline_subject_type
        end as native_place_level,
        kpi.period_kind,
        case kpi.period_kind
            when 'day' then as_of.as_of_date
            when 'month' then {{ period_start('month', 'as_of.as_of_date') }}
            when 'fiscal_year' then {{ period_start('fiscal_year', 'as_of.as_of_date') }}
            else {{ period_start('year', 'as_of.as_of_date') }}
        end as period_start_date,
        kpi.target,
        case when kpi.is_computable then 'input_not_delivered' else kpi.not_computable_reason end as reason
    from kpi
    cross join as_of
    left join present on kpi.kpi_id = present.kpi_id
    where
        present.kpi_id is null
        and as_of.as_of_date is not null
),

complete as (
    select * from judged
    union all
    select
        kpi_id,
        subject_type,
        subject_key,
        place_code,
        native_place_level,
        period_kind,
        period_start_date,
        case period_kind
            when 'day' then period_start_date
            when 'month' then {{ period_end('month', 'period_start_date') }}
            else {{ period_end('year', 'period_start_date') }}
        end as period_end_date,
        cast(null as double) as value,
        target,
        cast(0 as double) as completeness,
        0 as n_inputs,
        false as is_indicative,
        reason
    from missing
)

select
    complete.kpi_id,
    complete.subject_type,
    complete.subject_key,
    complete.place_code,
    complete.native_place_level,
    complete.period_kind,
    complete.period_start_date,
    complete.period_end_date,
    complete.value,
    kpi.unit,
    complete.target,
    {{ kpi_status('complete.value', 'complete.target', 'kpi.direction') }} as status,
    complete.completeness,
    complete.n_inputs,
    kpi.inputs,
    complete.is_indicative,
    case when complete.value is null then coalesce(complete.reason, 'insufficient_data') end as reason
from complete
inner join kpi on complete.kpi_id = kpi.kpi_id
