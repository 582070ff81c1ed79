{#
  1 for the row that counts out of several deliveries of one fact: the one received last. Batch and row number break ties, so
  that the choice never depends on the order of reading. `prefer` is what is asked before that, smallest first.
#}
{% macro latest_first(key, prefer=none) -%}
    row_number() over (
        partition by {{ key | join(', ') }}
        order by {{ prefer ~ ', ' if prefer }}received_at desc, batch_id desc, row_id desc
    )
{%- endmacro %}
