{# Rows of a bronze table of the shape `observation`, for the months of this run, with the source and partner they are of. #}
{% macro stage_observation(relation, source_id, partner_id) %}
with source as (
    select * from {{ relation }}
    where {{ in_months('interval_start_at', 'instant') }}
),

renamed as (
    select
        '{{ source_id }}' as source_id,
        '{{ partner_id }}' as partner_id,
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
{% endmacro %}
