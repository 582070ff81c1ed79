"""PTT's SOAP prices: XML escaped inside XML, names in two languages, times month first, faults that are no data."""

from __future__ import annotations

from datetime import date, datetime
from xml.sax.saxutils import escape

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.readers.result import Batch, NoData
from assets.sources.ptt_oil_price.parse import _instant
from assets.sources.ptt_oil_price.products import product_of
from simulator.feed import Answer, Request
from simulator.feeds import ptt_oil_price as feed
from tests.feeds.source import SOURCES, WORLD, batch, broken, claims, contract, local, refused, sample, told

SOURCE = "ptt_oil_price"
DAY = date(2026, 3, 20)


def fuel(when: str = "3/18/2026 5:00:00 AM", product: str = "Diesel", price: str = "31.540", extra: str = "") -> str:
    return f"<FUEL><PRICE_DATE>{when}</PRICE_DATE><PRODUCT>{product}</PRODUCT><PRICE>{price}</PRICE>{extra}</FUEL>"


def soap(*fuels: str, operation: str = "GetOilPrice", namespace: str = feed.NAMESPACE) -> bytes:
    return feed.envelope(operation, f"<PTTOR_DS>{''.join(fuels)}</PTTOR_DS>", namespace)


def read(data: bytes) -> Batch:
    return batch(SOURCE, data, "SYNTHETIC/x.xml")


def prices(of: Batch) -> dict[str, float]:
    return dict(of.rows.select("product_code", "price_baht").iter_rows())


def ask(operation: str, **fields: str) -> Answer:
    [route] = feed.routes(WORLD)
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    body = (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        f'<{operation} xmlns="http://www.pttor.com">{inner}</{operation}></soap:Body></soap:Envelope>'
    )
    return route.respond(Request("POST", feed.PATH, {}, {}, {}, body.encode()))


def test_the_sample_gives_the_reviewed_rows() -> None:
    assert claims(SOURCE, sample(SOURCE), "sample.xml")
    found = read(sample(SOURCE))
    assert found.rows.select("product_code", "product_name", "price_baht", "cell").rows()[:3] == [
        ("pds", "Premium Diesel", 38.84, "FUEL[0]"),
        ("ds", "Diesel", 29.54, "FUEL[1]"),
        ("dsb20", "Diesel B20", 26.74, "FUEL[2]"),
    ]
    first = found.rows.row(0, named=True)
    assert first["interval_start_at"] == first["interval_end_at"] == local("2026-03-16 05:00")
    assert (first["place"], first["per_unit"], first["problem"]) == ("bangkok", "L", None)
    assert (found.rows.height, found.rows_in) == (9, 10) and broken(SOURCE, found) == {}


def test_the_document_escaped_inside_the_soap_text_is_read() -> None:
    raw = soap(fuel())
    assert b"&lt;PTTOR_DS&gt;" in raw and prices(read(raw)) == {"ds": 31.54}


def test_a_document_that_a_gateway_unescaped_or_wrapped_in_cdata_is_read_too() -> None:
    inner = f"<PTTOR_DS>{fuel()}</PTTOR_DS>"
    raw = soap(fuel()).decode()
    for written in (inner, f"<![CDATA[{inner}]]>"):
        assert prices(read(raw.replace(escape(inner), written).encode())) == {"ds": 31.54}


@pytest.mark.parametrize(
    "namespace", ["http://www.pttor.com", "http://tempuri.org/", "http://www.pttplc.com/ptt_webservice/"]
)
@pytest.mark.parametrize("operation", ["GetOilPrice", "CurrentOilPrice"])
def test_old_and_new_namespaces_and_both_operations_are_read(namespace: str, operation: str) -> None:
    raw = soap(fuel(), namespace=namespace, operation=operation)
    assert claims(SOURCE, raw, "x.xml") and prices(read(raw)) == {"ds": 31.54}


def test_soap_1_2_is_read_as_1_1() -> None:
    raw = soap(fuel()).replace(b"http://schemas.xmlsoap.org/soap/envelope/", b"http://www.w3.org/2003/05/soap-envelope")
    assert prices(read(raw)) == {"ds": 31.54}


def test_both_languages_give_the_same_codes_and_prices() -> None:
    english = read(feed.result(WORLD, DAY, "en", "GetOilPrice"))
    thai = read(feed.result(WORLD, DAY, "thai", "CurrentOilPrice"))
    assert prices(english) == prices(thai) and len(prices(english)) == 9
    assert not {finding.rule for finding in (*english.findings, *thai.findings)}


