-- A unit has one version a day: a gap or an overlap would lose its capacity, or double its hours.
select
    unit_key,
    valid_from,
    valid_to,
    next_from
from (
    select
        unit_key,
        valid_from,
        valid_to,
        lead(valid_from) over (partition by unit_key order by valid_from) as next_from
    from {{ ref('seed_plant_unit') }}
) as version
where
    (next_from is null and valid_to is not null)
    or (next_from is not null and (valid_to is null or next_from <> valid_to + interval '1' day))
