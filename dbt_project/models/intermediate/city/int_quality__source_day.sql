-- The quality score of what was judged of a source on a day, from acceptance (G1) alone: the share that passed in each
-- dimension, weighted; dimensions that no rule evaluated leave their weight to the others; a critical rule that failed
-- caps the score at 59. Weights and cap as in expectations/score.yml; ops.score also counts freshness and the tables.
with verdict as (
    select * from {{ ref('fct_check_result') }}
    where gate = 'G1'
),

dimension_day as (
    select
        source_id,
        partner_id,
        checked_date,
        dimension,
        sum(evaluated) as evaluated,
        sum(failed) as failed,
        count(*) as n_rules,
        max(case when severity = 'critical' and outcome = 'fail' then 1 else 0 end) as has_critical_failure
    from verdict
    group by source_id, partner_id, checked_date, dimension
),

weighed as (
    select
        dimension_day.*,
        weight.weight,
        cast(dimension_day.evaluated - dimension_day.failed as double) / dimension_day.evaluated as share
    from dimension_day
    inner join {{ ref('seed_quality_weight') }} as weight on dimension_day.dimension = weight.dimension
    where dimension_day.evaluated > 0
),

scored as (
    select
        source_id,
        partner_id,
        checked_date,
        sum(n_rules) as n_rules,
        max(has_critical_failure) as has_critical_failure,
        100 * {{ exact_sum('weight * share') }} / sum(weight) as points
    from weighed
    group by source_id, partner_id, checked_date
)

select
    source_id,
    partner_id,
    checked_date,
    n_rules,
    -- Rounded down, so that no score is shown better than it is; first to six digits, because 95 may come as 94.9999…
    case
        when has_critical_failure = 1 and points > 59 then cast(59 as double)
        else floor(round(points * 10, 6)) / 10
    end as score
from scored
