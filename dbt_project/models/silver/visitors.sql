{{ config(order_by=['place_code', 'place_name', 'month_date', 'origin', 'vintage']) }}

-- The Ministry's workbook: a line has all origins, and all of them are taken from one delivery.
with workbook as (
    select
        *,
        {{ statistical_place_code('native_place_level', 'province_code') }} as place_code,
        {{ local_month('interval_start_at') }} as month_date
    from {{ ref('stg_tat_visitors__province_month') }}
),

line as (
    select
        *,
        {{ latest_first(['native_place_level', 'coalesce(place_code, place_name)', 'month_date', 'vintage']) }}
            as choice
    from workbook
),

of_workbook as (
    select
        *,
        'all' as origin,
        visitors as visitors_of_origin,
        guests as guests_of_origin,
        occupancy_pct as occupancy_of_origin_pct,
        receipts_mthb as receipts_of_origin_mthb
    from line
    where choice = 1
    union all
    select
        *,
        'thai' as origin,
        visitors_thai as visitors_of_origin,
        null as guests_of_origin,
        null as occupancy_of_origin_pct,
        receipts_thai_mthb as receipts_of_origin_mthb
    from line
    where choice = 1 and (visitors_thai is not null or receipts_thai_mthb is not null)
    union all
    select
        *,
        'foreign' as origin,
        visitors_foreign as visitors_of_origin,
        null as guests_of_origin,
        null as occupancy_of_origin_pct,
        receipts_foreign_mthb as receipts_of_origin_mthb
    from line
    where choice = 1 and (visitors_foreign is not null or receipts_foreign_mthb is not null)
),

-- The copies of provincial offices do not say how final they are: `unstated`, the last choice among vintages. Where the
-- workbook has the month, the workbook counts.
copied as (
    select
        *,
        {{ statistical_place_code('native_place_level', 'province_code') }} as place_code,
        {{ local_month('interval_start_at') }} as month_date
    from {{ ref('stg_tat_visitors__visitor_origin') }}
),

of_copy as (
    select
        *,
        {{ latest_first(['native_place_level', 'coalesce(place_code, place_name)', 'month_date', 'origin']) }}
            as choice
    from copied
),

together as (
    select
        place_code,
        place_name,
        native_place_level,
        month_date,
        origin,
        vintage,
        visitors_of_origin as visitors,
        guests_of_origin as guests,
        occupancy_of_origin_pct as occupancy_pct,
        receipts_of_origin_mthb as receipts_mthb,
        'workbook' as publication,
        source_id,
        partner_id,
        batch_id,
        row_id,
        received_at
    from of_workbook
    union all
    select
        place_code,
        place_name,
        native_place_level,
        month_date,
        origin,
        'unstated' as vintage,
        visitors,
        null as guests,
        null as occupancy_pct,
        receipts_mthb,
        'copy' as publication,
        source_id,
        partner_id,
        batch_id,
        row_id,
        received_at
    from of_copy
    where choice = 1
)

select
    place_code,
    place_name,
    native_place_level,
    month_date,
    origin,
    vintage,
    -- Judged for the month as a whole, so that Thai, foreign and all are of one vintage and add up.
    {{ is_latest_vintage(['native_place_level', 'coalesce(place_code, place_name)', 'month_date']) }}
        as is_latest_vintage,
    visitors,
    guests,
    occupancy_pct,
    receipts_mthb,
    publication,
    source_id,
    partner_id,
    batch_id,
    row_id,
    received_at
from together
