{{ config(order_by=['native_place_level', 'place_code', 'month_date']) }}

select
    population.place_code,
    case population.native_place_level
        when 'tambon' then 'ต.' when 'district' then 'อ.' else 'จ.'
    end || coalesce(place.name_th || ' / ' || place.name_en, population.place_name) as place_label,
    population.native_place_level,
    population.district_code,
    population.month_date,
    {{ be_month('population.month_date') }} as be_month,
    population.male,
    population.female,
    population.total,
    population.houses,
    population.month_date = max(population.month_date) over (partition by population.native_place_level)
        as is_latest_month,
    population.source_id
from {{ ref('fct_population_monthly') }} as population
left join {{ ref('dim_place') }} as place on population.place_code = place.place_code
where
    population.place_code is not null
    and population.native_place_level in ('tambon', 'district', 'province')
