"""The partner report: data in, one static HTML page out, Thai first and English beside it.

    ReportData  →  conclude()  →  render_html() / to_json()
    (model.py)     (conclude.py)   (render.py)

Pure: nothing is read but the package's own files: `texts.yml` (every passage in both languages), `templates/`
(the page) and `fonts/` (SIL OFL 1.1).
"""

from expectations.report.model import ReportData
from expectations.report.render import render_html, to_json

__all__ = ["ReportData", "render_html", "to_json"]
