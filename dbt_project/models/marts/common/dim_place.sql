{{ config(order_by=['place_code']) }}

with place as (
    select * from {{ ref('seed_place') }}
),

-- One figure a tambon: of the newest raster, and of two of one day the finer one.
elevation as (
    select
        place_code,
        elevation_mean_m,
        row_number() over (
            partition by place_code
            order by acquired_date desc, n_cells desc, dataset asc
        ) as choice
    from {{ ref('terrain') }}
)

select
    place.place_code,
    place.level,
    place.name_th,
    place.name_en,
    place.parent_code,
    case when place.level in ('district', 'tambon') then {{ district_of('place.place_code') }} end as district_code,
    case when place.level <> 'country' then {{ province_of('place.place_code') }} end as province_code,
    place.postcode,
    place.lat,
    place.lon,
    place.coordinate_basis,
    boundary.boundary_wkt,
    elevation.elevation_mean_m,
    place.is_verified,
    place.source
from place
left join {{ ref('seed_place_boundary') }} as boundary on place.place_code = boundary.place_code
left join elevation
    on
        place.place_code = elevation.place_code
        and elevation.choice = 1
