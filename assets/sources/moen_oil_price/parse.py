"""Oil prices of the Ministry of Energy (EPPO): the JSON page of retail prices by brand, and the price-structure workbook."""

from __future__ import annotations

from assets.readers.document import Document
from assets.readers.result import Parsed
from assets.sources.moen_oil_price.brands import is_brand_page, read_brands
from assets.sources.moen_oil_price.structure import is_structure_book, read_structure
from expectations.contract import Contract

PARSER_VERSION = "1"


def claims(document: Document) -> bool:
    return is_brand_page(document) if document.kind == "json" else is_structure_book(document)


def parse(document: Document, contract: Contract) -> Parsed:
    """One batch. Raises Refusal: not_a_success, column_missing, date_missing, type_flip, …; NoData."""
    read = read_brands if document.kind in ("json", "text", "empty") else read_structure
    return Parsed(contract.source_id, (read(document, contract),))
