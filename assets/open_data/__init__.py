"""Open data: published tables whose class is open, as files that anybody can use, with what catalogues ask of them.

`what.py` says which tables, `blockers.py` what still forbids it, `files.py` writes rows, `package.py`, `dcat.py`, `ckan.py`
and `readme.py` say what the files are, `release.py` does all of it or nothing.
"""
