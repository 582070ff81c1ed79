{# Litres that one mole of gas fills at 25 °C and 1 atm, the Thai reference condition. #}
{% macro molar_volume() -%}
    24.45
{%- endmacro %}

{# mg/m³ × m³/h = mg/h; 3600 s/h and 1000 mg/g make it g/s. #}
{% macro mass_rate_g_s(concentration_mg_m3, flow_m3_h) -%}
    {{ concentration_mg_m3 }} * {{ flow_m3_h }} / 3600 / 1000
{%- endmacro %}

{# g/s over so many hours. #}
{% macro mass_kg(rate_g_s, hours) -%}
    {{ rate_g_s }} * 3600 * {{ hours }} / 1000
{%- endmacro %}
