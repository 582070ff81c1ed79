with source as (
    select * from {{ source('bronze', 'egat_ambient__observation') }}
    where {{ in_months('interval_start_at', 'instant') }}
),

renamed as (
    select
        'egat_ambient' as source_id,
        'egat' as partner_id,
        station_key,
        station_name,
        quantity,
        level,
        averaging_period,
        interval_start_at,
        interval_end_at,
        raw_value,
        raw_unit,
        value,
        flag,
        is_valid,
        batch_id,
        row_id,
        received_at
    from source
)

select * from renamed
