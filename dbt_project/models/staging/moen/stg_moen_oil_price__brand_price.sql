{{ stage_record(source('bronze', 'moen_oil_price__brand_price'), 'moen_oil_price', 'moen') }}