@pytest.mark.parametrize(
    ("english", "thai", "code"),
    [
        ("Diesel", "ดีเซล", "ds"),
        ("Diesel B7", "ดีเซล B7", "ds"),
        ("Blue Diesel", "ดีเซล", "ds"),
        ("Diesel B20", "ดีเซล B20", "dsb20"),
        ("Premium Diesel", "ดีเซลพรีเมียม B7", "pds"),
        ("Super Power Diesel", "Super Power Diesel", "pds"),
        ("Gasoline 95", "เบนซิน", "gl95"),
        ("Gasohol 95", "เบนซินแก๊สโซฮอล์ 95", "gh95"),
        ("Blue Gasohol 91", "แก๊สโซฮอล์ 91", "gh91"),
        ("Gasohol E20", "เบนซินแก๊สโซฮอล์ E20", "e20"),
        ("Gasohol E85", "เบนซินแก๊สโซฮอล์ E85", "e85"),
        ("Super Power GSH95", "Super Power GSH95", "gs95p"),
    ],
)
def test_a_name_means_the_same_in_both_languages(english: str, thai: str, code: str) -> None:
    assert (product_of(english).code, product_of(thai).code) == (code, code)


def test_natural_gas_is_sold_by_weight() -> None:
    [gas] = read(soap(fuel(product="ก๊าซธรรมชาติ NGV", price="18.59"))).rows.iter_rows(named=True)
    assert (gas["product_code"], gas["per_unit"]) == ("ngv", "kg")


def test_an_unknown_name_is_taken_under_its_own_name_and_told() -> None:
    found = read(soap(fuel(), fuel(product="Diesel B30")))
    assert prices(found) == {"ds": 31.54, "dieselb30": 31.54} and told(found) == {"new_product": 1}


def test_a_fault_is_refused_and_says_what_the_service_said() -> None:
    told = refused(SOURCE, feed.fault("Server was unable to process request. ---> Timeout expired."))
    assert told.rule == "soap_fault" and "Timeout expired" in told.reason_en and "Timeout expired" in told.reason_th


def test_the_service_of_before_2019_is_read() -> None:
    inner = fuel("2016-06-29T05:00:00+07:00", "Blue Gasohol 91").replace("FUEL", "DataAccess")
    raw = feed.envelope("CurrentOilPrice", f"<PTT_DS>{inner}</PTT_DS>", "http://www.pttplc.com/ptt_webservice/")
    assert claims(SOURCE, raw, "x.xml") and prices(read(raw)) == {"gh91": 31.54}


def test_thai_names_in_thai_windows_encoding_are_read() -> None:
    raw = soap(fuel(product="ดีเซล")).decode().replace('encoding="utf-8"', 'encoding="windows-874"')
    assert prices(read(raw.encode("cp874"))) == {"ds": 31.54}


def test_the_month_stands_first() -> None:
    [one] = read(soap(fuel("9/3/2026 5:00:00 AM"))).rows.iter_rows(named=True)
    assert one["interval_start_at"] == local("2026-09-03 05:00")


def test_a_day_that_stands_first_refuses_all_dates() -> None:
    assert (
        refused(SOURCE, soap(fuel("9/3/2026 5:00:00 AM"), fuel("24/9/2026 5:00:00", "Diesel B20"))).rule == "date_order"
    )


def test_a_buddhist_year_an_iso_time_and_an_afternoon_are_read() -> None:
    expected = {
        "3/18/2569 5:00:00 AM": local("2026-03-18 05:00"),
        "2026-03-18T05:00:00+07:00": local("2026-03-18 05:00"),
        "2026-03-18T05:00:00": local("2026-03-18 05:00"),
        "3/18/2026 12:00:00 AM": local("2026-03-18 00:00"),
        "3/18/2026 12:30:00 PM": local("2026-03-18 12:30"),
        "3/18/2026 17:00:00": local("2026-03-18 17:00"),
    }
    assert {text: _instant(text) for text in expected} == expected


@given(st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)))
def test_every_minute_survives_being_written_month_first(at: datetime) -> None:
    at = at.replace(second=0, microsecond=0)
    text = (
        f"{at.month}/{at.day}/{at.year} {(at.hour + 11) % 12 + 1}:{at.minute:02d}:00 {'AM' if at.hour < 12 else 'PM'}"
    )
    assert _instant(text) == local(f"{at:%Y-%m-%d %H:%M}")


def test_a_time_that_is_none_is_quarantined_with_its_text() -> None:
    found = read(soap(fuel(), fuel(), fuel("soon", "Diesel B20")))
    assert found.rows.filter(pl.col("interval_start_at").is_null())["raw_value"].to_list() == ["soon"]
    assert broken(SOURCE, found) == {"readable": ["FUEL[2]"]}


def test_a_product_without_price_is_left_out_and_counted() -> None:
    no_element = fuel(product="Gasohol E85").replace("<PRICE>31.540</PRICE>", "")
    found = read(soap(fuel(), fuel(product="Gasohol 91", price=""), no_element))
    assert prices(found) == {"ds": 31.54} and [(drop.rule, drop.n) for drop in found.drops] == [("no_price", 2)]
    assert found.rows_in == 3 and told(found) == {}


