{#
  Wind is averaged as a vector, never as degrees. The direction says where it blows from: u > 0 blows to the east, v > 0 to
  the north. Below 0.5 m/s (EGAT's own first class) a vane says nothing: a calm hour is the zero vector, with or without a
  direction, and is counted by itself.
#}
{% macro is_calm(speed) -%}
    {{ speed }} < 0.5
{%- endmacro %}

{# function: 'sin' for u, 'cos' for v. Rounded to 1 µm/s: cos(90°) is 6e-17 to a computer. #}
{% macro wind_component(speed, direction, function) -%}
    case
        when {{ is_calm(speed) }} then 0.0
        else 0.0 - round({{ speed }} * {{ function }}(radians({{ direction }})), 6)
    end
{%- endmacro %}

{# Direction that a wind vector comes from, 0 to 360 degrees; none for the zero vector. #}
{% macro wind_direction(u, v) -%}
    case
        when {{ u }} = 0 and {{ v }} = 0 then null
        when {{ u }} > 0 then degrees(atan2(0.0 - {{ u }}, 0.0 - {{ v }})) + 360
        else degrees(atan2(0.0 - {{ u }}, 0.0 - {{ v }}))
    end
{%- endmacro %}

{# Of a tower the highest level first, which is nearest to a stack's plume. #}
{% macro tower_rank(level) -%}
    case {{ level }} when 'H' then 0 when 'M' then 1 when 'L' then 2 else 3 end
{%- endmacro %}
