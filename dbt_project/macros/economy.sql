{# What published figures share: how final they are, where they are of, and what money is worth. #}

{# 1 for what is trusted most. A copy that does not say how final it is (`unstated`) comes last. #}
{% macro vintage_rank(vintage) -%}
    case {{ vintage }} when 'final' then 1 when 'revised' then 2 when 'preliminary' then 3 else 4 end
{%- endmacro %}

{# True for the vintage that counts: the most final of those that stand under the key. #}
{% macro is_latest_vintage(key, vintage='vintage') -%}
    {{ vintage_rank(vintage) }} = min({{ vintage_rank(vintage) }}) over (partition by {{ key | join(', ') }})
{%- endmacro %}

{# Code of a place as national statistics name it: a province's TIS 1099 code, TH for the country, none for a region. #}
{% macro statistical_place_code(level, province_code) -%}
    case {{ level }} when 'province' then {{ province_code }} when 'country' then 'TH' end
{%- endmacro %}

{# Where a figure of the whole country is of, as columns. #}
{% macro whole_country() -%}
    'TH' as place_code,
    'ประเทศไทย' as place_name,
    'country' as native_place_level,
{%- endmacro %}

{# ISO 8601 length of a period of whole months, from its first day to the day behind its last. #}
{% macro period_length(first_date, end_date) -%}
    case {{ dbt.datediff(first_date, end_date, 'month') }} when 1 then 'P1M' when 3 then 'P3M' when 12 then 'P1Y' end
{%- endmacro %}

{# Money of a month at the prices of the index's base year. #}
{% macro real_price(nominal, index_value) -%}
    {{ nominal }} / nullif({{ index_value }}, 0) * 100
{%- endmacro %}

{# A text as a JSON string, or null. Double quotes in it become blanks, because engines escape in different ways. #}
{% macro json_text(value) -%}
    coalesce('"' || replace({{ value }}, '"', ' ') || '"', 'null')
{%- endmacro %}
