"""The bilingual dictionary of what is published: a static site that needs no server and no network.

Read in this order: `state.py` (what is published now and how its feeds stand), `origin.py` (where a table comes from),
`examples.py`, `kpis.py` and `dashboards.py` (what is asked of it), `pages.py` (all of it as pages), `build.py` (to disk).
"""
