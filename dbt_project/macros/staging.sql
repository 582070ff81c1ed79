{# Rows of a bronze table of the shape `observation`, for the months of this run, with the source and partner they are of.
   `instrument_class` is what all instruments of the source are; the station register says it for each where they differ. #}
{% macro stage_observation(relation, source_id, partner_id, instrument_class='unknown') %}
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
        '{{ instrument_class }}' as instrument_class,
        batch_id,
        row_id,
        received_at
    from source
)

select * from renamed
{% endmacro %}

{# Rows of a bronze table of the shape `record`, for the months of this run, with the source and partner they are of. #}
{% macro stage_record(relation, source_id, partner_id) %}
with source as (
    select * from {{ relation }}
    where {{ in_months('interval_start_at', 'instant') }}
)

select
    '{{ source_id }}' as source_id,
    '{{ partner_id }}' as partner_id,
    source.*
from source
{% endmacro %}

{# Names of the staging models of observations, with commas between: assets/warehouse_dbt.py finds them. #}
{% macro observation_models() %}{{ env_var('MAEMOH_OBSERVATION_MODELS') }}{% endmacro %}
