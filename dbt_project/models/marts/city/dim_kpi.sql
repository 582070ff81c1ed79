{{ config(order_by=['kpi_no', 'kpi_id']) }}

select
    kpi_id,
    kpi_no,
    pillar,
    name_en,
    name_th,
    formula_en,
    formula_th,
    unit,
    grain,
    grain_th,
    period_kind,
    direction,
    target,
    target_source,
    threshold,
    needed_completeness,
    reference,
    owner,
    headline_subject_type,
    headline_subject_key,
    inputs,
    is_computable,
    not_computable_reason,
    is_verified,
    source
from {{ ref('seed_kpi') }}