def test_a_price_of_zero_is_no_price_and_told() -> None:
    found = read(soap(fuel(), fuel(product="Super Power X99", price="0.00")))
    assert prices(found) == {"ds": 31.54} and told(found) == {"zero_price": 1} and found.rows_in == 2


def test_an_answer_without_prices_is_no_data() -> None:
    for raw in (
        soap(),
        feed.envelope("GetOilPrice", ""),
        feed.envelope("GetOilPrice", "<PTTOR_DS />"),
        soap(fuel(price="")),
    ):
        with pytest.raises(NoData):
            read(raw)


def test_what_is_no_xml_is_refused_outside_and_inside() -> None:
    assert refused(SOURCE, b"<soap:Envelope>").rule == "invalid_xml"
    assert refused(SOURCE, feed.envelope("GetOilPrice", "<PTTOR_DS><FUEL>")).rule == "invalid_xml"


def test_a_document_type_is_never_expanded() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    assert refused(SOURCE, bomb + soap(fuel()).split(b"?>", 1)[1]).rule == "invalid_xml"
    assert (
        refused(SOURCE, feed.envelope("GetOilPrice", f"{bomb.decode()}<PTTOR_DS>{fuel(product='&a;')}</PTTOR_DS>")).rule
        == "invalid_xml"
    )


def test_a_new_field_is_told_and_a_lost_one_refused() -> None:
    assert told(read(soap(fuel(extra="<STATION>1</STATION>")))) == {"new_column": 1}
    lost = refused(SOURCE, soap(fuel().replace("PRICE_DATE", "EFFECTIVE")))
    assert lost.rule == "column_missing" and "PRICE_DATE" in lost.reason_en
    assert refused(SOURCE, b"<soap:Envelope xmlns:soap='x'><soap:Body/></soap:Envelope>").rule == "column_missing"


def test_words_where_the_prices_belong_are_refused() -> None:
    assert (
        refused(SOURCE, soap(*(fuel(product=f"Gasohol {n}", price="n.a.") for n in (91, 95, 97)))).rule == "type_flip"
    )


def test_an_impossible_price_is_quarantined() -> None:
    assert broken(SOURCE, read(soap(fuel(), fuel(product="Gasohol 91", price="3154")))) == {
        "hard_range": ["FUEL[1]"],
        "soft_range": ["FUEL[1]"],
    }


def test_one_product_with_two_prices_is_quarantined() -> None:
    twice = read(soap(fuel(), fuel(product="Premium Diesel"), fuel(product="Super Power Diesel", price="40.00")))
    assert broken(SOURCE, twice) == {"unique_key": ["FUEL[1]", "FUEL[2]"]}


def test_the_server_answers_both_operations_and_honours_language_and_day() -> None:
    english = ask("GetOilPrice", Language="en", DD="19", MM="03", YYYY="2026")
    assert english.body == feed.result(WORLD, date(2026, 3, 19), "en", "GetOilPrice")
    thai = ask("CurrentOilPrice", Language="thai")
    assert "ดีเซล" in thai.body.decode() and thai.content_type.startswith("text/xml")


def test_the_server_says_a_fault_for_what_it_does_not_know_and_nothing_for_a_day_to_come() -> None:
    assert ask("GetGasPrice").status == 500 and refused(SOURCE, ask("GetGasPrice").body).rule == "soap_fault"
    assert refused(SOURCE, ask("GetOilPrice", Language="en", DD="31", MM="02", YYYY="2026").body).rule == "soap_fault"
    with pytest.raises(NoData):
        read(ask("GetOilPrice", Language="en", DD="01", MM="01", YYYY="2030").body)


def test_the_request_of_the_contract_is_one_that_the_server_answers() -> None:
    pull = contract(SOURCE).pull
    assert pull is not None
    [request] = pull["requests"]
    [route] = feed.routes(WORLD)
    assert route.match(request["method"], pull["baseUrl"].removeprefix("https://"), request["path"]) is not None
    body = request["body"].format(day=date(2026, 3, 19)).encode()
    answer = route.respond(Request("POST", feed.PATH, {}, {}, {}, body))
    assert answer.status == 200 and len(prices(read(answer.body))) == 9


def test_every_delivery_of_the_simulator_is_claimed_says_synthetic_and_passes_the_gate() -> None:
    made = list(feed.deliveries(WORLD))
    assert made == list(feed.deliveries(WORLD)) and (SOURCES / SOURCE / "contract.yml").is_file()
    for path, data in made:
        assert path.startswith("SYNTHETIC ") and "SYNTHETIC" in data.decode() and claims(SOURCE, data, path)
        assert broken(SOURCE, read(data)) == {}
