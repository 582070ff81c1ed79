{{ config(order_by=['month_date', 'native_place_level', 'place_code']) }}

with registered as (
    select
        *,
        -- A tambon that a municipality shares with the district office has a line of each registrar.
        case native_place_level
            when 'village' then village_code
            when 'tambon' then tambon_code
            else place_code
        end as code
    from {{ ref('population') }}
    where native_place_level in ('village', 'tambon', 'district', 'province')
),

-- A registrar's district is not the district: it leaves out the municipalities. The district is the sum of its tambons.
row_of_level as (
    select
        *,
        native_place_level as level,
        code as level_code,
        false as is_part
    from registered
    union all
    select
        *,
        'district' as level,
        {{ district_of('tambon_code') }} as level_code,
        true as is_part
    from registered
    where native_place_level = 'tambon' and tambon_code is not null
    union all
    select
        *,
        'province' as level,
        province_code as level_code,
        true as is_part
    from registered
    where native_place_level = 'tambon'
),

added as (
    select
        level,
        level_code,
        case when level_code is null then place_ref end as unnamed_ref,
        month_date,
        province_code,
        is_part,
        min(place_name) as place_name,
        cast(sum(male) as bigint) as male,
        cast(sum(female) as bigint) as female,
        cast(sum(total) as bigint) as total,
        cast(case when count(houses) = count(*) then sum(houses) end as bigint) as houses,
        count(*) as n_rows,
        min(source_id) as source_id,
        min(partner_id) as partner_id
    from row_of_level
    group by
        level,
        level_code,
        case when level_code is null then place_ref end,
        month_date,
        province_code,
        is_part
),

-- One row a place: a district as the sum of its tambons, a province as delivered; each the other way where that is
-- missing.
ranked as (
    select
        *,
        row_number() over (
            partition by level, coalesce(level_code, unnamed_ref), month_date
            order by case when (level = 'district') = is_part then 0 else 1 end
        ) as choice
    from added
)

select
    ranked.level_code as place_code,
    case
        when place.name_th is not null then place.name_th
        when ranked.is_part then ranked.level_code
        else ranked.place_name
    end as place_name,
    ranked.level as native_place_level,
    case when ranked.level in ('tambon', 'village') then substr(ranked.level_code, 1, 6) end as tambon_code,
    case when ranked.level <> 'province' then {{ district_of('ranked.level_code') }} end as district_code,
    ranked.province_code,
    ranked.month_date,
    ranked.male,
    ranked.female,
    ranked.total,
    ranked.houses,
    ranked.is_part or ranked.n_rows > 1 as is_summed,
    ranked.source_id,
    ranked.partner_id
from ranked
left join {{ ref('dim_place') }} as place on ranked.level_code = place.place_code
where ranked.choice = 1
