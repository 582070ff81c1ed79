{# GeoJSON as text, for maps whose only ground is the boundaries. #}

{#
  Coordinates of a MULTIPOLYGON: (((1 2, 3 4), (5 6, 7 8))) becomes [[[[1,2],[3,4]],[[5,6],[7,8]]]]; as lines, its rings
  without their polygons: [[[1,2],[3,4]],[[5,6],[7,8]]], a MultiLineString.
#}
{% macro geojson_coordinates(wkt, as_lines=false) -%}
    {%- set first, last, between = ('[[[', ']]]', ']],[[') if as_lines else ('[[[[', ']]]]', ']]],[[[') -%}
    {%- set steps = namespace(sql=wkt) -%}
    {%- for found, instead in [
        ('MULTIPOLYGON ', ''), (')), ((', between), ('), (', ']],[['), ('(((', first), (')))', last), (', ', '],['), (' ', ','),
    ] -%}
        {%- set steps.sql = "replace(" ~ steps.sql ~ ", '" ~ found ~ "', '" ~ instead ~ "')" -%}
    {%- endfor -%}
    {{ steps.sql }}
{%- endmacro %}

{# A text within JSON: a quotation mark would end it. #}
{% macro quoted_in_json(text) -%}
    '"' || replace({{ text }}, '"', '') || '"'
{%- endmacro %}

{#
  A Feature as the map takes it: `fill` and `stroke` are SQL that gives '[red,green,blue,opacity]'; `tells` is a list of
  (label, SQL of a JSON value), shown when the pointer rests on it.
#}
{% macro geojson_feature(kind, coordinates, fill, stroke, tells) -%}
    '{"type":"Feature","geometry":{"type":"{{ kind }}","coordinates":' || {{ coordinates }}
    || '},"properties":{"fillColor":' || {{ fill }} || ',"strokeColor":' || {{ stroke }} || '},"extraProps":{'
    {%- for label, told in tells %}
    || '{{ '' if loop.first else ',' }}"{{ label }}":' || {{ told }}
    {%- endfor %}
    || '}}'
{%- endmacro %}
