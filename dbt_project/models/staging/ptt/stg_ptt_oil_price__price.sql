{{ stage_record(source('bronze', 'ptt_oil_price__price'), 'ptt_oil_price', 'ptt') }}
