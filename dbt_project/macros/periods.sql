{#
  Which months of a table ('silver.observation') a run rebuilds, such as ['2024-02'] (Asia/Bangkok); none means all. It comes
  from the environment (MAEMOH_MONTHS, written by assets/warehouse_run.py) and not from `--vars`, because other vars make dbt parse
  the whole project again.
#}
{% macro months_of_run(table) -%}
    {%- set due = fromjson(env_var('MAEMOH_MONTHS', '{}')) if execute else {} -%}
    {{ return(due.get(table)) }}
{%- endmacro %}

{# Months or years of a table's run; none means all. #}
{% macro periods_of_run(table, grain) -%}
    {%- set months = months_of_run(table) -%}
    {%- if months is none or grain == 'month' -%}
        {{ return(months) }}
    {%- endif -%}
    {%- set years = [] -%}
    {%- for month in months if month[:4] not in years -%}
        {%- do years.append(month[:4]) -%}
    {%- endfor -%}
    {{ return(years) }}
{%- endmacro %}

{# '2024-02' of a date column (or '2024'). #}
{% macro period_key(column, grain) -%}
    {{ return(adapter.dispatch('period_key')(column, grain)) }}
{%- endmacro %}

{% macro duckdb__period_key(column, grain) -%}
    {{ return("strftime(" ~ column ~ ", '" ~ ('%Y-%m' if grain == 'month' else '%Y') ~ "')") }}
{%- endmacro %}

{% macro spark__period_key(column, grain) -%}
    {{ return("date_format(" ~ column ~ ", '" ~ ('yyyy-MM' if grain == 'month' else 'yyyy') ~ "')") }}
{%- endmacro %}

{#
  Stands in a model for "rows of the periods being built". `kind` says what the column is: 'date' (a local date) or
  'instant' (UTC); `days_before` takes that many days before each period too, for what looks back over its edge. It compiles
  to `true`; the lake_table materialization puts the condition in, chunk by chunk.
#}
{% macro in_months(column, kind='date', days_before=0) -%}
    true /* in_months {{ column }} {{ kind }} {{ days_before }} */
{%- endmacro %}

{# A model's SQL with its in_months marks filled in; periods none leaves them true. #}
{% macro limit_to_periods(sql, periods) -%}
    {%- if periods is none -%}
        {{ return(sql) }}
    {%- endif -%}
    {%- set limited = namespace(sql=sql) -%}
    {%- for mark, column, kind, days in modules.re.findall('(true /\\* in_months (\\S+) (\\S+) (\\d+) \\*/)', sql) -%}
        {%- set limited.sql = limited.sql | replace(mark, in_periods(column, kind, periods, days | int)) -%}
    {%- endfor -%}
    {{ return(limited.sql) }}
{%- endmacro %}

{#
  Condition for months ('2024-02') or years ('2024'). Neighbours become one range; the first and the last bound also stand
  alone, because that is what lets an engine skip whole files.
#}
{% macro in_periods(column, kind, periods, days_before=0) -%}
    {%- if not periods -%}
        {{ return('false') }}
    {%- endif -%}
    {%- set ranges = [] -%}
    {%- for period in periods | sort -%}
        {%- set start = (period[:4] | int) * 12 + ((period[5:7] | int) - 1 if period | length > 4 else 0) -%}
        {%- set end = start + (1 if period | length > 4 else 12) -%}
        {%- if ranges and ranges[-1][1] == start -%}
            {%- do ranges.append([ranges.pop()[0], end]) -%}
        {%- else -%}
            {%- do ranges.append([start, end]) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set conditions = [] -%}
    {%- for start, end in [[ranges[0][0], ranges[-1][1]]] + (ranges if ranges | length > 1 else []) -%}
        {%- do conditions.append(
            '(' ~ column ~ ' >= ' ~ month_start(start, kind, days_before) ~ ' and ' ~ column ~ ' < ' ~ month_start(end, kind) ~ ')'
        ) -%}
    {%- endfor -%}
    {%- if conditions | length == 1 -%}
        {{ return(conditions[0]) }}
    {%- endif -%}
    {{ return('(' ~ conditions[0] ~ ' and (' ~ conditions[1:] | join(' or ') ~ '))') }}
{%- endmacro %}

{# First day of a month counted from year 0, or some days before it, as a literal: a local date, or the instant at which it
   begins in Bangkok. #}
{% macro month_start(number, kind, days_before=0) -%}
    {%- set first = modules.datetime.date(number // 12, number % 12 + 1, 1) -%}
    {%- set day = (first - modules.datetime.timedelta(days=days_before)).isoformat() -%}
    {%- if kind == 'date' -%}
        {{ return("cast('" ~ day ~ "' as date)") }}
    {%- endif -%}
    {{ return(instant(day ~ ' 00:00:00+07:00')) }}
{%- endmacro %}
