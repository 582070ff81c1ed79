{{ config(order_by=['branch_code', 'month_date']) }}

-- What households use, by the place that their branch serves, beside the price of fuel. Who can pay is not told: no
-- income by place is delivered, and none is made up from something else.
with residential as (
    select
        branch_code,
        max(place_code) as place_code,
        max(place_name) as place_name,
        max(native_place_level) as native_place_level,
        month_date,
        {{ exact_sum('energy_kwh') }} as residential_kwh,
        sum(customers) as customers,
        max(case when is_suppressed then 1 else 0 end) = 1 as is_suppressed
    from {{ ref('fct_electricity_use_monthly') }}
    where user_class = 'residential'
    group by branch_code, month_date
)

select
    residential.branch_code,
    residential.place_code,
    residential.place_name,
    residential.native_place_level,
    residential.month_date,
    residential.residential_kwh,
    cast(residential.customers as bigint) as customers,
    residential.residential_kwh / nullif(residential.customers, 0) as kwh_per_customer,
    cast(register.total as bigint) as population,
    register.valid_from as population_month_date,
    residential.residential_kwh / nullif(register.total, 0) as kwh_per_person,
    residential.is_suppressed,
    fuel.diesel_thb_l,
    fuel.gasohol_95_thb_l,
    case
        when residential.is_suppressed then 'suppressed'
        when residential.place_code is null then 'place_levels_do_not_match'
        when register.total is null then 'no_population_register_yet'
    end as reason
from residential
left join {{ ref('int_population__register') }} as register
    on
        residential.place_code = register.place_code
        and residential.native_place_level = register.native_place_level
        and {{ in_force('register', 'residential.month_date') }}
left join {{ ref('int_fuel_price__month') }} as fuel on residential.month_date = fuel.month_date
