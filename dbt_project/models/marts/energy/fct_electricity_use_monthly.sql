{{ config(order_by=['branch_code', 'month_date', 'user_class']) }}

with electricity_use as (
    select * from {{ ref('electricity_use') }}
),

-- A branch is no district by itself: only its name says which one it serves.
branch as (
    select
        electricity_use.branch_code,
        max(place.place_code) as place_code,
        max(place.place_name) as place_name,
        max(place.native_place_level) as native_place_level
    from electricity_use
    inner join {{ ref('seed_pea_branch') }} as place
        on electricity_use.branch_name like place.branch_name_start || '%'
    group by electricity_use.branch_code
    having count(distinct place.branch_name_start) = 1
)

select
    electricity_use.branch_code,
    electricity_use.branch_name,
    branch.place_code,
    coalesce(branch.place_name, electricity_use.branch_name) as place_name,
    coalesce(branch.native_place_level, 'branch') as native_place_level,
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
