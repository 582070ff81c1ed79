{{ stage_record(source('bronze', 'ptt_ev_charging__session'), 'ptt_ev_charging', 'ptt') }}
