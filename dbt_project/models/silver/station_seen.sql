-- Where stations stand, as the partners' own answers say: one row per station and site. An answer repeats its list
-- every time, so of each day one row is looked at; a position more than 100 m from that of the day before begins
-- another site.
with listed as (
    select
        source_id,
        partner_id,
        station_key,
        code,
        station_name,
        station_name_en,
        latitude,
        longitude,
        place_code,
        false as is_mirror,
        batch_id,
        row_id,
        received_at
    from {{ ref('stg_cmu_dustboy__station') }}
    union all
    select
        source_id,
        partner_id,
        station_key,
        cast(null as string) as code,
        station_name,
        cast(null as string) as station_name_en,
        latitude,
        longitude,
        place_code,
        coalesce(is_mirror, false) as is_mirror,
        batch_id,
        row_id,
        received_at
    from {{ ref('stg_chula_cusense__station') }}
    union all
    select
        source_id,
        partner_id,
        station_key,
        code,
        station_name,
        station_name_en,
        latitude,
        longitude,
        place_code,
        false as is_mirror,
        batch_id,
        row_id,
        received_at
    from {{ ref('stg_tmd_weather__station') }}
),

-- Half a position is none.
dated as (
    select
        source_id,
        partner_id,
        station_key,
        code,
        station_name,
        station_name_en,
        case when longitude is not null then latitude end as latitude,
        case when latitude is not null then longitude end as longitude,
        place_code,
        is_mirror,
        batch_id,
        row_id,
        received_at,
        {{ local_date('received_at') }} as seen_date,
        min(received_at) over (partition by station_key) as first_seen_at,
        max(received_at) over (partition by station_key) as last_seen_at
    from listed
),

ranked as (
    select
        *,
        {{ latest_first(
            ['station_key', 'seen_date'],
            'case when latitude is null then 1 else 0 end',
        ) }} as choice_of_day,
        count(latitude) over (partition by station_key) as n_positions
    from dated
),

-- An answer without a position does not take away the one that is known.
daily as (
    select
        *,
        row_number() over (partition by station_key order by seen_date) as day_no,
        lag(latitude) over (partition by station_key order by seen_date) as latitude_before,
        lag(longitude) over (partition by station_key order by seen_date) as longitude_before
    from ranked
    where choice_of_day = 1 and (latitude is not null or n_positions = 0)
),

sited as (
    select
        *,
        sum(
            case
                when day_no = 1 then 1
                when {{ distance_km('latitude', 'longitude', 'latitude_before', 'longitude_before') }} > 0.1 then 1
                else 0
            end
        ) over (partition by station_key order by seen_date rows between unbounded preceding and current row) as site_no
    from daily
),

chosen as (
    select
        *,
        min(seen_date) over (partition by station_key, site_no) as site_from,
        {{ latest_first(['station_key', 'site_no']) }} as choice
    from sited
),

site as (
    select
        *,
        lead(site_from) over (partition by station_key order by site_no) as next_site_from
    from chosen
    where choice = 1
),

-- Which DustBoy a mirror repeats is not said. It is the one of the same name within 1 km, or the only one within 100 m
-- of a mirror that is itself the only one near it: beside a DustBoy outdoors there is often one indoors.
pair as (
    select
        mirror.station_key,
        dustboy.station_key as twin_of,
        lower(replace(mirror.station_name, ' ', '')) = lower(replace(dustboy.station_name, ' ', '')) as is_same_name,
        {{ distance_km('mirror.latitude', 'mirror.longitude', 'dustboy.latitude', 'dustboy.longitude') }} as km
    from site as mirror
    inner join site as dustboy on dustboy.source_id = 'cmu_dustboy' and dustboy.next_site_from is null
    where mirror.is_mirror and mirror.next_site_from is null
),

candidate as (
    select
        *,
        row_number() over (partition by station_key order by is_same_name desc, km asc, twin_of asc) as choice,
        count(*) over (partition by station_key, is_same_name) as n_alike,
        count(*) over (partition by twin_of) as n_mirrors
    from pair
    where (is_same_name and km <= 1) or km <= 0.1
),

twin as (
    select
        station_key,
        twin_of
    from candidate
    where choice = 1 and n_alike = 1 and (is_same_name or n_mirrors = 1)
)

select
    site.station_key,
    cast(site.site_no as integer) as site_no,
    site.code,
    site.station_name,
    site.station_name_en,
    site.latitude,
    site.longitude,
    site.place_code,
    site.is_mirror,
    twin.twin_of,
    -- The first site holds for what was measured before the list was first seen, too.
    case when site.site_no > 1 then site.site_from end as valid_from,
    cast(site.next_site_from - interval '1' day as date) as valid_to,
    site.next_site_from is null as is_current,
    site.first_seen_at,
    site.last_seen_at,
    site.source_id,
    site.partner_id,
    site.batch_id,
    site.row_id,
    site.received_at
from site
left join twin on site.station_key = twin.station_key
