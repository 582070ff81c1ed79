"""The lake: object keys, S3 objects, Iceberg tables, the ledger, and the embedded store. Nothing outside this room speaks S3."""
