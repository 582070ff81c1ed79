with staged as (
    select
        *,
        {{ latest_first(['tambon_code', 'dataset', 'interval_start_at']) }} as choice
    from {{ ref('stg_gistda_terrain__elevation') }}
)

select
    tambon_code as place_code,
    dataset,
    {{ local_date('interval_start_at') }} as acquired_date,
    elevation_min_m,
    elevation_mean_m,
    elevation_max_m,
    elevation_p10_m,
    elevation_p90_m,
    slope_mean_deg,
    n_cells,
    nodata_share,
    source_id,
    partner_id,
    batch_id,
    row_id,
    received_at
from staged
where choice = 1
