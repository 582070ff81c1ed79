"""PTT Oil and Retail: SOAP 1.1 web service of retail prices in Bangkok, an XML document escaped inside the SOAP text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from simulator.feed import Answer, Request, Route
from simulator.feeds import _fuel
from simulator.world import MARK, MARK_TH, World

SOURCE_ID = "ptt_oil_price"
HOST, PATH = "orapiweb.pttor.com", "/oilservice/OilPrice.asmx"
NAMESPACE = "http://www.pttor.com"
XML = "text/xml; charset=utf-8"
FOLDER = f"{MARK} {SOURCE_ID}"
NOTE = f"{MARK} · {MARK_TH}"
# product → its name in English and in Thai, in the order of the service's answer
NAMES: dict[str, tuple[str, str]] = {
    "pds": ("Premium Diesel", "Super Power Diesel"),
    "ds": ("Diesel", "ดีเซล"),
    "dsb20": ("Diesel B20", "ดีเซล B20"),
    "gl95": ("Gasoline 95", "เบนซิน"),
    "gh95": ("Gasohol 95", "เบนซินแก๊สโซฮอล์ 95"),
    "gh91": ("Gasohol 91", "เบนซินแก๊สโซฮอล์ 91"),
    "e20": ("Gasohol E20", "เบนซินแก๊สโซฮอล์ E20"),
    "e85": ("Gasohol E85", "เบนซินแก๊สโซฮอล์ E85"),
    "gs95p": ("Super Power GSH95", "Super Power GSH95"),
    "gs99p": ("Super Power X99", "Super Power X99"),
}
NOT_PRICED = "gs99p"  # the service has sent 0.00 for it


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    for day in world.dates:
        yield f"{FOLDER}/GetOilPrice-en-{day:%Y-%m-%d}.xml", result(world, day, "en", "GetOilPrice")
        yield f"{FOLDER}/CurrentOilPrice-thai-{day:%Y-%m-%d}.xml", result(world, day, "thai", "CurrentOilPrice")


def history(world: World) -> Iterator[tuple[str, bytes]]:
    """An answer on each of some days, the last whole day among them: each says since when its prices hold."""
    for day in _fuel.price_days(world):
        yield f"{FOLDER}/GetOilPrice-en-{day:%Y-%m-%d}.xml", result(world, day, "en", "GetOilPrice")


def routes(world: World) -> list[Route]:
    def respond(request: Request) -> Answer:
        return _respond(world, request)

    return [Route(HOST, re.escape(PATH), respond, method="POST", source_id=SOURCE_ID)]


def result(world: World, day: date, language: str, operation: str) -> bytes:
    """What the service answers for a day: every product with the morning since which its price holds."""
    return envelope(operation, fuels(world, day, language))


def fuels(world: World, day: date, language: str) -> str:
    """The inner document. Thai for `th` and `thai`, English for every other word, as the service does."""
    column = 1 if language.lower() in ("th", "thai") else 0
    rows = [f"<!-- {NOTE} -->"]
    for code, names in NAMES.items():
        price = _fuel.price(world, code, day)
        begin = _fuel.since(world, code, day)
        when = f"{begin.month}/{begin.day}/{begin.year} 5:00:00 AM"
        text = "" if price is None or code == "e85" else f"{price:.3f}"  # E85 stands there without a price
        if code == NOT_PRICED and day.day % 7 == 0:
            text = "0.00"
        rows.append(
            f"  <FUEL>\r\n    <PRICE_DATE>{when}</PRICE_DATE>\r\n    <PRODUCT>{names[column]}</PRODUCT>\r\n"
            f"    <PRICE>{text}</PRICE>\r\n  </FUEL>"
        )
    return "<PTTOR_DS>\r\n" + "\r\n".join(rows) + "\r\n</PTTOR_DS>"


def envelope(operation: str, inner: str, namespace: str = NAMESPACE) -> bytes:
    return _soap(
        f'<{operation}Response xmlns="{namespace}"><{operation}Result>{escape(inner)}</{operation}Result>'
        f"</{operation}Response>"
    )


def fault(text: str) -> bytes:
    return _soap(
        f"<soap:Fault><faultcode>soap:Client</faultcode><faultstring>{escape(text)}</faultstring></soap:Fault>"
    )


def _soap(body: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        f"<soap:Body>{body}</soap:Body></soap:Envelope>"
    ).encode()


def _respond(world: World, request: Request) -> Answer:
    try:
        asked = {node.tag.rsplit("}", 1)[-1]: (node.text or "").strip() for node in _tree(request.body).iter()}
    except ElementTree.ParseError:
        return Answer(fault("Server was unable to read request. ---> There is an error in XML document."), XML, 500)
    if "CurrentOilPrice" in asked:
        return Answer(result(world, _fuel.price_day(world), asked.get("Language", ""), "CurrentOilPrice"), XML)
    if "GetOilPrice" not in asked:
        return Answer(fault("Server did not recognize the value of HTTP Header SOAPAction."), XML, 500)
    try:
        day = date(int(asked["YYYY"]), int(asked["MM"]), int(asked["DD"]))
    except (KeyError, ValueError):
        return Answer(
            fault("Server was unable to process request. ---> Input string was not in a correct format."), XML, 500
        )
    if day > world.today:
        return Answer(envelope("GetOilPrice", "<PTTOR_DS />"), XML)
    return Answer(result(world, day, asked.get("Language", ""), "GetOilPrice"), XML)


def _tree(body: bytes) -> ElementTree.Element:
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise ElementTree.ParseError("a request holds no document type")
    return ElementTree.fromstring(body)
