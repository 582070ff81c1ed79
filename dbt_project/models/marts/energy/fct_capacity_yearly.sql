{{ config(order_by=['fuel', 'ce_year']) }}

-- The list names a year only when the capacity changed: a year without a row has the capacity of the year before, up to
-- the last year that the list knows of any fuel.
with capacity as (
    select
        *,
        cast(extract(year from valid_from) as integer) as reported_year
    from {{ ref('capacity') }}
),

years as (
    select distinct cast(extract(year from day) as integer) as ce_year
    from (
        {{ each_day('2000-01-01', '2050-12-31') }}
    ) as calendar
),

span as (
    select
        source_id,
        min(reported_year) as first_year,
        max(reported_year) as last_year
    from capacity
    group by source_id
),

carried as (
    select
        capacity.*,
        years.ce_year,
        row_number() over (
            partition by capacity.source_id, capacity.fuel, years.ce_year
            order by capacity.reported_year desc
        ) as choice
    from capacity
    inner join span on capacity.source_id = span.source_id
    inner join years
        on
            capacity.reported_year <= years.ce_year
            and span.last_year >= years.ce_year
)

select
    {{ whole_country() }}
    fuel,
    ce_year,
    capacity_mw,
    reported_year,
    reported_year < ce_year as is_carried_forward,
    source_id,
    partner_id,
    batch_id
from carried
where choice = 1
