{{ config(order_by=['branch_code', 'month_date', 'user_class']) }}

with electricity_use as (
    select * from {{ ref('electricity_use') }}
),

-- A branch is no district by itself: only its name says which one it serves.
branch as (
    select
        electricity_use.branch_code,
        max(known.place_code) as place_code
    from electricity_use
    inner join {{ ref('seed_pea_branch') }} as known
        on electricity_use.branch_name like known.branch_name_start || '%'
    group by electricity_use.branch_code
    having count(distinct known.branch_name_start) = 1
)

select
    electricity_use.branch_code,
    electricity_use.branch_name,
    branch.place_code,
    coalesce(place.name_th, electricity_use.branch_name) as place_name,
    coalesce(place.level, 'branch') as native_place_level,
    electricity_use.month_date,
    electricity_use.user_class,
    electricity_use.energy_kwh,
    electricity_use.customers,
    electricity_use.peak_kw,
    electricity_use.energy_kwh / nullif(electricity_use.customers, 0) as kwh_per_customer,
    electricity_use.is_suppressed,
    electricity_use.branch_total_kwh,
    electricity_use.branch_total_customers,
    electricity_use.source_id,
    electricity_use.partner_id,
    electricity_use.batch_id
from electricity_use
left join branch on electricity_use.branch_code = branch.branch_code
left join {{ ref('dim_place') }} as place on branch.place_code = place.place_code
