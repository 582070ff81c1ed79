{{ config(order_by=['unit']) }}

select
    unit,
    name_th,
    name_en,
    measures
from {{ ref('seed_unit_of_measure') }}
