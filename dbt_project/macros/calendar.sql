{# Lengths of time, periods, and what is in force when. Dates are local. #}

{% macro seconds_between(start, end) -%}
    {{ dbt.datediff(start, end, 'second') }}
{%- endmacro %}

{# Whole hours of a period. #}
{% macro hours_between(start, end) -%}
    {{ dbt.datediff(start, end, 'hour') }}
{%- endmacro %}

{# The first and the last day of the month, calendar year or fiscal year (October to September) in which a date falls. #}
{% macro period_start(kind, day) -%}
    {%- if kind == 'day' -%}
        {{ day }}
    {%- elif kind == 'fiscal_year' -%}
        {{ add_months('cast(' ~ dbt.date_trunc('year', add_months(day, 3)) ~ ' as date)', -3) }}
    {%- else -%}
        cast({{ dbt.date_trunc(kind, day) }} as date)
    {%- endif -%}
{%- endmacro %}

{% macro period_end(kind, start) -%}
    {%- if kind == 'day' -%}
        {{ start }}
    {%- else -%}
        {{ add_days(add_months(start, 1 if kind == 'month' else 12), -1) }}
    {%- endif -%}
{%- endmacro %}

{% macro days_in_period(kind, start) -%}
    ({{ dbt.datediff(start, period_end(kind, start), 'day') }} + 1)
{%- endmacro %}

{% macro year_later(day) -%}
    {{ add_months(day, 12) }}
{%- endmacro %}

{# The first day of a calendar year. #}
{% macro year_start(ce_year) -%}
    cast(cast({{ ce_year }} as string) || '-01-01' as date)
{%- endmacro %}

{# The first day of the local month in which an instant falls. #}
{% macro local_month(instant_column) -%}
    {{ period_start('month', local_date(instant_column)) }}
{%- endmacro %}

{# A row with valid_from and valid_to (its last day; empty is open) holds on the date, or on a day from it to `until`. #}
{% macro in_force(row, on_date, until=none) -%}
    {{ until or on_date }} >= coalesce({{ row }}.valid_from, cast('1900-01-01' as date))
    and {{ on_date }} <= coalesce({{ row }}.valid_to, cast('9999-12-31' as date))
{%- endmacro %}
