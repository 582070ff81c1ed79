{#
  Metres between two points given in degrees (WGS 84); empty when one of them is. On a flat earth: right to a metre over the
  kilometre that it is asked about.
#}
{% macro metres_between(latitude, longitude, other_latitude, other_longitude) -%}
    sqrt(
        power(({{ latitude }} - {{ other_latitude }}) * 111195, 2)
        + power(
            ({{ longitude }} - {{ other_longitude }}) * 111195
            * cos(radians(({{ latitude }} + {{ other_latitude }}) / 2)), 2
        )
    )
{%- endmacro %}
