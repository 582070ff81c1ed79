-- The register of people of a place holds from its month until the next one; the last of a year stands for the year.
with register as (
    select
        place_code,
        native_place_level,
        month_date,
        total,
        lead(month_date) over (partition by place_code, native_place_level order by month_date) as next_month_date
    from {{ ref('fct_population_monthly') }}
    where place_code is not null
)

select
    place_code,
    native_place_level,
    month_date as valid_from,
    {{ add_days('next_month_date', -1) }} as valid_to,
    next_month_date is null or extract(year from next_month_date) > extract(year from month_date) as is_last_of_year,
    total
from register
