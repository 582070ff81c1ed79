{# Whether a figure keeps its target. A wish without a figure (just "down") has no target to keep. #}
{% macro kpi_status(value, target, direction) -%}
    case
        when {{ value }} is null then 'not_computable'
        when {{ target }} is null then 'no_target'
        when {{ direction }} in ('at_most', 'down') and {{ value }} <= {{ target }} then 'met'
        when {{ direction }} in ('at_least', 'up') and {{ value }} >= {{ target }} then 'met'
        else 'missed'
    end
{%- endmacro %}

{# The district, its province and the plant: what the city's key figures are about. #}
{% macro city_district() -%}
    '5202'
{%- endmacro %}

{% macro city_province() -%}
    '52'
{%- endmacro %}

{% macro plant_site() -%}
    'MAE-MOH-PLANT'
{%- endmacro %}

{# The station whose wind stands for the plant's, with a tower of three levels. #}
{% macro main_wind_station() -%}
    'EGAT-05'
{%- endmacro %}

{#
  Rows of one key figure, in the columns that fct_kpi takes together. `value`, `start`, `target`, `completeness` … are
  expressions over `relation`. `subject` names the one thing that all rows are about (district, site, lake); without it the
  relation has subject_type and subject_key, and place_code and native_place_level or what is given for them.
#}
{% macro kpi_rows(
    kpi_id, relation, value, kind, subject=none, start='period_start_date', target='cast(null as double)',
    completeness='completeness', n_inputs='n_inputs', is_indicative='false', reason='cast(null as string)', only='true',
    place_code='place_code', level='native_place_level'
) -%}
    {%- set subjects = {
        'district': [city_district(), city_district(), "'district'"],
        'site': [plant_site(), city_district(), "'site'"],
        'lake': ["'ALL'", 'cast(null as string)', 'cast(null as string)'],
    } -%}
    {%- set names = subjects[subject] if subject else ['subject_key', place_code, level] -%}
    select
        '{{ kpi_id }}' as kpi_id,
        {{ "'" ~ subject ~ "'" if subject else 'subject_type' }} as subject_type,
        {{ names[0] }} as subject_key,
        {{ names[1] }} as place_code,
        {{ names[2] }} as native_place_level,
        '{{ kind }}' as period_kind,
        {{ start }} as period_start_date,
        {{ period_end(kind, start) }} as period_end_date,
        cast({{ value }} as double) as value,
        {{ target }} as target,
        cast({{ completeness }} as double) as completeness,
        cast({{ n_inputs }} as bigint) as n_inputs,
        {{ is_indicative }} as is_indicative,
        {{ reason }} as reason
    from {{ relation }}
    where {{ only }}
{%- endmacro %}
