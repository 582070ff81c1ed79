"""G0 for answers that were fetched: an error is kept as it came, and told as what it is."""

from __future__ import annotations

import html
import re

from assets.readers.document import Document
from assets.readers.result import NoData, Refusal

_MEANING = {
    401: ("the key was not accepted", "กุญแจไม่ได้รับการยอมรับ"),
    403: ("access was refused", "ถูกปฏิเสธการเข้าถึง"),
    404: ("there is nothing at this address", "ไม่มีข้อมูลที่ที่อยู่นี้"),
    418: (
        "a firewall does not let us in (this one answers 418 from abroad)",
        "ไฟร์วอลล์ไม่อนุญาต (ตอบ 418 เมื่อเรียกจากต่างประเทศ)",
    ),
    429: ("too many requests", "เรียกบ่อยเกินไป"),
}

_FAILED = ("the partner's server failed", "เซิร์ฟเวอร์ของหน่วยงานขัดข้อง")
# Not followed when a key would go along (assets/pull/client.py).
_MOVED = ("it points to another address; tell the platform team", "ชี้ไปยังที่อยู่อื่น โปรดแจ้งทีมแพลตฟอร์ม")


def refuse_failed_answer(document: Document) -> None:
    """Raises Refusal (http_error, html_page) or NoData for an answer that holds no data."""
    answer = document.pulled
    if answer and not 200 <= answer.status < 300:
        otherwise = _MOVED if answer.status < 400 else _FAILED
        meaning, meaning_th = _MEANING.get(answer.status, otherwise)
        raise Refusal(
            "http_error",
            f"The partner answered HTTP {answer.status}: {meaning}{_says(document)}. Nothing was lost; the next pull asks again.",
            f"หน่วยงานตอบ HTTP {answer.status}: {meaning_th}{_says(document)} ไม่มีข้อมูลสูญหาย ระบบจะขอใหม่ในรอบถัดไป",
        )
    if document.kind == "empty":
        raise NoData("The partner's answer is empty.", "คำตอบของหน่วยงานว่างเปล่า")
    if document.kind == "html":
        raise html_page(document)


def html_page(document: Document) -> Refusal:
    """The refusal of a web page in the place of data."""
    return Refusal(
        "html_page",
        f"A web page came instead of data{_says(document)}. Nothing was lost; ask again later, and tell the partner when it "
        "stays so.",
        f"ได้รับหน้าเว็บแทนข้อมูล{_says(document)} ไม่มีข้อมูลสูญหาย ลองใหม่ภายหลัง และแจ้งหน่วยงานหากยังเป็นเช่นเดิม",
    )


def _says(document: Document) -> str:
    """The page's own words, shortened."""
    if document.kind not in ("html", "text", "json", "xml"):
        return ""
    head = document.text[:20_000]
    title = re.search(r"<title[^>]*>(.*?)</title>", head, re.I | re.S)
    plain = title[1] if title else re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", head, flags=re.I | re.S)
    words = " ".join(html.unescape(plain).split())[:120]
    return f" (“{words}”)" if words else ""
