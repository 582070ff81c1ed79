"""The partner report: data in, one static HTML page out, Thai first and English beside it.

    ReportData  →  conclude()  →  render_html() · to_json(), to_csv(), answers_csv() · to_pdf()
    (model.py)     (conclude.py)   (render.py)     (files.py)                          (pdf.py)

Pure: nothing is read but the package's own files: `texts.yml` and `texts_history.yml` (every passage in both languages),
`agreed.yml` (target, deadlines), `templates/` (the page, the print) and `fonts/` (SIL OFL 1.1).
"""

from expectations.report.files import to_json
from expectations.report.model import ReportData
from expectations.report.render import render_html

__all__ = ["ReportData", "render_html", "to_json"]
