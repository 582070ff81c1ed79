{# Quantities of the Thai AQI; of two that are alike bad, the first is named as the responsible one. #}
{% macro aqi_quantities() -%}
    {{ return(['PM25', 'PM10', 'O3', 'CO', 'NO2', 'SO2']) }}
{%- endmacro %}

{% macro is_in_aqi(quantity) -%}
    {{ quantity }} in ('{{ aqi_quantities() | join("', '") }}')
{%- endmacro %}

{#
  Half away from zero, as people round by hand: 25.05 → 25.1. Through a decimal, because 25.05 computed as a mean may be
  25.049999999999997. Engines round decimals to a constant number of places only, hence the cases.
#}
{% macro round_half_up(value, decimals) -%}
    cast(case {{ decimals }}
        when 0 then round(cast({{ value }} as decimal(18, 6)), 0)
        when 1 then round(cast({{ value }} as decimal(18, 6)), 1)
    end as double)
{%- endmacro %}

{#
  Index of a rounded concentration within its class, itself rounded to a whole number, half up. The open class above 200 has
  no upper anchor: it is 201, whatever the concentration.
#}
{% macro aqi_sub_index(concentration, class) -%}
    case
        when {{ class }}.index_high is null then {{ class }}.index_low
        else cast(round(cast(
            ({{ class }}.index_high - {{ class }}.index_low) * ({{ concentration }} - {{ class }}.concentration_low)
            / ({{ class }}.concentration_high - {{ class }}.concentration_low) + {{ class }}.index_low
            as decimal(18, 6)
        ), 0) as integer)
    end
{%- endmacro %}

{#
  CTEs from `means` to `aqi`. `means` has station_key, observed_date, whatever else the model wants to keep, and one column
  for each quantity, in lower case (pm25 … so2): the mean to be judged in the canonical unit, empty where hours are missing.
  `aqi` adds breakpoint_version, sub_…, index_value, main_quantity and main_concentration (rounded, in main_unit).
#}
{% macro aqi_from(means) %}
{%- set quantities = aqi_quantities() -%}
aqi_table as (
    select
        version,
        min(valid_from) as valid_from,
        max(valid_to) as valid_to
        {%- for quantity in quantities %},
        max(case when quantity = '{{ quantity }}' then decimals end) as {{ quantity | lower }}_decimals,
        max(case when quantity = '{{ quantity }}' then canonical_per_unit end) as {{ quantity | lower }}_per_unit
        {%- endfor %}
    from {{ ref('int_aqi__scale') }}
    group by version
),

-- the table in force on the date; none before the first
aqi_rounded as (
    select
        {{ means }}.*,
        aqi_table.version
        {%- for quantity in quantities %}
        {%- set name = quantity | lower %},
        {{ round_half_up(means ~ '.' ~ name ~ ' / aqi_table.' ~ name ~ '_per_unit', 'aqi_table.' ~ name ~ '_decimals') }}
            as {{ name }}_rounded
        {%- endfor %}
    from {{ means }}
    left join aqi_table on {{ means }}.observed_date between aqi_table.valid_from and aqi_table.valid_to
),

aqi_indexed as (
    select
        aqi_rounded.*
        {%- for quantity in quantities %},
        {{ aqi_sub_index('aqi_rounded.' ~ (quantity | lower) ~ '_rounded', 'class_' ~ (quantity | lower)) }}
            as sub_{{ quantity | lower }}
        {%- endfor %}
    from aqi_rounded
    {%- for quantity in quantities %}
    {%- set name = quantity | lower %}
    left join {{ ref('seed_aqi_breakpoint') }} as class_{{ name }}
        on
            aqi_rounded.version = class_{{ name }}.version
            and class_{{ name }}.quantity = '{{ quantity }}'
            and aqi_rounded.{{ name }}_rounded >= class_{{ name }}.concentration_low
            and aqi_rounded.{{ name }}_rounded <= coalesce(class_{{ name }}.concentration_high, 1e9)
    {%- endfor %}
),

aqi_worst as (
    select
        *,
        greatest({% for quantity in quantities %}sub_{{ quantity | lower }}{{ ', ' if not loop.last }}{% endfor %})
            as index_value
    from aqi_indexed
),

aqi_named as (
    select
        *,
        case index_value
            {%- for quantity in quantities %}
            when sub_{{ quantity | lower }} then '{{ quantity }}'
            {%- endfor %}
        end as main_quantity,
        case index_value
            {%- for quantity in quantities %}
            when sub_{{ quantity | lower }} then {{ quantity | lower }}_rounded
            {%- endfor %}
        end as main_concentration
    from aqi_worst
),

aqi as (
    select
        aqi_named.*,
        scale.unit as main_unit
    from aqi_named
    left join {{ ref('int_aqi__scale') }} as scale
        on aqi_named.version = scale.version and aqi_named.main_quantity = scale.quantity
)
{%- endmacro %}

{# The columns of the index, of a relation that came out of aqi_from. #}
{% macro aqi_columns() -%}
    cast(index_value as integer) as aqi,
    index_value > 200 as is_above_200,
    case
        when index_value <= 25 then 'very_good'
        when index_value <= 50 then 'good'
        when index_value <= 100 then 'moderate'
        when index_value <= 200 then 'unhealthy_sensitive'
        when index_value > 200 then 'unhealthy'
    end as category,
    main_quantity,
    main_concentration,
    main_unit,
    {%- for quantity in aqi_quantities() %}
    cast(sub_{{ quantity | lower }} as integer) as sub_{{ quantity | lower }},
    {%- endfor %}
    version as breakpoint_version,
    case
        when version is null then 'before_first_table'
        when index_value is null then 'insufficient_data'
    end as reason,
{%- endmacro %}
