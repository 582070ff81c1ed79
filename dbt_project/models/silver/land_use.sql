with staged as (
    select
        *,
        {{ latest_first(['polygon_id', 'interval_start_at']) }} as choice
    from {{ ref('stg_gistda_terrain__land_use') }}
)

select
    polygon_id,
    cast(extract(year from {{ local_date('interval_start_at') }}) as integer) as ce_year,
    tambon_code as place_code,
    class_code,
    class_th,
    class_en,
    area_rai,
    {{ rai_of_m2('geometry_area_m2') }} as drawn_area_rai,
    geometry,
    source_id,
    partner_id,
    batch_id,
    row_id,
    received_at
from staged
where choice = 1
