-- D1 and D2: the quality of what was delivered, and whether it came in time.
with score as (
    select
        'source' as subject_type,
        source_id as subject_key,
        checked_date,
        score,
        n_rules as n_inputs
    from {{ ref('int_quality__source_day') }}
    union all
    select
        'lake' as subject_type,
        'ALL' as subject_key,
        checked_date,
        {{ exact_mean('score') }} as score,
        count(*) as n_inputs
    from {{ ref('int_quality__source_day') }}
    group by checked_date
),

-- The last look of each month; a source that never delivered is due nothing yet.
looked as (
    select
        source_id,
        partner_id,
        status,
        {{ period_start('month', local_date('recorded_at')) }} as month_date,
        row_number() over (
            partition by source_id, {{ period_start('month', local_date('recorded_at')) }}
            order by recorded_at desc, run_id desc
        ) as choice
    from {{ source('ops', 'freshness') }}
),

due as (
    select
        partner_id,
        month_date,
        case when status = 'on_time' then 1.0 else 0.0 end as is_on_time
    from looked
    where
        choice = 1
        and status <> 'never'
),

on_time as (
    select
        'partner' as subject_type,
        partner_id as subject_key,
        month_date,
        100 * {{ exact_mean('is_on_time') }} as on_time_pct,
        count(*) as n_inputs
    from due
    group by partner_id, month_date
    union all
    select
        'lake' as subject_type,
        'ALL' as subject_key,
        month_date,
        100 * {{ exact_mean('is_on_time') }} as on_time_pct,
        count(*) as n_inputs
    from due
    group by month_date
)

{{ kpi_rows(
    'D1', 'score', 'score', 'day', start='checked_date', completeness='1.0', place_code='cast(null as string)',
    level='cast(null as string)'
) }}
union all
{{ kpi_rows(
    'D2', 'on_time', 'on_time_pct', 'month', start='month_date', completeness='1.0', place_code='cast(null as string)',
    level='cast(null as string)'
) }}
