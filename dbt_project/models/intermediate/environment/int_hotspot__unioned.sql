-- Detections of both sources in one form. Satellites go by several marks; MODIS states its confidence in per cent.
with gistda as (
    select
        satellite as satellite_mark,
        instrument,
        interval_start_at as detected_at,
        latitude,
        longitude,
        confidence as confidence_class,
        cast(null as bigint) as confidence_pct,
        frp_mw,
        bright_ti4_k as brightness_k,
        scan_km,
        track_km,
        cast(null as string) as daynight,
        version,
        country_en as country,
        province_code,
        district_code,
        tambon_code,
        land_use_th,
        responsible_area_th,
        source_id,
        partner_id,
        batch_id,
        row_id,
        received_at
    from {{ ref('stg_gistda_hotspot__hotspot') }}
),

firms as (
    select
        satellite as satellite_mark,
        instrument,
        interval_start_at as detected_at,
        latitude,
        longitude,
        confidence_class,
        confidence_percent as confidence_pct,
        frp_mw,
        coalesce(bright_ti4_k, brightness_k) as brightness_k,
        scan_km,
        track_km,
        daynight,
        version,
        cast(null as string) as country,
        cast(null as string) as province_code,
        cast(null as string) as district_code,
        cast(null as string) as tambon_code,
        cast(null as string) as land_use_th,
        cast(null as string) as responsible_area_th,
        source_id,
        partner_id,
        batch_id,
        row_id,
        received_at
    from {{ ref('stg_nasa_firms_hotspot__hotspot') }}
),

unioned as (
    select * from gistda
    union all
    select * from firms
)

select
    case
        when instrument = 'VIIRS' and satellite_mark = 'N' then 'viirs_snpp'
        when instrument = 'VIIRS' and satellite_mark in ('1', 'N20', 'J1') then 'viirs_noaa20'
        when instrument = 'VIIRS' and satellite_mark in ('2', 'N21', 'J2') then 'viirs_noaa21'
        when instrument = 'MODIS' and satellite_mark in ('Terra', 'T') then 'modis_terra'
        when instrument = 'MODIS' and satellite_mark in ('Aqua', 'A') then 'modis_aqua'
    end as sensor,
    detected_at,
    {{ local_date('detected_at') }} as observed_date,
    latitude,
    longitude,
    case
        when instrument <> 'MODIS' then confidence_class
        when confidence_pct < 30 then 'low'
        when confidence_pct < 80 then 'nominal'
        when confidence_pct <= 100 then 'high'
    end as confidence_class,
    confidence_pct,
    frp_mw,
    brightness_k,
    scan_km,
    track_km,
    daynight,
    version,
    country,
    province_code,
    district_code,
    tambon_code,
    land_use_th,
    responsible_area_th,
    source_id,
    partner_id,
    batch_id,
    row_id,
    received_at
from unioned
