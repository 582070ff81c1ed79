{{ config(order_by=['kpi_no', 'kpi_id']) }}

-- One row for each key figure: its headline subject at the last period that has a value, beside the period before. A
-- figure is no better than the weakest of its sources.
with headline as (
    select
        fact.*,
        row_number() over (
            partition by fact.kpi_id
            order by case when fact.value is not null then 0 else 1 end, fact.period_start_date desc
        ) as choice,
        max(fact.period_start_date) over (partition by fact.kpi_id) as newest_period_start_date
    from {{ ref('fct_kpi') }} as fact
    inner join {{ ref('dim_kpi') }} as kpi
        on
            fact.kpi_id = kpi.kpi_id
            and fact.subject_type = kpi.headline_subject_type
            and fact.subject_key = kpi.headline_subject_key
            and fact.period_kind = kpi.period_kind
),

latest as (
    select * from headline
    where choice = 1
),

previous as (
    select * from headline
    where
        choice = 2
        and value is not null
),

source_ranked as (
    select
        *,
        row_number() over (partition by source_id order by checked_date desc) as choice
    from {{ ref('int_quality__source_day') }}
),

quality as (
    select
        input.kpi_id,
        min(source_ranked.score) as quality_score,
        count(source_ranked.score) as n_sources_scored,
        count(*) as n_sources
    from {{ ref('seed_kpi_input') }} as input
    left join source_ranked
        on
            input.source_id = source_ranked.source_id
            and source_ranked.choice = 1
    group by input.kpi_id
),

scored as (
    select
        kpi.*,
        latest.place_code,
        latest.native_place_level,
        latest.period_start_date,
        latest.period_end_date,
        latest.newest_period_start_date,
        latest.value,
        coalesce(latest.target, kpi.target) as target_of_period,
        latest.status,
        latest.completeness,
        latest.is_indicative,
        latest.reason,
        previous.value as previous_value,
        previous.period_start_date as previous_period_start_date,
        quality.quality_score,
        quality.n_sources_scored,
        quality.n_sources
    from {{ ref('dim_kpi') }} as kpi
    left join latest on kpi.kpi_id = latest.kpi_id
    left join previous on kpi.kpi_id = previous.kpi_id
    left join quality on kpi.kpi_id = quality.kpi_id
)

select
    kpi_id,
    kpi_no,
    pillar,
    name_en,
    name_th,
    unit,
    headline_subject_type as subject_type,
    headline_subject_key as subject_key,
    place_code,
    native_place_level,
    period_kind,
    period_start_date,
    period_end_date,
    newest_period_start_date > period_start_date as is_newer_period_incomplete,
    value,
    target_of_period as target,
    direction,
    coalesce(status, 'not_computable') as status,
    previous_value,
    previous_period_start_date,
    {{ change_pct('value', 'previous_value') }} as change_pct,
    case
        when value is null or previous_value is null then null
        -- a tenth of a per cent is no change
        when abs(value - previous_value) <= 0.001 * abs(previous_value) then 'steady'
        when direction in ('at_most', 'down') then case when value < previous_value then 'better' else 'worse' end
        when direction in ('at_least', 'up') then case when value > previous_value then 'better' else 'worse' end
        when value > previous_value then 'higher'
        else 'lower'
    end as trend,
    completeness,
    is_indicative,
    quality_score,
    cast(coalesce(n_sources_scored, 0) as bigint) as n_sources_scored,
    cast(coalesce(n_sources, 0) as bigint) as n_sources,
    case when value is null then coalesce(reason, 'input_not_delivered') end as reason,
    is_verified
from scored
