select
    user_class,
    name_en,
    name_th,
    class_group,
    sort_order,
    is_verified,
    source,
    note
from {{ ref('seed_user_class') }}
