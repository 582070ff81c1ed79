{{ stage_record(source('bronze', 'egat_site_visits__visit'), 'egat_site_visits', 'egat') }}
