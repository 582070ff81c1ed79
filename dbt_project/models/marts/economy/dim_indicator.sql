{{ config(order_by=['indicator']) }}

with registered as (
    select
        indicator,
        source_id,
        source_key,
        kind,
        may_be_summed,
        name_en,
        name_th,
        is_verified,
        source
    from {{ ref('seed_indicator') }}
),

-- A table or item that nobody has described yet is there too, under its own name: never to be added up.
delivered as (
    select
        source_id,
        item as source_key
    from {{ ref('inbound_visitors') }}
    union distinct
    select
        source_id,
        table_id as source_key
    from {{ ref('indicator') }}
)

select
    indicator,
    source_id,
    source_key,
    kind,
    may_be_summed,
    name_en,
    name_th,
    is_verified,
    source
from registered
union all
select
    lower(delivered.source_key) as indicator,
    delivered.source_id,
    delivered.source_key,
    'unknown' as kind,
    false as may_be_summed,
    delivered.source_key as name_en,
    delivered.source_key as name_th,
    false as is_verified,
    'as delivered' as source
from delivered
left join registered
    on
        delivered.source_id = registered.source_id
        and delivered.source_key = registered.source_key
where registered.indicator is null
