{# A model lives in the schema that its folder names (silver, gold), in the Iceberg catalog; seeds live in memory. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}

{% macro generate_database_name(custom_database_name, node) -%}
    {{ 'memory' if node.resource_type == 'seed' else 'lake' }}
{%- endmacro %}
