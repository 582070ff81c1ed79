{{ stage_record(source('bronze', 'moen_oil_price__price_structure'), 'moen_oil_price', 'moen') }}
