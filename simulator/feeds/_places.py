"""Places that the economy feeds tell of: all provinces, and the districts and tambons of Lampang.

Codes and names: thailand-canonical-admin-names by DevelopedbyWill, CC BY 4.0. Figures about them are invented.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Province:
    """`region` is the sheet of the NESDC workbook on which the province stands."""

    code: str
    region: str
    th: str
    en: str


_PROVINCES = """
10 BKK&VIC กรุงเทพมหานคร Bangkok
11 BKK&VIC สมุทรปราการ Samut Prakan
12 BKK&VIC นนทบุรี Nonthaburi
13 BKK&VIC ปทุมธานี Pathum Thani
14 CE พระนครศรีอยุธยา Phra Nakhon Si Ayutthaya
15 CE อ่างทอง Ang Thong
16 CE ลพบุรี Lopburi
17 CE สิงห์บุรี Sing Buri
18 CE ชัยนาท Chai Nat
19 CE สระบุรี Saraburi
20 EA ชลบุรี Chon Buri
21 EA ระยอง Rayong
22 EA จันทบุรี Chanthaburi
23 EA ตราด Trat
24 EA ฉะเชิงเทรา Chachoengsao
25 EA ปราจีนบุรี Prachin Buri
26 EA นครนายก Nakhon Nayok
27 EA สระแก้ว Sa Kaeo
30 NE นครราชสีมา Nakhon Ratchasima
31 NE บุรีรัมย์ Buri Ram
32 NE สุรินทร์ Surin
33 NE ศรีสะเกษ Si Sa Ket
34 NE อุบลราชธานี Ubon Ratchathani
35 NE ยโสธร Yasothon
36 NE ชัยภูมิ Chaiyaphum
37 NE อำนาจเจริญ Amnat Charoen
38 NE บึงกาฬ Bueng Kan
39 NE หนองบัวลำภู Nong Bua Lam Phu
40 NE ขอนแก่น Khon Kaen
41 NE อุดรธานี Udon Thani
42 NE เลย Loei
43 NE หนองคาย Nong Khai
44 NE มหาสารคาม Maha Sarakham
45 NE ร้อยเอ็ด Roi Et
46 NE กาฬสินธุ์ Kalasin
47 NE สกลนคร Sakon Nakhon
48 NE นครพนม Nakhon Phanom
49 NE มุกดาหาร Mukdahan
50 NO เชียงใหม่ Chiang Mai
51 NO ลำพูน Lamphun
52 NO ลำปาง Lampang
53 NO อุตรดิตถ์ Uttaradit
54 NO แพร่ Phrae
55 NO น่าน Nan
56 NO พะเยา Phayao
57 NO เชียงราย Chiang Rai
58 NO แม่ฮ่องสอน Mae Hong Son
60 NO นครสวรรค์ Nakhon Sawan
61 NO อุทัยธานี Uthai Thani
62 NO กำแพงเพชร Kamphaeng Phet
63 NO ตาก Tak
64 NO สุโขทัย Sukhothai
65 NO พิษณุโลก Phitsanulok
66 NO พิจิตร Phichit
67 NO เพชรบูรณ์ Phetchabun
70 WE ราชบุรี Ratchaburi
71 WE กาญจนบุรี Kanchanaburi
72 WE สุพรรณบุรี Suphan Buri
73 BKK&VIC นครปฐม Nakhon Pathom
74 BKK&VIC สมุทรสาคร Samut Sakhon
75 WE สมุทรสงคราม Samut Songkhram
76 WE เพชรบุรี Phetchaburi
77 WE ประจวบคีรีขันธ์ Prachuap Khiri Khan
80 SO นครศรีธรรมราช Nakhon Si Thammarat
81 SO กระบี่ Krabi
82 SO พังงา Phangnga
83 SO ภูเก็ต Phuket
84 SO สุราษฎร์ธานี Surat Thani
85 SO ระนอง Ranong
86 SO ชุมพร Chumphon
90 SO สงขลา Songkhla
91 SO สตูล Satun
92 SO ตรัง Trang
93 SO พัทลุง Phatthalung
94 SO ปัตตานี Pattani
95 SO ยะลา Yala
96 SO นราธิวาส Narathiwat
"""

_DISTRICTS = """
5201 เมืองลำปาง
5202 แม่เมาะ
5203 เกาะคา
5204 เสริมงาม
5205 งาว
5206 แจ้ห่ม
5207 วังเหนือ
5208 เถิน
5209 แม่พริก
5210 แม่ทะ
5211 สบปราบ
5212 ห้างฉัตร
5213 เมืองปาน
"""

_TAMBONS = """
520101 เวียงเหนือ
520102 หัวเวียง
520103 สวนดอก
520104 สบตุ๋ย
520105 พระบาท
520106 ชมพู
520107 กล้วยแพะ
520108 ปงแสนทอง
520109 บ้านแลง
520110 บ้านเสด็จ
520111 พิชัย
520112 ทุ่งฝาย
520113 บ้านเอื้อม
520114 บ้านเป้า
520115 บ้านค่า
520116 บ่อแฮ้ว
520117 ต้นธงชัย
520118 นิคมพัฒนา
520119 บุญนาคพัฒนา
520201 บ้านดง
520202 นาสัก
520203 จางเหนือ
520204 แม่เมาะ
520205 สบป้าด
520301 ลำปางหลวง
520302 นาแก้ว
520303 ไหล่หิน
520304 วังพร้าว
520305 ศาลา
520306 เกาะคา
520307 นาแส่ง
520308 ท่าผา
520309 ใหม่พัฒนา
520401 ทุ่งงาม
520402 เสริมขวา
520403 เสริมซ้าย
520404 เสริมกลาง
520501 หลวงเหนือ
520502 หลวงใต้
520503 บ้านโป่ง
520504 บ้านร้อง
520505 ปงเตา
520506 นาแก
520507 บ้านอ้อน
520508 บ้านแหง
520509 บ้านหวด
520510 แม่ตีบ
520601 แจ้ห่ม
520602 บ้านสา
520603 ปงดอน
520604 แม่สุก
520605 เมืองมาย
520606 ทุ่งผึ้ง
520607 วิเชตนคร
520701 ทุ่งฮั้ว
520702 วังเหนือ
520703 วังใต้
520704 ร่องเคาะ
520705 วังทอง
520706 วังซ้าย
520707 วังแก้ว
520708 วังทรายคำ
520801 ล้อมแรด
520802 แม่วะ
520803 แม่ปะ
520804 แม่มอก
520805 เวียงมอก
520806 นาโป่ง
520807 แม่ถอด
520808 เถินบุรี
520901 แม่พริก
520902 ผาปัง
520903 แม่ปุ
520904 พระบาทวังตวง
521001 แม่ทะ
521002 นาครัว
521003 ป่าตัน
521004 บ้านกิ่ว
521005 บ้านบอม
521006 น้ำโจ้
521007 ดอนไฟ
521008 หัวเสือ
521010 วังเงิน
521011 สันดอนแก้ว
521101 สบปราบ
521102 สมัย
521103 แม่กัวะ
521104 นายาง
521201 ห้างฉัตร
521202 หนองหล่ม
521203 เมืองยาว
521204 ปงยางคก
521205 เวียงตาล
521206 แม่สัน
521207 วอแก้ว
521301 เมืองปาน
521302 บ้านขอ
521303 ทุ่งกว๋าว
521304 แจ้ซ้อน
521305 หัวเมือง
"""

PROVINCES = tuple(Province(*line.split(" ", 3)) for line in _PROVINCES.strip().splitlines())
DISTRICTS: dict[str, str] = dict(line.split(" ", 1) for line in _DISTRICTS.strip().splitlines())
TAMBONS: dict[str, str] = dict(line.split(" ", 1) for line in _TAMBONS.strip().splitlines())

MONTHS_TH = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")


def months_before(year: int, month: int, back: int) -> tuple[int, int]:
    """(2026, 1) and 1 → (2025, 12)."""
    number = year * 12 + month - 1 - back
    return number // 12, number % 12 + 1
