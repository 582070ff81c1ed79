{{ config(order_by=['sort_order', 'kpi_id']) }}

-- The scorecard in words: units, periods, results and reasons as people read them.
with calendar as (
    select
        calendar_date,
        day_of_month,
        be_year,
        ce_year,
        fiscal_year_be,
        month_th,
        month_en
    from {{ ref('dim_date') }}
)

select
    card.kpi_id,
    -- by pillar; within it what misses its target comes first, what cannot be computed last
    case card.pillar when 'environment' then 10 when 'energy' then 20 when 'economy' then 30 else 40 end
    + case card.status when 'missed' then 1 when 'met' then 2 when 'no_target' then 3 else 4 end as sort_order,
    card.pillar,
    {{ pillar_words('card.pillar', 'th') }} as pillar_th,
    {{ pillar_words('card.pillar', 'en') }} as pillar_en,
    card.name_th,
    card.name_en,
    card.value,
    {{ unit_words('card.unit') }} as unit,
    card.target,
    case
        when card.target is null then null
        when card.direction in ('at_most', 'down') then '≤'
        when card.direction in ('at_least', 'up') then '≥'
    end as target_sign,
    card.status,
    {{ kpi_status_words('card.status', 'th') }} as status_th,
    {{ kpi_status_words('card.status', 'en') }} as status_en,
    card.period_kind,
    card.period_end_date,
    case card.period_kind
        when 'day'
            then
                cast(calendar.day_of_month as string) || ' ' || calendar.month_th || ' '
                || cast(calendar.be_year as string)
        when 'month' then calendar.month_th || ' ' || cast(calendar.be_year as string)
        when 'fiscal_year' then 'ปีงบประมาณ ' || cast(calendar.fiscal_year_be as string)
        else 'ปี ' || cast(calendar.be_year as string)
    end as period_th,
    case card.period_kind
        when 'day'
            then
                cast(calendar.day_of_month as string) || ' ' || calendar.month_en || ' '
                || cast(calendar.ce_year as string)
        when 'month' then calendar.month_en || ' ' || cast(calendar.ce_year as string)
        when 'fiscal_year' then 'fiscal year ' || cast(calendar.fiscal_year_be - 543 as string)
        else cast(calendar.ce_year as string)
    end as period_en,
    card.completeness,
    card.quality_score,
    card.is_indicative,
    card.is_newer_period_incomplete,
    case
        when card.reason is not null then {{ kpi_reason_words('card.reason', 'th') }}
        when card.is_indicative then 'อาศัยเซนเซอร์ราคาประหยัด ใช้บ่งชี้เท่านั้น'
        when card.completeness < 0.99 then 'ตัวเลขเบื้องต้น ข้อมูลของช่วงยังไม่ครบ'
        when card.is_newer_period_incomplete then 'ช่วงที่ใหม่กว่ายังไม่ครบ'
    end as note_th,
    case
        when card.reason is not null then {{ kpi_reason_words('card.reason', 'en') }}
        when card.is_indicative then 'rests on low-cost sensors, indicates only'
        when card.completeness < 0.99 then 'provisional, the period is not complete'
        when card.is_newer_period_incomplete then 'a newer period is not complete yet'
    end as note_en
from {{ ref('mart_city_scorecard') }} as card
left join calendar on card.period_end_date = calendar.calendar_date
