{# The few expressions that engines spell differently. #}

{# An instant with its offset, as a literal. #}
{% macro instant(text) -%}
    {{ return(adapter.dispatch('instant')(text)) }}
{%- endmacro %}

{% macro duckdb__instant(text) -%}
    {{ return("cast('" ~ text ~ "' as timestamptz)") }}
{%- endmacro %}

{% macro spark__instant(text) -%}
    {{ return("cast('" ~ text ~ "' as timestamp)") }}
{%- endmacro %}

{# The date in Mae Moh (+07:00, no daylight saving) on which an instant falls. Sessions run in UTC. #}
{% macro local_date(instant_column) -%}
    {{ return('cast(' ~ instant_column ~ " + interval '7' hour as date)") }}
{%- endmacro %}

{# A date some days or months on; below zero: back. dbt.dateadd goes through instants on Spark, and grows when nested. #}
{% macro add_days(day, days) -%}
    {{ return(adapter.dispatch('add_days')(day, days)) }}
{%- endmacro %}

{% macro duckdb__add_days(day, days) -%}
    {{ return('cast(' ~ dbt.dateadd('day', days, day) ~ ' as date)') }}
{%- endmacro %}

{% macro spark__add_days(day, days) -%}
    {{ return('date_add(' ~ day ~ ', ' ~ days ~ ')') }}
{%- endmacro %}

{% macro add_months(day, months) -%}
    {{ return(adapter.dispatch('add_months')(day, months)) }}
{%- endmacro %}

{% macro duckdb__add_months(day, months) -%}
    {{ return('cast(' ~ dbt.dateadd('month', months, day) ~ ' as date)') }}
{%- endmacro %}

{% macro spark__add_months(day, months) -%}
    {{ return('add_months(' ~ day ~ ', ' ~ months ~ ')') }}
{%- endmacro %}

{# Rows `day`, one for each date from first to last. #}
{% macro each_day(first, last) -%}
    {{ return(adapter.dispatch('each_day')(first, last)) }}
{%- endmacro %}

{% macro duckdb__each_day(first, last) -%}
    select cast(generate_series as date) as day
    from generate_series(cast('{{ first }}' as date), cast('{{ last }}' as date), interval '1' day)
{%- endmacro %}

{% macro spark__each_day(first, last) -%}
    select explode(sequence(cast('{{ first }}' as date), cast('{{ last }}' as date), interval 1 day)) as day
{%- endmacro %}

{# 1 = Monday … 7 = Sunday, counted from a Monday, because engines number weekdays each in their own way. #}
{% macro iso_weekday(day) -%}
    cast(mod({{ dbt.datediff("cast('2001-01-01' as date)", day, 'day') }}, 7) + 1 as integer)
{%- endmacro %}

{#
  Sums that are the same on every run: engines add floating-point numbers in whatever order threads finish, which changes
  the last digits; decimals add exactly.
#}
{% macro exact_sum(value) -%}
    cast(sum(cast({{ value }} as decimal(28, 9))) as double)
{%- endmacro %}

{% macro exact_mean(value) -%}
    {{ exact_sum(value) }} / nullif(count({{ value }}), 0)
{%- endmacro %}

{# Stacks are stations whose key says so. #}
{% macro is_stack(station_key) -%}
    {{ station_key }} like 'STACK-%'
{%- endmacro %}
