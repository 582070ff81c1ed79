"""Electricity statistics of the Ministry of Energy: one contract, one sample, one parser."""
