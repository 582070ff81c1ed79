{{ config(order_by=['sort_order', 'feature_key']) }}

{#- The plant as a diamond of about 3 km, so that it shows among the hotspots. -#}
{%- set longitude, latitude = plant_longitude() | float, plant_latitude() | float -%}
{%- set corners = [] -%}
{%- for x, y in [(-0.014, 0), (0, 0.014), (0.014, 0), (0, -0.014), (-0.014, 0)] -%}
    {%- do corners.append('[%.4f,%.4f]' % (longitude + x, latitude + y)) -%}
{%- endfor -%}
{%- set diamond = '[[' ~ corners | join(',') ~ ']]' %}

-- A map that needs no tiles: the tambons of the province, coloured by their hotspots, the outlines of the districts,
-- the plant, and each hotspot of the last twelve months of data. One Feature a row, in the order of drawing. Counted is
-- what headline numbers count.
with newest as (
    select
        {{ add_months('max(observed_date)', -12) }} as before_date,
        max(observed_date) as newest_date
    from {{ ref('fct_hotspot') }}
    where is_headline
),

hotspot as (
    select
        hotspot.*,
        row_number() over (
            order by hotspot.observed_date, hotspot.detected_at, hotspot.latitude, hotspot.longitude
        ) as number
    from {{ ref('fct_hotspot') }} as hotspot
    cross join newest
    where
        hotspot.is_headline
        and hotspot.province_code = {{ city_province() }}
        and hotspot.observed_date > newest.before_date
),

counted as (
    select
        place_code,
        count(*) as n_hotspots,
        {{ exact_sum('frp_mw') }} as frp_mw,
        max(observed_date) as last_date
    from hotspot
    where place_code is not null
    group by place_code
),

place as (
    select
        place.place_code,
        place.level,
        place.name_th,
        place.name_en,
        place.district_code,
        district.name_th as district_th,
        district.name_en as district_en,
        {{ geojson_coordinates('place.boundary_wkt') }} as coordinates,
        {{ geojson_coordinates('place.boundary_wkt', as_lines=true) }} as outline,
        coalesce(counted.n_hotspots, 0) as n_hotspots,
        coalesce(counted.frp_mw, 0) as frp_mw,
        counted.last_date
    from {{ ref('dim_place') }} as place
    left join {{ ref('dim_place') }} as district on place.district_code = district.place_code
    left join counted on place.place_code = counted.place_code
    where
        place.province_code = {{ city_province() }}
        and place.boundary_wkt is not null
),

feature as (
    select
        'tambon' as kind,
        1 as sort_order,
        place_code as feature_key,
        place_code,
        district_code,
        name_th as place_th,
        name_en as place_en,
        district_th,
        district_en,
        n_hotspots,
        frp_mw,
        last_date as observed_date,
        {{ geojson_feature(
            'MultiPolygon', 'coordinates',
            "case
                when n_hotspots = 0 then '[250,248,243,255]'
                when n_hotspots <= 20 then '[255,241,204,255]'
                when n_hotspots <= 60 then '[254,222,160,255]'
                when n_hotspots <= 150 then '[250,192,120,255]'
                else '[240,155,90,255]'
            end",
            "'[190,180,165,255]'",
            [
                ('ตำบล / tambon', quoted_in_json("name_th || ' / ' || name_en")),
                ('อำเภอ / district', quoted_in_json("district_th || ' / ' || district_en")),
                ('จุดความร้อน 12 เดือน / hotspots in 12 months', 'cast(n_hotspots as string)'),
            ],
        ) }} as geojson
    from place
    where level = 'tambon'
    union all
    select
        'district' as kind,
        -- neighbours share their borders: the city's own line is drawn last
        case when place_code = {{ city_district() }} then 3 else 2 end as sort_order,
        place_code as feature_key,
        place_code,
        district_code,
        name_th as place_th,
        name_en as place_en,
        district_th,
        district_en,
        cast(null as bigint) as n_hotspots,
        cast(null as double) as frp_mw,
        cast(null as date) as observed_date,
        {{ geojson_feature(
            'MultiLineString', 'outline', "'[0,0,0,0]'",
            "case when place_code = " ~ city_district() ~ " then '[20,80,170,255]' else '[85,90,100,255]' end",
            [('อำเภอ / district', quoted_in_json("name_th || ' / ' || name_en"))],
        ) }} as geojson
    from place
    where level = 'district'
    union all
    select
        'hotspot' as kind,
        4 as sort_order,
        'H' || cast(1000000 + hotspot.number as string) as feature_key,
        hotspot.place_code,
        hotspot.district_code,
        place.name_th as place_th,
        place.name_en as place_en,
        place.district_th,
        place.district_en,
        1 as n_hotspots,
        hotspot.frp_mw,
        hotspot.observed_date,
        {{ geojson_feature(
            'Point', "'[' || cast(hotspot.longitude as string) || ',' || cast(hotspot.latitude as string) || ']'",
            "'[150,20,20,190]'", "'[150,20,20,0]'",
            [
                ('จุดความร้อนวันที่ / hotspot on', quoted_in_json('cast(hotspot.observed_date as string)')),
                ('ตำบล / tambon', quoted_in_json("coalesce(place.name_th || ' / ' || place.name_en, '-')")),
                ('กำลังแผ่รังสี / FRP [MW]', quoted_in_json("coalesce(cast(hotspot.frp_mw as string), '-')")),
            ],
        ) }} as geojson
    from hotspot
    left join place on hotspot.place_code = place.place_code
    union all
    select
        'plant' as kind,
        5 as sort_order,
        {{ plant_site() }} as feature_key,
        cast(null as string) as place_code,
        {{ city_district() }} as district_code,
        'โรงไฟฟ้าแม่เมาะ' as place_th,
        'Mae Moh power plant' as place_en,
        cast(null as string) as district_th,
        cast(null as string) as district_en,
        cast(null as bigint) as n_hotspots,
        cast(null as double) as frp_mw,
        cast(null as date) as observed_date,
        {{ geojson_feature(
            'Polygon', "'" ~ diamond ~ "'", "'[31,95,139,255]'", "'[255,255,255,255]'",
            [('โรงไฟฟ้า / power plant', quoted_in_json("'แม่เมาะ / Mae Moh'"))],
        ) }} as geojson
)

select
    feature.feature_key,
    feature.kind,
    feature.sort_order,
    feature.place_code,
    feature.district_code,
    feature.place_th,
    feature.place_en,
    feature.district_th,
    feature.district_en,
    cast(feature.n_hotspots as bigint) as n_hotspots,
    feature.frp_mw,
    feature.observed_date,
    newest.newest_date as as_of_date,
    feature.geojson
from feature
cross join newest
