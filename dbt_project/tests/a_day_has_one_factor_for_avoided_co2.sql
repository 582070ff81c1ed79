-- Two factors in force on one day would count avoided CO2 twice.
select
    this.factor_id,
    other.factor_id as other_factor_id
from {{ ref('int_factor__avoided') }} as this
inner join {{ ref('int_factor__avoided') }} as other
    on
        this.factor_id < other.factor_id
        and this.valid_from <= other.valid_to
        and this.valid_to >= other.valid_from
