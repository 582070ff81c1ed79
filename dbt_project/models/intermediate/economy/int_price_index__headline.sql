with headline as (
    select
        place_code,
        place_name,
        native_place_level,
        base_year,
        month_date,
        index_value
    from {{ ref('price_index') }}
    where is_headline and index_value is not null
),

-- Whose index stands for a place: its own, else its region's, else the country's.
candidate as (
    select
        place_code,
        'province' as index_level,
        place_code as index_key,
        1 as preference
    from {{ ref('seed_price_region') }}
    union all
    select
        place_code,
        'region' as index_level,
        region_name as index_key,
        2 as preference
    from {{ ref('seed_price_region') }}
    union all
    select
        place_code,
        'country' as index_level,
        'TH' as index_key,
        3 as preference
    from {{ ref('seed_price_region') }}
    union all
    select
        'TH' as place_code,
        'country' as index_level,
        'TH' as index_key,
        1 as preference
),

-- Chosen for a whole series of one base year and never month by month: a series that changes its area half-way would
-- show a price change that nobody paid.
ranked as (
    select
        candidate.place_code,
        headline.place_name,
        headline.native_place_level,
        headline.base_year,
        headline.month_date,
        headline.index_value,
        candidate.preference,
        min(candidate.preference) over (partition by candidate.place_code, headline.base_year) as best_preference,
        max(headline.base_year) over () as newest_base_year
    from candidate
    inner join headline
        on
            candidate.index_level = headline.native_place_level
            and candidate.index_key = coalesce(headline.place_code, headline.place_name)
)

select
    place_code,
    month_date,
    base_year,
    base_year = newest_base_year as is_newest_base,
    index_value,
    place_name as index_place_name,
    native_place_level
from ranked
where preference = best_preference
