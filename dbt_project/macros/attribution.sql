{# Whether two directions (degrees, 0 to 360) lie within half_width of each other, also across north. #}
{% macro in_sector(direction, bearing, half_width=22.5) -%}
    abs(mod({{ direction }} - {{ bearing }} + 540, 360) - 180) <= {{ half_width }}
{%- endmacro %}

{# Correlation of x and y with z held fixed, from the three pairwise correlations. #}
{% macro partial_correlation(r_xy, r_xz, r_yz) -%}
    case
        when abs({{ r_xz }}) < 0.999999 and abs({{ r_yz }}) < 0.999999
            then
                ({{ r_xy }} - {{ r_xz }} * {{ r_yz }})
                / sqrt((1 - {{ r_xz }} * {{ r_xz }}) * (1 - {{ r_yz }} * {{ r_yz }}))
    end
{%- endmacro %}

{#
  Correlation of two columns over rows where both stand; none where one of them never changes (engines answer NaN or NULL).
  Rounded, because the order in which an engine adds changes the last digits.
#}
{% macro steady_corr(x, y) -%}
    case
        when min({{ x }}) < max({{ x }}) and min({{ y }}) < max({{ y }}) then round(corr({{ x }}, {{ y }}), 6)
    end
{%- endmacro %}

{# Change against an earlier figure, in per cent of that one. #}
{% macro change_pct(value, before) -%}
    100 * ({{ value }} - {{ before }}) / nullif({{ before }}, 0)
{%- endmacro %}
