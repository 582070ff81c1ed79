"""What is ingested and published. All input and output of the lakehouse lives in this room."""
