"""What the pages look like, and how each is tied to one publication."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from flask import Blueprint, Flask, Response, g, redirect, request, send_from_directory
from jinja2 import ChoiceLoader, FileSystemLoader

from bi import pins

PARAMETER = "publication"
HEADER = "X-Publication"
"""Names the publication that an answer was read from."""
DASHBOARDS = "/superset/dashboard/"
ROOT = Path(__file__).resolve().parent
FONTS = ROOT.parent / "expectations" / "report" / "fonts"
FAMILY = "Sarabun, Inter, 'Noto Sans Thai', Tahoma, Helvetica, Arial, sans-serif"

COLORS = [
    {
        "id": "maemoh",
        "label": "Mae Moh: reference stations blue, low-cost orange, satellite violet",
        "description": "The order of instrument classes on every chart",
        "isDefault": True,
        "colors": ["#1f5f8b", "#e08a1e", "#7b5ea7", "#3d8b5f", "#b5473c", "#6b7280", "#2a9d9d", "#a67c2e", "#8fb8d8", "#d98cb3"],
    }
]  # fmt: skip


def theme(name: str, icon: str) -> dict[str, Any]:
    """Superset's theme in our colours, with a font that has Thai."""
    return {
        "token": {
            "brandAppName": name,
            "brandLogoAlt": name,
            "brandLogoUrl": icon,
            "brandLogoMargin": "10px 0",
            "brandLogoHref": "/dashboard/list/",
            "brandLogoHeight": "32px",
            "colorPrimary": "#1f5f8b",
            "colorLink": "#1f5f8b",
            "colorError": "#b5473c",
            "colorWarning": "#e0a11e",
            "colorSuccess": "#3d8b5f",
            "colorInfo": "#2a7fb8",
            "fontUrls": [],
            "fontFamily": FAMILY,
            "fontFamilyCode": "'IBM Plex Mono', 'Courier New', monospace",
            # a half-drawn line is a wrong line, on paper and to who reloads a page
            "echartsOptionsOverrides": {"animation": False},
        },
        "algorithm": "default",
    }


def publication() -> str | None:
    """The publication that the page of this request was opened with: in its own address, else in the one it came from."""
    if own := request.args.get(PARAMETER):
        return own
    found = parse_qs(urlsplit(request.headers.get("Referer", "")).query).get(PARAMETER)
    return found[0] if found else request.cookies.get(PARAMETER)


def add_to(published: Path, pinned: Path) -> Callable[[Flask], None]:
    """What is added to Superset's own pages: pins, fonts, the logo."""

    def add(app: Flask) -> None:
        app.register_blueprint(_brand())
        app.jinja_loader = ChoiceLoader([FileSystemLoader(ROOT / "templates"), app.jinja_loader])
        app.before_request(lambda: _pin_page(published, pinned))
        app.after_request(lambda response: _pin_inner_page(response, published, pinned))
        app.after_request(_name_publication)

    return add


def _pin_page(published: Path, pinned: Path) -> Any:
    """A dashboard's address says which publication it shows; opened or reloaded, it is the newest one."""
    if request.method != "GET" or not request.path.startswith(DASHBOARDS) or request.path.startswith(DASHBOARDS + "p/"):
        return None
    try:
        newest = pins.newest(published, pinned)
    except pins.NothingPublished as error:
        return Response(f"{error}\n", 503, mimetype="text/plain")
    if request.args.get(PARAMETER) == newest:
        return None
    arguments = request.args.to_dict(flat=False) | {PARAMETER: [newest]}
    return redirect(f"{request.path}?{urlencode(arguments, doseq=True)}", 302)


def _pin_inner_page(response: Response, published: Path, pinned: Path) -> Response:
    """Superset also opens a dashboard without loading a page, from its list: then a cookie holds the publication."""
    opens = request.method == "GET" and request.path.startswith("/api/v1/dashboard/") and request.path.count("/") == 4
    if opens and response.status_code == 200 and PARAMETER not in request.headers.get("Referer", ""):
        response.set_cookie(PARAMETER, pins.newest(published, pinned), httponly=True, samesite="Lax")
    return response


def _name_publication(response: Response) -> Response:
    if read := g.get("read_from"):
        response.headers[HEADER] = read
    return response


def _brand() -> Blueprint:
    blueprint = Blueprint("brand", __name__, url_prefix="/brand")

    @blueprint.get("/logo.svg")
    def logo() -> Response:
        return send_from_directory(ROOT / "brand", "logo.svg")

    @blueprint.get("/fonts/<name>")
    def fonts(name: str) -> Response:
        return send_from_directory(FONTS, name)

    @blueprint.get("/page.css")
    def style() -> Response:
        return send_from_directory(ROOT / "brand", "page.css")

    return blueprint
