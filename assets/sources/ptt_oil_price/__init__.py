"""Retail fuel prices of PTT Oil and Retail: one contract, one sample, one parser."""
