{#
  lake_table: DuckDB writes a model's rows once, as Parquet, into the Iceberg table's own data folder; one metadata commit
  then replaces the whole table, or, for a model kept by month (`month_of: <date column>`) or by year (`year_of`), just the
  periods of this run. On Spark the same models use `insert overwrite`.

  Each row is computed once: checking the contract, or asking for the columns, only plans the SQL. Large tables are written
  some periods at a time, so that memory is bounded by those and not by history; the commit is one all the same.

  Constraints are judged before the commit, so that rows that break them are never shown: `not_null` by what the written files
  say of their columns, `primary_key` by the key columns of the files just written, some periods at a time as they are
  (the key of a table kept by period decides the period). Empty values count as equal in a key.
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

    {%- set required = lake_constraint('not_null') -%}
    {%- set key = lake_constraint('primary_key') -%}
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
        {%- set paths = [] -%}
        {%- for row in load_result('copy')['data'] -%}
            {%- do paths.append(row[0]) if row[1] -%}
            {%- set nulls, statistics = {}, fromjson(row[4]) -%}
            {%- for name in required -%}
                {%- do nulls.update({name: statistics['"' ~ name ~ '"']['null_count'] | int}) -%}
            {%- endfor -%}
            {%- do written.append({'path': row[0], 'rows': row[1], 'nulls': nulls}) -%}
        {%- endfor -%}
        {%- if key and paths -%}
            {%- do lake_one_row_per(key, paths) -%}
        {%- endif -%}
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

{# Columns that the model's constraints of a type name. #}
{% macro lake_constraint(type) -%}
    {%- set names = [] -%}
    {%- for constraint in model.constraints if constraint.type == type -%}
        {%- do names.extend(constraint.columns) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

{# Fails when two rows of these files have the same key, and shows some. #}
{% macro lake_one_row_per(key, paths) -%}
    {%- set twice = run_query(
        'select ' ~ key | join(', ') ~ ", count(*) as n from read_parquet(['" ~ paths | join("', '")
        ~ "'], hive_partitioning = false) group by all having count(*) > 1 order by all limit 3"
    ) -%}
    {%- if twice.rows | length -%}
        {%- set shown = [] -%}
        {%- for row in twice.rows -%}
            {%- do shown.append(row.values()[:-1] | map('string') | join(', ') ~ ' (' ~ row.values()[-1] ~ ' rows)') -%}
        {%- endfor -%}
        {%- do exceptions.raise_compiler_error(
            this.schema ~ '.' ~ this.identifier ~ ' has one row per ' ~ key | join(', ') ~ ', and here are more: '
            ~ shown | join('; ') ~ ' (a join too many, or a column missing in a group by?); the table is as it was'
        ) -%}
    {%- endif -%}
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
