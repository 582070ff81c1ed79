"""PEA electricity sold, by month, branch and class of user, as CSV with Thai headers. An assumed shape.

Years are Buddhist. Every other month is written in the Thai code page of Windows, without a word about it. Numbers carry
thousands commas. Cells with fewer than ten customers are starred by the source, always two or more of a branch, because a
single one could be worked out from the total row. The file ends each branch with that row (รวม).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from simulator.feeds._energy import Cell, complete_months, csv_bytes
from simulator.world import MARK, World

HEADER = (
    "ปี",
    "เดือน",
    "รหัสการไฟฟ้า",
    "ชื่อการไฟฟ้า",
    "ประเภทผู้ใช้ไฟ",
    "หน่วยจำหน่าย (kWh)",
    "จำนวนผู้ใช้ไฟ (ราย)",
    "ความต้องการสูงสุด (kW)",
)
BRANCHES = (
    ("SYN-MMO", "กฟส.แม่เมาะ (สังเคราะห์)", 0.45),
    ("SYN-LPG", "กฟจ.ลำปาง (สังเคราะห์)", 3.0),
    ("SYN-KKA", "กฟส.เกาะคา (สังเคราะห์)", 0.8),
    ("SYN-NGO", "กฟส.งาว (สังเคราะห์)", 0.5),
    ("SYN-CHM", "กฟส.แจ้ห่ม (สังเคราะห์)", 0.4),
    ("SYN-THN", "กฟส.เถิน (สังเคราะห์)", 0.6),
    ("SYN-MTH", "กฟส.แม่ทะ (สังเคราะห์)", 0.5),
    ("SYN-SOP", "กฟส.สบปราบ (สังเคราะห์)", 0.3),
    ("SYN-HCH", "กฟส.ห้างฉัตร (สังเคราะห์)", 0.5),
    ("SYN-WNU", "กฟส.วังเหนือ (สังเคราะห์)", 0.4),
)
TOTAL = "รวม"
STARRED = "*"
FEW = 10


@dataclass(frozen=True)
class UserClass:
    """Customers of a middling branch, what one uses in a month (kWh), and the load factor of the class."""

    name: str
    customers: int
    kwh: float
    load_factor: float


CLASSES = (
    UserClass("บ้านอยู่อาศัย", 14_000, 165, 0.45),
    UserClass("กิจการขนาดเล็ก", 1_500, 520, 0.4),
    UserClass("กิจการขนาดกลาง", 70, 21_000, 0.45),
    UserClass("กิจการขนาดใหญ่", 6, 1_150_000, 0.6),
    UserClass("กิจการเฉพาะอย่าง", 7, 48_000, 0.5),
    UserClass("องค์กรที่ไม่แสวงหากำไร", 45, 2_600, 0.35),
    UserClass("สูบน้ำเพื่อการเกษตร", 160, 900, 0.3),
    UserClass("ไฟชั่วคราว", 210, 130, 0.3),
    UserClass("ไฟสาธารณะ", 40, 6_100, 0.5),
)


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    for month in complete_months(world):
        rows = [row for branch in branches(world) for row in branch_month(world, branch, month)]
        encoding = "cp874" if (month.year * 12 + month.month) % 2 else "utf-8-sig"
        yield (
            f"{MARK} pea/หน่วยจำหน่ายไฟฟ้า_{month.year + 543}-{month.month:02d}.csv",
            csv_bytes(HEADER, rows, encoding=encoding),
        )


history = deliveries  # a month is a file, also of a long past


def branches(world: World) -> list[tuple[str, str, float]]:
    """Two branches, times the scale of the world, as far as there are any."""
    return list(BRANCHES[: min(2 * world.scale, len(BRANCHES))])


def branch_month(world: World, branch: tuple[str, str, float], month: date) -> Iterator[list[Cell]]:
    """A row for each class, and the total of all, starred ones included."""
    code, name, size = branch
    draw = world.random("pea_electricity_use", code, month)
    hot = 1 + 0.18 * max(0.0, 1 - abs(month.month - 4.5) / 3)
    head: list[Cell] = [month.year + 543, month.month, code, name]
    shown: list[tuple[str, int, int, int]] = []
    for user in CLASSES:
        customers = max(1, round(user.customers * size * (1 + draw.normal(0, 0.01))))
        kwh = round(customers * user.kwh * hot * (1 + draw.normal(0, 0.04)))
        shown.append((user.name, kwh, customers, round(kwh / (730 * user.load_factor))))
    few = {user for user, _, customers, _ in shown if customers < FEW}
    if len(few) == 1:  # the total would give it away: the next smallest is starred as well
        few.add(min((row for row in shown if row[0] not in few), key=lambda row: row[2])[0])
    for user_name, kwh, customers, peak in shown:
        stars = user_name in few
        yield [*head, user_name, *([STARRED] * 3 if stars else [f"{kwh:,}", f"{customers:,}", f"{peak:,}"])]
    yield [*head, TOTAL, f"{sum(r[1] for r in shown):,}", f"{sum(r[2] for r in shown):,}", "-"]
