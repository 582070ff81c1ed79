{#
  The few structural tests that the models need, each one pass over its table. With `month_of` (or `year_of`) a test reads
  only the periods that this run rebuilt: the others were tested when they were built.
#}
{# For seeds; a model says it as a constraint (not_null, primary_key), judged before its rows are committed. #}
{% test no_nulls(model, columns) %}
    select
        {%- for column in columns %}
        count(*) - count({{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ model }}
    having
        {%- for column in columns %}
        count(*) > count({{ column }}){{ ' or' if not loop.last }}
        {%- endfor %}
{% endtest %}

{# For seeds as well; empty values count as equal: they are part of some keys (a station without tower levels). #}
{% test unique_rows(model, columns) %}
    select
        {{ columns | join(', ') }},
        count(*) as n
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1
{% endtest %}

{% test refers_to(model, column, to, field, month_of=none, year_of=none) %}
    select child.{{ column }}
    from (
        select distinct {{ column }}
        from {{ model }}
        where {{ column }} is not null and {{ rows_of_run(model, month_of, year_of) }}
    ) as child
    left join {{ to }} as parent on child.{{ column }} = parent.{{ field }}
    where parent.{{ field }} is null
{% endtest %}

{% test one_of(model, column, values, month_of=none, year_of=none) %}
    select distinct {{ column }}
    from {{ model }}
    where {{ column }} not in ('{{ values | join("', '") }}') and {{ rows_of_run(model, month_of, year_of) }}
{% endtest %}

{# Bounds are allowed values; leave one out for an open side. #}
{% test in_range(model, column, low=none, high=none, month_of=none, year_of=none) %}
    select {{ column }}
    from {{ model }}
    where
        ({{ 'false' if low is none else column ~ ' < ' ~ low }} or {{ 'false' if high is none else column ~ ' > ' ~ high }})
        and {{ rows_of_run(model, month_of, year_of) }}
{% endtest %}

{# Condition that keeps the rows of a relation that this run built. #}
{% macro rows_of_run(relation, month_of=none, year_of=none) -%}
    {%- set table = relation.schema ~ '.' ~ relation.identifier -%}
    {%- set periods = periods_of_run(table, 'year' if year_of else 'month') if month_of or year_of else none -%}
    {{ 'true' if periods is none else in_periods(month_of or year_of, 'date', periods) }}
{%- endmacro %}
