{# Ratios of energy and hours, in per cent: always of sums, never means of ratios. #}

{# Energy over what the capacity could have given in the same hours. #}
{% macro capacity_factor_pct(energy_mwh, potential_mwh) -%}
    100 * {{ energy_mwh }} / nullif({{ potential_mwh }}, 0)
{%- endmacro %}

{# Hours in which a unit could have run at full power, of the hours that say anything. #}
{% macro availability_pct(n_hours, planned_h, forced_h, derated_h) -%}
    100 * ({{ n_hours }} - {{ planned_h }} - {{ forced_h }} - {{ derated_h }}) / nullif({{ n_hours }}, 0)
{%- endmacro %}

{# Hours lost to faults, of those and the hours in service. #}
{% macro forced_outage_rate_pct(forced_h, service_h) -%}
    100 * cast({{ forced_h }} as double) / nullif({{ forced_h }} + {{ service_h }}, 0)
{%- endmacro %}

{# Renewable energy of all net energy. Biomass burned with lignite is in the generation of its units already. #}
{% macro renewable_share_pct(renewable_mwh, unit_net_mwh, cofired_mwh) -%}
    100 * {{ renewable_mwh }} / nullif({{ unit_net_mwh }} + {{ renewable_mwh }} - coalesce({{ cofired_mwh }}, 0), 0)
{%- endmacro %}
