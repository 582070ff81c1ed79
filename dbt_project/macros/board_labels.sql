{# Words that boards show, Thai first. #}

{# How final a published figure is, in both languages. #}
{% macro vintage_label(vintage) -%}
    case {{ vintage }}
        when 'final' then 'สมบูรณ์ / final'
        when 'revised' then 'ปรับปรุง / revised'
        when 'preliminary' then 'เบื้องต้น / preliminary'
        else 'ไม่ระบุสถานะ / not stated'
    end
{%- endmacro %}

{# What is put behind the name of a series whose figures are not final yet. #}
{% macro preliminary_mark(vintage) -%}
    case when {{ vintage }} = 'preliminary' then ' (เบื้องต้น / preliminary)' else '' end
{%- endmacro %}

{# '2569-03': the month of the Buddhist year, in an order that is that of time. #}
{% macro be_month_label(day) -%}
    cast(extract(year from {{ day }}) + 543 as string) || '-'
    || case when extract(month from {{ day }}) < 10 then '0' else '' end || cast(extract(month from {{ day }}) as string)
{%- endmacro %}
