{{ stage_record(source('bronze', 'dopa_population__registered'), 'dopa_population', 'dopa') }}
