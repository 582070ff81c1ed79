"""What is said beside the rows: Frictionless types and keys, GD Catalog's fields and choices, licences, synthetic marks."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from assets.catalogue import Words
from assets.open_data import ckan, dcat, readme
from assets.open_data.package import data_package
from assets.open_data.vocabulary import LEVELS, OTHER, SYNTHETIC, UNITS_TH
from assets.open_data.what import Dataset
from tests.unit.open_data_made import column, origin, release, table


def record(dataset: Dataset) -> dict[str, object]:
    made = release(dataset)
    return ckan.record(made, made.released[0])


def test_a_record_holds_every_field_that_gd_catalog_asks_for() -> None:
    made = record(Dataset(table(), (origin(),)))
    assert all(made[field] for field in ckan.MANDATORY)
    assert made["maintainer_email"] == "data@example.org"
    assert (made["update_frequency_unit"], made["update_frequency_interval"]) == ("วัน", "1")
    assert made["geo_coverage"] == "จังหวัด"
    assert made["data_category"] == "ข้อมูลสาธารณะ"
    assert made["license_id"] == "Creative Commons Attributions"
    assert (made["first_year_of_data"], made["last_year_of_data"]) == ("2567", "2568")


@pytest.mark.parametrize("cadence", ["hourly", "every 3 hours", "monthly", "yearly", "on change"])
@pytest.mark.parametrize("level", LEVELS)
def test_choices_are_those_of_the_catalogue_or_other_with_the_words_beside(cadence: str, level: str) -> None:
    made = record(Dataset(table(), (origin(cadence=cadence, geo_level=level, licence="Apache-2.0"),)))
    assert made["geo_coverage"] in LEVELS.values()
    unit = made["update_frequency_unit"]
    assert unit in UNITS_TH or (unit == OTHER and made["update_frequency_unit_other"])
    assert (made["license_id"], str(made["license_id_other"])[:10]) == (OTHER, "Apache-2.0")


def test_a_table_with_positions_is_geographic_and_one_by_the_month_a_statistic() -> None:
    placed = table(column("station_key"), column("latitude", "double"), column("longitude", "double"))
    assert record(Dataset(placed, (origin(),)))["data_type"] == "ข้อมูลภูมิสารสนเทศเชิงพื้นที่"
    assert record(Dataset(table(), (origin(cadence="monthly"),)))["data_type"] == "ข้อมูลสถิติ"
    assert record(Dataset(table(), (origin(),)))["data_type"] == "ข้อมูลระเบียน"


def test_tags_keep_thai_vowels_and_hold_no_comma() -> None:
    made = record(Dataset(table(label=Words("น้ำฝน, รายวัน (มม.)", "Rain")), (origin(),)))
    assert "น้ำฝน รายวัน มม." in str(made["tag_string"]).split(",")


def test_synthetic_values_are_marked_in_every_document_and_in_the_file_names() -> None:
    made = release(Dataset(table(), (origin(is_synthetic=True),)))
    documents = [
        json.dumps(data_package(made), ensure_ascii=False),
        json.dumps(dcat.document(made), ensure_ascii=False),
        json.dumps(ckan.record(made, made.released[0]), ensure_ascii=False),
        readme.licences(made),
    ]
    for document in documents:
        assert SYNTHETIC.th in document
        assert SYNTHETIC.en in document
    assert "ข้อมูลสังเคราะห์" in readme.readme(made)
    assert all("synthetic" in file.path for file in made.released[0].files)
    real = release(Dataset(table(), (origin(),)))
    assert "synthetic" not in readme.readme(real) + readme.licences(real)


def test_of_several_licences_all_are_named_and_the_most_demanding_stands_alone_where_one_is_taken() -> None:
    seed = origin(id="seed_x", is_feed=False, licence="public-domain AND MIT", attribution=Words("ก", "A"))
    made = release(Dataset(table(), (origin(), seed)))
    assert [one["name"] for one in data_package(made)["licenses"]] == ["CC-BY-4.0", "MIT", "public-domain"]
    assert ckan.record(made, made.released[0])["license_id"] == "Creative Commons Attributions"
    text = readme.licences(made)
    assert all(name in text for name in ("CC-BY-4.0", "MIT", "Rain Office", "seed_x"))


def test_a_schema_says_types_units_keys_and_what_may_not_be_empty() -> None:
    columns = (
        column("station_key", is_key=True, is_required=True),
        column("observed_at", "timestamptz", is_required=True),
        column("value", "double", unit="see unit", averaging="PT1H"),
        column("rain_mm", "double", unit="mm"),
        column("is_valid", "boolean"),
        column("marks", "varchar[]"),
    )
    (resource,) = data_package(release(Dataset(table(*columns), (origin(),))))["resources"]
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    assert [field["type"] for field in fields.values()] == [
        "string",
        "datetime",
        "number",
        "number",
        "boolean",
        "array",
    ]
    assert fields["station_key"]["constraints"] == {"required": True, "unique": True}
    assert fields["observed_at"]["constraints"] == {"required": True}
    assert (fields["value"]["unit_column"], fields["value"]["averaging_period"]) == ("unit", "PT1H")
    assert fields["rain_mm"]["unit"] == "mm"
    assert fields["rain_mm"]["titles"] == {"th": "rain_mm ไทย", "en": "rain_mm english"}
    assert resource["schema"]["primaryKey"] == ["station_key"]


def test_a_key_that_may_be_empty_is_no_primary_key_of_a_file() -> None:
    columns = (column("station_key", is_key=True, is_required=True), column("valid_from", "date", is_key=True))
    (resource,) = data_package(release(Dataset(table(*columns, key=("station_key", "valid_from")), (origin(),))))[
        "resources"
    ]
    assert "primaryKey" not in resource["schema"]


def test_addresses_are_relative_until_it_is_said_where_the_release_will_lie() -> None:
    made = release()
    at_home = replace(made, publisher=replace(made.publisher, base_url="https://data.example.org/"))
    for one, address in ((made, "fct_rain/fct_rain.csv"), (at_home, "https://data.example.org/fct_rain/fct_rain.csv")):
        assert dcat.document(one)["@graph"][-1]["dcat:distribution"][0]["dcat:downloadURL"] == {"@id": address}
        assert ckan.record(one, one.released[0])["resources"][0]["url"] == address
