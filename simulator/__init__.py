"""Plays the partners: makes deliveries like theirs, layouts and traps included, values invented.

Used by the demo, the tests and the benchmarks. The pipeline never imports this room, and this room imports nothing of
the pipeline: it keeps its own idea of the layouts, as a partner would, so that a wrong reader cannot agree with itself.
"""
