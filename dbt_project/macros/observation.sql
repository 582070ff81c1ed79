{#
  Sources of live readings, which their operator later checks and hands out again as a record: the same station and hour
  then comes twice, and the record counts. Add a source here when its rows are such readings; smallest first.
#}
{% macro record_before_live(source_id) -%}
    case when {{ source_id }} in ('pcd_air4thai') then 1 else 0 end
{%- endmacro %}

{# Instruments that may judge: a low-cost sensor only indicates, a satellite's model only estimates. #}
{% macro is_reference(instrument_class) -%}
    {{ instrument_class }} in ('reference', 'equivalent')
{%- endmacro %}

{# (source, partner) of low-cost particle sensors. One that is added here needs its parameters in seed_sensor_correction. #}
{% macro low_cost_sources() -%}
    {{ return([('chula_cusense', 'cu'), ('cmu_dustboy', 'cmu')]) }}
{%- endmacro %}

{#
  1 for the row that counts out of all rows of one real-world fact, whoever sent them; the first difference decides:
    1. a row that says something (a value or a flag) beats a blank one: a later copy of a broken export is a grid of
       blanks;
    2. the checked record beats the live reading;
    3. the row received last;
    4. batch and row number, so that the choice never depends on the order of reading.
#}
{% macro choice_of_fact() -%}
    {{ latest_first(
        ['station_key', 'quantity', 'level', 'averaging_period', 'interval_start_at'],
        'case when value is not null or flag is not null then 0 else 1 end, ' ~ record_before_live('source_id'),
    ) }}
{%- endmacro %}

{#
  Mass of particles without the water that they took up: value / (1 + a·RH²/(1 - RH)), RH as a fraction. From 0.95 on the
  curve rises without bound and says more about fog than about particles, so RH counts as 0.95 at most.
  Chakrabarti et al. 2004, Atmospheric Environment 38, 3329.
#}
{% macro dry_mass(value, rh, growth_a) -%}
    {{ value }} / (
        1 + {{ growth_a }} * least({{ rh }}, 0.95) * least({{ rh }}, 0.95) / (1 - least({{ rh }}, 0.95))
    )
{%- endmacro %}

{#
  Mean of the `hours` hours that end with this row's, where at least `needed` of them have a value. The frame is time and
  not rows: a gap does not stretch it. The sum is exact (see exact_sum).
#}
{% macro running_mean(value, hours, needed, partition_by) -%}
    {%- set frame -%}
        over (
            partition by {{ partition_by | join(', ') }}
            order by interval_start_at
            range between interval '{{ hours - 1 }}' hour preceding and current row
        )
    {%- endset -%}
    case
        when count({{ value }}) {{ frame }} >= {{ needed }}
            then cast(sum(cast({{ value }} as decimal(28, 9))) {{ frame }} as double) / count({{ value }}) {{ frame }}
    end
{%- endmacro %}
