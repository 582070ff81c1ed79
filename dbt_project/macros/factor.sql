{#
  A factor serves one purpose. Avoided CO2 (T-VER projects) is counted with the combined margin of the grid and never with
  the factor of Scope 2, which is another number for another question; a model that asks for the wrong kind does not compile.
#}
{% macro ef_type_for(purpose, ef_type) -%}
    {%- set allowed = {
        'avoided_co2': ['combined_margin'],
        'purchased_electricity': ['scope2_location'],
        'upstream_of_electricity': ['scope3_upstream'],
        'fuel_burnt': ['fuel_combustion'],
    } -%}
    {%- if purpose not in allowed -%}
        {{ exceptions.raise_compiler_error(
            "No factor is known for the purpose '" ~ purpose ~ "'; known are " ~ (allowed | join(', ')) ~ '.'
        ) }}
    {%- elif ef_type not in allowed[purpose] -%}
        {{ exceptions.raise_compiler_error(
            "A factor of the kind '" ~ ef_type ~ "' may not be used for " ~ purpose ~ '; use ' ~ (allowed[purpose] | join(', ')) ~ '.'
        ) }}
    {%- endif -%}
    '{{ ef_type }}'
{%- endmacro %}

{#
  Condition of a join: the factor of this kind that is in force on the date. For instance
      left join seed_factor as grid on emission_factor('grid', 'combined_margin', purpose='avoided_co2', on_date='observed_date')
#}
{% macro emission_factor(factor, ef_type, purpose, on_date) -%}
    {{ factor }}.ef_type = {{ ef_type_for(purpose, ef_type) }}
    and {{ in_force(factor, on_date) }}
{%- endmacro %}

{# t × MJ/kg = GJ; × kg/GJ = kg; 1000 kg make a tonne. #}
{% macro co2_t(fuel_t, ncv_mj_kg, co2_kg_gj) -%}
    {{ fuel_t }} * {{ ncv_mj_kg }} * {{ co2_kg_gj }} / 1000
{%- endmacro %}
