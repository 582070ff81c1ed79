{# Lengths of time, in words that a model can use as they are. #}

{% macro seconds_between(start, end) -%}
    {{ dbt.datediff(start, end, 'second') }}
{%- endmacro %}

{# Whole hours of a period. #}
{% macro hours_between(start, end) -%}
    {{ dbt.datediff(start, end, 'hour') }}
{%- endmacro %}

{# The first day of the month in which a local date falls. #}
{% macro month_of_date(date_column) -%}
    cast({{ dbt.date_trunc('month', date_column) }} as date)
{%- endmacro %}

{# Hours of the month that begins on a date: 24 a day, there is no daylight saving. #}
{% macro hours_of_month(month_date) -%}
    24 * {{ dbt.datediff(month_date, dbt.dateadd('month', 1, month_date), 'day') }}
{%- endmacro %}
