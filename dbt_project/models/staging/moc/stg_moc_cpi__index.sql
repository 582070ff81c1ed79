{{ stage_record(source('bronze', 'moc_cpi__index'), 'moc_cpi', 'moc') }}
