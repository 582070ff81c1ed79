{{ config(order_by=['branch_code', 'month_date', 'sort_order']) }}

with by_class as (
    select * from {{ ref('fct_electricity_use_monthly') }}
),

-- What is starred at the source stays hidden class by class; together it is the rest of the branch's own total. With a
-- single starred class the rest would be that class, so there must be two.
hidden as (
    select
        source_id,
        branch_code,
        branch_name,
        place_name,
        native_place_level,
        month_date,
        max(branch_total_kwh) - coalesce({{ exact_sum('energy_kwh') }}, 0) as energy_kwh,
        max(branch_total_customers) - coalesce(sum(customers), 0) as customers
    from by_class
    group by source_id, branch_code, branch_name, place_name, native_place_level, month_date
    having sum(case when is_suppressed then 1 else 0 end) >= 2
)

select
    by_class.branch_code,
    by_class.branch_name,
    by_class.place_name,
    by_class.native_place_level,
    by_class.month_date,
    {{ be_month('by_class.month_date') }} as be_month,
    by_class.user_class,
    coalesce(known.name_th || ' / ' || known.name_en, by_class.user_class) as class_label,
    coalesce(known.sort_order, 90) as sort_order,
    by_class.energy_kwh / 1000 as energy_mwh,
    by_class.customers,
    by_class.is_suppressed,
    by_class.source_id
from by_class
left join {{ ref('dim_user_class') }} as known on by_class.user_class = known.user_class
where not by_class.is_suppressed
union all
select
    branch_code,
    branch_name,
    place_name,
    native_place_level,
    month_date,
    {{ be_month('month_date') }} as be_month,
    'suppressed' as user_class,
    'ปกปิดจากต้นทาง / withheld at the source' as class_label,
    99 as sort_order,
    energy_kwh / 1000 as energy_mwh,
    cast(customers as bigint) as customers,
    true as is_suppressed,
    source_id
from hidden
