-- The shares of a unit's flue gas are 1 together on the first day of each of its stacks.
select
    this.unit_key,
    this.valid_from,
    sum(other.share) as share
from {{ ref('seed_unit_stack') }} as this
inner join {{ ref('seed_unit_stack') }} as other
    on
        this.unit_key = other.unit_key
        and {{ in_force('other', 'this.valid_from') }}
group by this.unit_key, this.stack_key, this.valid_from
having abs(sum(other.share) - 1) > 0.000001
