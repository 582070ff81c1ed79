"""A release says what forbids it: which table, which field, in which file, and what to do; and nothing is invented."""

from __future__ import annotations

from typing import Any

import pytest

from assets.catalogue import CatalogueError, _declared, catalogue
from assets.open_data.blockers import PUBLISHER as ALL
from assets.open_data.blockers import Blocker, blockers
from assets.open_data.licences import register
from assets.open_data.origins import seeds
from assets.open_data.vocabulary import LEVELS
from assets.open_data.what import Dataset, Publisher, datasets
from assets.readers.route import contracts
from tests.unit.open_data_made import PUBLISHER, ROOT, origin, table

CONTRACT = "assets/sources/rain/contract.yml"


def found(dataset: Dataset, publisher: Publisher = PUBLISHER) -> list[Blocker]:
    return blockers([dataset], publisher, {"gold.fct_rain"}, ROOT)


def test_a_dataset_of_which_all_is_known_is_not_blocked() -> None:
    seed = origin(id="seed_station", is_feed=False, objective=None, cadence="on change", geo_level="", places=())
    assert not found(Dataset(table(), (origin(), seed)))


@pytest.mark.parametrize(
    ("said", "field", "where"),
    [
        ({"licence": ""}, "license_id", CONTRACT),
        ({"licence": "CC-BY-9.9"}, "license_id", "licences.yml"),
        ({"licence": "CC-BY-4.0 AND CC-BY-9.9"}, "license_id", "licences.yml"),
        ({"objective": None}, "objective", CONTRACT),
        ({"cadence": ""}, "update_frequency_unit", CONTRACT),
        ({"geo_level": ""}, "geo_coverage", CONTRACT),
        ({"places": ("5299",)}, "spatial", CONTRACT),
    ],
)
def test_what_an_origin_does_not_say_is_named_with_its_file(said: dict[str, Any], field: str, where: str) -> None:
    (one,) = found(Dataset(table(), (origin(**said),)))
    assert (one.table, one.field) == ("gold.fct_rain", field)
    assert one.where.endswith(where)
    assert one.what.th != one.what.en
    assert one.to_do.th != one.to_do.en


def test_a_licence_that_forbids_passing_on_blocks_though_it_is_known() -> None:
    closed = next(licence for licence in register().values() if not licence.is_open)
    (one,) = found(Dataset(table(), (origin(licence=closed.id),)))
    assert one.field == "license_id"
    assert "passed on" in one.what.en


def test_the_licence_of_a_seed_counts_beside_that_of_a_feed() -> None:
    seed = origin(id="seed_station", is_feed=False, licence="")
    (one,) = found(Dataset(table(), (origin(), seed)))
    assert "seed_station" in one.where
    assert "Rain Office" in one.to_do.en  # whom to ask: what the seed was taken from


@pytest.mark.parametrize("contact", ["", "somebody", "a@b", "two@example.org three@example.org"])
def test_nothing_goes_out_without_a_mailbox_of_the_role(contact: str) -> None:
    (one,) = found(Dataset(table(), (origin(),)), Publisher(contact=contact))
    assert (one.table, one.field, one.where) == (ALL, "maintainer_email", "MAEMOH_OPEN_DATA_CONTACT")


def test_a_table_that_is_not_open_stays_in_though_asked_for_and_only_its_closed_feeds_are_named() -> None:
    closed = origin(id="snow", classification="internal", licence="", file=ROOT / "assets/sources/snow/contract.yml")
    (one,) = found(Dataset(table(classification="internal"), (origin(), closed)))
    assert (one.field, one.where) == ("classification", "assets/sources/snow/contract.yml")


def test_a_table_that_was_never_published_is_no_empty_file() -> None:
    (one,) = blockers([Dataset(table(), (origin(),))], PUBLISHER, {"gold.other"}, ROOT)
    assert one.field == "data"


def test_every_seed_says_where_it_is_from_and_under_which_licence() -> None:
    for name, (_, written) in seeds().items():
        meta = written["config"]["meta"]
        assert meta["origin_th"] and meta["origin_en"], name
        assert meta["geo_coverage"] in LEVELS, name
        assert set(meta["licence"].split(" AND ")) <= {*register(), "unknown"}, name


def test_every_licence_that_a_contract_states_is_in_the_register() -> None:
    for source_id, contract in contracts().items():
        assert set(contract.licence.split(" AND ")) <= {*register(), "unknown"}, source_id


def test_of_the_tables_as_they_are_only_those_with_a_known_licence_could_go_out() -> None:
    known = catalogue()
    offered = datasets(known)
    blocked = {one.table for one in blockers(offered, PUBLISHER, set(known.tables))}
    assert {"silver.system_demand", "gold.fct_peak_demand_daily", "gold.dim_plant_unit", "gold.dim_factor"} <= blocked
    assert {"silver.power_plant", "gold.fct_capacity_yearly", "gold.dim_date"} <= {
        d.table.name for d in offered
    } - blocked


# ── classes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_the_gates_wrote_down_of_partners_is_not_open() -> None:
    assert catalogue().tables["gold.fct_check_result"].classification == "internal"


def test_charging_by_day_is_less_closed_than_its_sessions_and_says_why_but_is_not_open() -> None:
    assert contracts()["ptt_ev_charging"].classification == "personal"
    added_up = catalogue().tables["silver.ev_charging"]
    assert added_up.classification == "internal"
    assert added_up.classification_reason
    assert catalogue().tables["gold.fct_ev_charging_daily"].classification == "internal"


def test_a_lower_class_without_a_reason_in_two_languages_is_refused() -> None:
    reason = {"classification_reason_th": "รวมรายวัน", "classification_reason_en": "added up by day"}
    assert _declared("personal", "x.yml", {"classification": "internal", **reason}) == "internal"
    assert _declared("open", "x.yml", {"classification": "restricted"}) == "restricted"
    with pytest.raises(CatalogueError, match="classification_reason_th"):
        _declared("personal", "x.yml", {"classification": "internal", "classification_reason_en": "added up by day"})
    with pytest.raises(CatalogueError, match="secret"):
        _declared("open", "x.yml", {"classification": "secret"})
