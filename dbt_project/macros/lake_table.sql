{#
  lake_table: DuckDB writes a model's rows once, as Parquet, into the Iceberg table's own data folder; one metadata commit
  then replaces the whole table, or, for a model kept by month (`month_of: <date column>`) or by year (`year_of`), just the
  periods of this run. On Spark the same models use `insert overwrite`.

  Each row is computed once: checking the contract, or asking for the columns, only plans the SQL. Large tables are written
  some periods at a time, so that memory is bounded by those and not by history; the commit is one all the same.

  A constraint `not_null` is judged by what the written files say of their columns, before the commit: nothing is read again,
  and rows that break it are never shown.
#}
{% materialization lake_table, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set grain = 'month' if config.get('month_of') else 'year' if config.get('year_of') else none -%}
    {%- set period_column = config.get('month_of') or config.get('year_of') -%}
    {%- set periods = periods_of_run(this.schema ~ '.' ~ this.identifier, grain) if grain else none -%}

    {{ run_hooks(pre_hooks) }}

    {%- set columns = lake_columns(compiled_code) -%}
    {%- set prepared = lake_call('lake_prepare', {
        'schema': this.schema, 'name': this.identifier, 'columns': columns,
        'comment': model.description if config.persist_relation_docs() else '',
        'partition': [period_column, grain] if grain else none, 'periods': periods,
    }) -%}

    {%- set required = lake_required() -%}
    {%- set written = [] -%}
    {%- for chunk in prepared['chunks'] -%}
        {#- One period is one file as it is; only several have to be taken apart. -#}
        {%- set is_split = grain and (chunk is none or chunk | length > 1) -%}
        {%- call statement('copy', fetch_result=True) -%}
            copy (
                select
                    {{ columns | map(attribute='name') | map('lower') | join(', ') }}
                    {%- if is_split %}, {{ period_key(period_column, grain) }} as __period{% endif %}
                from ({{ limit_to_periods(compiled_code, chunk) }}) as model_rows
                {%- if chunk is not none %}
                where {{ in_periods(period_column, 'date', chunk) }}
                {%- endif %}
                {%- set order_by = (['__period'] if is_split else []) + config.get('order_by', []) %}
                {%- if order_by %}
                order by {{ order_by | join(', ') }}
                {%- endif %}
            ) to '{{ prepared['location'] }}-{{ loop.index }}{{ '' if is_split else '.parquet' }}'
            (format parquet, compression zstd, return_stats{{ ', partition_by (__period)' if is_split }})
        {%- endcall -%}
        {%- for row in load_result('copy')['data'] -%}
            {%- set nulls, statistics = {}, fromjson(row[4]) -%}
            {%- for name in required -%}
                {%- do nulls.update({name: statistics['"' ~ name ~ '"']['null_count'] | int}) -%}
            {%- endfor -%}
            {%- do written.append({'path': row[0], 'rows': row[1], 'nulls': nulls}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set committed = lake_call('lake_commit', {
        'schema': this.schema, 'name': this.identifier, 'files': written, 'column': period_column or none, 'periods': periods,
    }) -%}
    {%- set rows = written | map(attribute='rows') | sum -%}
    {%- do store_raw_result(
        name='main', message=rows ~ ' rows, snapshot ' ~ committed, code='OK', rows_affected=rows
    ) -%}

    {{ run_hooks(post_hooks) }}

    {%- do apply_grants(target_relation, config.get('grants'), should_revoke=false) -%}
    {%- do adapter.commit() -%}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{# Columns of the model's not_null constraints. #}
{% macro lake_required() -%}
    {%- set names = [] -%}
    {%- for constraint in model.constraints if constraint.type == 'not_null' -%}
        {%- do names.extend(constraint.columns) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

{# Calls a function of assets/lake/dbt_plugin.py with one JSON argument; its refusals fail the model in its own words. #}
{% macro lake_call(function, argument) -%}
    {%- set literal = dbt.string_literal(dbt.escape_single_quotes(tojson(argument))) -%}
    {%- set answer = fromjson(run_query('select ' ~ function ~ '(' ~ literal ~ ')').columns[0].values()[0]) -%}
    {%- if 'error' in answer -%}
        {%- do exceptions.raise_compiler_error(answer['error']) -%}
    {%- endif -%}
    {{ return(answer['ok']) }}
{%- endmacro %}

{# Runs at the end of `dbt build`: when all of it passed, its tables are marked as tested (assets/warehouse_run.py, plan). #}
{% macro confirm_build(results) -%}
    {%- set failed = results | rejectattr('status', 'in', ['success', 'pass', 'warn']) | list -%}
    {%- if execute and flags.WHICH == 'build' and not failed -%}
        {%- set tables = [] -%}
        {%- for result in results if result.node.config.materialized == 'lake_table' -%}
            {%- do tables.append(result.node.schema ~ '.' ~ result.node.alias) -%}
        {%- endfor -%}
        {%- do lake_call('lake_confirm', {'tables': tables}) -%}
    {%- endif -%}
{%- endmacro %}

{# Columns of a model as [{name, type, doc}]: its contract where it has one (checked here), else what DuckDB plans. #}
{% macro lake_columns(sql) -%}
    {%- set contract = config.get('contract') -%}
    {%- set columns = [] -%}
    {%- if contract and contract.enforced -%}
        {%- do get_assert_columns_equivalent(sql) -%}
        {%- for column in model.columns.values() -%}
            {%- set doc = column.description if config.persist_column_docs() else '' -%}
            {%- do columns.append({'name': column.name, 'type': column.data_type, 'doc': doc}) -%}
        {%- endfor -%}
    {%- else -%}
        {%- for row in run_query('describe ' ~ sql).rows -%}
            {%- do columns.append({'name': row[0], 'type': row[1], 'doc': ''}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(columns) }}
{%- endmacro %}
