{# Where things are: distances, bearings, and the place in which a point lies. Degrees are WGS 84. #}

{# The district and the province of a TIS 1099 code, which begins with them. #}
{% macro district_of(place_code) -%}
    left({{ place_code }}, 4)
{%- endmacro %}

{% macro province_of(place_code) -%}
    left({{ place_code }}, 2)
{%- endmacro %}

{# The power plant, to which distances are given. #}
{% macro plant_latitude() -%}
    18.296
{%- endmacro %}

{% macro plant_longitude() -%}
    99.752
{%- endmacro %}

{# Mean radius of the earth in km; on a sphere distances are up to 0.5 % off. #}
{% macro earth_radius_km() -%}
    6371.0088
{%- endmacro %}

{# Great-circle distance of two points in km (haversine); empty when one of them is. #}
{% macro distance_km(latitude, longitude, other_latitude, other_longitude) -%}
    2 * {{ earth_radius_km() }} * asin(sqrt(
        power(sin(radians({{ latitude }} - {{ other_latitude }}) / 2), 2)
        + cos(radians({{ other_latitude }})) * cos(radians({{ latitude }}))
        * power(sin(radians({{ longitude }} - {{ other_longitude }}) / 2), 2)
    ))
{%- endmacro %}

{% macro distance_from_plant_km(latitude, longitude) -%}
    {{ distance_km(latitude, longitude, plant_latitude(), plant_longitude()) }}
{%- endmacro %}

{# Direction in which a point lies from the plant: 0 is north, 90 is east; below 360. #}
{% macro bearing_from_plant_deg(latitude, longitude) -%}
    mod(degrees(atan2(
        sin(radians({{ longitude }} - {{ plant_longitude() }})) * cos(radians({{ latitude }})),
        cos(radians({{ plant_latitude() }})) * sin(radians({{ latitude }}))
        - sin(radians({{ plant_latitude() }})) * cos(radians({{ latitude }}))
        * cos(radians({{ longitude }} - {{ plant_longitude() }}))
    )) + 360, 360)
{%- endmacro %}

{% macro rai_of_m2(area_m2) -%}
    {{ area_m2 }} / 1600
{%- endmacro %}

{# Cells of 375 m, the pixel of VIIRS: rows from the equator, columns from Greenwich on the middle of the row. #}
{% macro cell_row(latitude) -%}
    cast(floor(radians({{ latitude }}) * {{ earth_radius_km() }} / 0.375) as bigint)
{%- endmacro %}

{% macro cell_column(row, longitude) -%}
    cast(floor(
        radians({{ longitude }}) * cos(({{ row }} + 0.5) * 0.375 / {{ earth_radius_km() }})
        * {{ earth_radius_km() }} / 0.375
    ) as bigint)
{%- endmacro %}

{#
  The place in which each point lies, by ray casting: a ray from the point to the east crosses the sides of the place that it
  lies in an odd number of times; holes and separate parts follow by themselves. `points` is a relation of distinct latitude,
  longitude; `sides` a seed of sides (x1, y1, x2, y2; the southern end first) with the column `place`. Points that lie in
  none have no row.

  A side holds its southern end and not its northern one, so that a ray through a corner counts once; neighbours share
  their sides exactly, so that a point on a border lies in one of them.
#}
{% macro places_of_points(points, sides, place) -%}
select
    latitude,
    longitude,
    min({{ place }}) as {{ place }}
from (
    select
        point.latitude,
        point.longitude,
        side.{{ place }}
    from {{ points }} as point
    inner join {{ sides }} as side
        on
            point.latitude >= side.y1
            and point.latitude < side.y2
            and point.longitude < side.x1 + (point.latitude - side.y1) * (side.x2 - side.x1) / (side.y2 - side.y1)
    group by
        point.latitude,
        point.longitude,
        side.{{ place }}
    having mod(count(*), 2) = 1
) as inside
group by
    latitude,
    longitude
{%- endmacro %}
