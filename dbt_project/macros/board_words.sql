{# What codes are called on dashboards: `language` is th or en. A code that is not known here shows as itself. #}

{% macro words_of(column, words, language) -%}
    case {{ column }}
        {%- for code, th, en in words %}
        when '{{ code }}' then '{{ th if language == 'th' else en }}'
        {%- endfor %}
        else {{ column }}
    end
{%- endmacro %}

{% macro class_words(column, language) -%}
    {{ words_of(column, [
        ('reference', 'สถานีอ้างอิง', 'reference station'),
        ('equivalent', 'สถานีอ้างอิง', 'reference station'),
        ('indicative', 'เซนเซอร์ราคาประหยัด', 'low-cost sensor'),
        ('satellite_model', 'แบบจำลองดาวเทียม', 'satellite model'),
        ('unknown', 'ไม่ทราบประเภท', 'class not known'),
    ], language) }}
{%- endmacro %}

{% macro aqi_words(column, language) -%}
    {{ words_of(column, [
        ('very_good', 'ดีมาก', 'very good'),
        ('good', 'ดี', 'good'),
        ('moderate', 'ปานกลาง', 'moderate'),
        ('unhealthy_sensitive', 'เริ่มมีผลกระทบต่อสุขภาพ', 'begins to affect health'),
        ('unhealthy', 'มีผลกระทบต่อสุขภาพ', 'affects health'),
    ], language) }}
{%- endmacro %}

{% macro season_words(column, language) -%}
    {{ words_of(column, [
        ('core', 'ฤดูหมอกควัน', 'haze season'),
        ('extended', 'ต้นและปลายฤดู', 'shoulder'),
        ('none', 'นอกฤดู', 'off season'),
    ], language) }}
{%- endmacro %}

{% macro pillar_words(column, language) -%}
    {{ words_of(column, [
        ('environment', 'สิ่งแวดล้อม', 'Environment'),
        ('energy', 'พลังงาน', 'Energy'),
        ('economy', 'เศรษฐกิจ', 'Economy'),
        ('data', 'คุณภาพข้อมูล', 'Data'),
    ], language) }}
{%- endmacro %}

{% macro kpi_status_words(column, language) -%}
    {{ words_of(column, [
        ('met', 'ถึงเป้าหมาย', 'met'),
        ('missed', 'ไม่ถึงเป้าหมาย', 'missed'),
        ('no_target', 'ไม่ได้กำหนดเป้าหมาย', 'no target set'),
        ('not_computable', 'ยังคำนวณไม่ได้', 'not computable yet'),
    ], language) }}
{%- endmacro %}

{% macro kpi_reason_words(column, language) -%}
    {{ words_of(column, [
        ('insufficient_data', 'ข้อมูลไม่ครบตามเกณฑ์', 'too little data'),
        ('input_not_delivered', 'ยังไม่มีหน่วยงานส่งข้อมูล', 'no partner delivers it yet'),
        ('length_of_stay_not_delivered', 'ไม่มีข้อมูลจำนวนวันพัก', 'length of stay is not delivered'),
        ('green_area_not_defined', 'ยังไม่มีนิยามพื้นที่สีเขียว', 'green area is not defined yet'),
        ('station_village_unknown', 'ไม่ทราบหมู่บ้านของสถานี', 'villages of the stations are not known'),
        ('station_place_unknown', 'ไม่ทราบที่ตั้งสถานีชาร์จ', 'places of the chargers are not known'),
        ('district_area_not_verified', 'ยังไม่ได้ยืนยันเนื้อที่อำเภอ', 'area of the district is not verified'),
        ('no_factor', 'ไม่มีค่าสัมประสิทธิ์ที่ใช้ได้', 'no factor in force'),
        ('stack_flow_not_delivered', 'ไม่มีข้อมูลอัตราการไหลของปล่อง', 'stack flow is not delivered'),
        ('stack_emission_not_delivered', 'ไม่มีข้อมูลการระบายของปล่อง', 'stack emission is not delivered'),
    ], language) }}
{%- endmacro %}

{# A unit as people write it, not as UCUM does. #}
{% macro unit_words(column) -%}
    case {{ column }}
        {%- for unit, written in [
            ('ug/m3', 'µg/m³'), ('%', '%'), ('1', '-'), ('d', 'วัน / days'), ('h', 'ชั่วโมง / h'), ('min', 'นาที / min'),
            ('t', 'ตัน / t'), ('m2', 'ตร.ม. / m²'), ('GW.h', 'GWh'), ('kW.h', 'kWh'), ('t/MW.h', 'ตัน/MWh / t/MWh'),
            ('kg/MW.h', 'กก./MWh / kg/MWh'), ('{rai}', 'ไร่ / rai'), ('{person}', 'คน / persons'),
            ('{THB}', 'บาท / THB'), ('{MTHB}', 'ล้านบาท / M THB'), ('{ktoe}/{MTHB}', 'ktoe/ล้านบาท / ktoe/M THB'),
        ] %}
        when '{{ unit }}' then '{{ written }}'
        {%- endfor %}
        else {{ column }}
    end
{%- endmacro %}

{# '2569-03': months of the Buddhist year, in the order of time. #}
{% macro be_month(day) -%}
    cast(extract(year from {{ day }}) + 543 as string) || '-'
    || case when extract(month from {{ day }}) < 10 then '0' else '' end || cast(extract(month from {{ day }}) as string)
{%- endmacro %}

{# '04:00' in Mae Moh. #}
{% macro local_clock(instant) -%}
    substr(cast({{ instant }} + interval '7' hour as string), 12, 5)
{%- endmacro %}
