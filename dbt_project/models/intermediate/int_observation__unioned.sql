-- Rows of every source that measures. Staging models are discovered: a new feed of observations is in here by itself.
{% for model in observation_models().split(',') %}
    select * from {{ ref(model) }}
    {% if not loop.last %}union all{% endif %}
{% endfor %}
