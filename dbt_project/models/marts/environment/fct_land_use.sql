{{ config(order_by=['place_code', 'ce_year', 'class_code']) }}

with by_class as (
    select
        source_id,
        place_code,
        ce_year,
        class_code,
        max(class_th) as class_th,
        max(class_en) as class_en,
        count(*) as n_polygons,
        {{ exact_sum('area_rai') }} as area_rai,
        {{ exact_sum('drawn_area_rai') }} as drawn_area_rai
    from {{ ref('land_use') }}
    group by
        source_id,
        place_code,
        ce_year,
        class_code
),

-- What was mapped, which need not be all of the tambon.
mapped as (
    select
        source_id,
        place_code,
        ce_year,
        {{ exact_sum('area_rai') }} as area_rai
    from by_class
    group by
        source_id,
        place_code,
        ce_year
)

select
    by_class.place_code,
    by_class.ce_year,
    by_class.class_code,
    by_class.class_th,
    by_class.class_en,
    by_class.n_polygons,
    by_class.area_rai,
    by_class.drawn_area_rai,
    mapped.area_rai as mapped_area_rai,
    by_class.area_rai / nullif(mapped.area_rai, 0) as share,
    by_class.source_id
from by_class
inner join mapped
    on
        by_class.source_id = mapped.source_id
        and by_class.place_code = mapped.place_code
        and by_class.ce_year = mapped.ce_year
