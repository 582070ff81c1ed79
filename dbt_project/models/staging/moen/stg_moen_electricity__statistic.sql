{{ stage_record(source('bronze', 'moen_electricity__statistic'), 'moen_electricity', 'moen') }}
