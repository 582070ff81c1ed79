-- Sulphur dioxide of all stacks together: the plume comes out of all of them. A monthly mean until hourly CEMS arrives.
select
    month_date,
    {{ exact_sum('rate_recomputed_g_s') }} as so2_g_s,
    count(rate_recomputed_g_s) as n_stacks
from {{ ref('fct_stack_emission_monthly') }}
where
    quantity = 'SO2'
    and averaging_period = 'P1M'
    and {{ in_months('month_date') }}
group by month_date
