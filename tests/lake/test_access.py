"""Who may reach what: each partner's key against everything that is not its own, presigned links, and the Data Docs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import botocore.auth
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from assets import data_docs
from assets.lake import embedded, keys
from assets.lake.config import BUCKET
from assets.lake.handle import Lake
from assets.lake.ledger import now
from assets.lake.links import LinkError, link_to_report, reports_of
from orchestration import settings
from tests import furnished

# Beside the real ones: names that begin like another's.
PARTNERS = (*settings.key_holders(), "depa", "tat2", "egat-x")
NOT_THEIRS = ("published/current.json", "reports/_platform/data_docs/index.html", "raw/nasa/1", "landing/nasa/1")
TABLE = ("ops", "check_result")


@dataclass
class House:
    """A running lake with something of everybody in it, and a client for each key."""

    home: Path
    lake: Lake
    staff: Any
    clients: dict[str, Any]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("access")
    _give_rights_of_an_older_version(home, "egat")
    config = embedded.up(home, PARTNERS)
    lake = Lake.open(config)
    things = {k: b"x" for p in PARTNERS for k in (f"landing/{p}/1.csv", f"raw/{p}/1", f"reports/{p}/index.html")}
    lake.store.put(things | dict.fromkeys(NOT_THEIRS, b"x"), content_type="text/html")
    lake.ledger.append({"check_result": [_result("G3", entity="gold.dim_station", batch_id="7")]}, "run", now())

    def client(access: str, secret: str) -> Any:
        return session.client(
            "s3",
            endpoint_url=config.endpoint,
            aws_access_key_id=access,
            aws_secret_access_key=secret,
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}),
        )

    session = boto3.Session(region_name=config.region)
    staff = client(config.access_key, config.secret_key)
    yield House(home, lake, staff, {p: client(*embedded.partner_keys(home, p)) for p in PARTNERS})
    furnished.throw_away(home)


def _give_rights_of_an_older_version(home: Path, partner: str) -> None:
    old = {"name": partner, "credentials": [{"accessKey": "old-key", "secretKey": "s" * 30}], "actions": ["Read"]}
    (home / "store").mkdir(mode=0o700)
    (home / "store" / "iam.json").write_text(json.dumps({"identities": [old]}))


def _result(gate: str, **fields: Any) -> dict[str, Any]:
    words = {"rule": "r", "dimension": "validity", "scope": "row", "severity": "major", "action": "warn"}
    return words | {"gate": gate, "evaluated": 9, "failed": 2, "outcome": "fail", "sample_value": "SECRET"} | fields


def answer(ask: Callable[[], Any]) -> str:
    """``allowed``, or the code of the refusal with its status."""
    try:
        ask()
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return f"{status} {error.response.get('Error', {}).get('Code', '')}".strip()
    return "allowed"


def answers(asked: dict[str, Callable[[], Any]]) -> dict[str, str]:
    """The same for many requests, several at once."""
    with ThreadPoolExecutor(8) as pool:
        return dict(zip(asked, pool.map(answer, asked.values()), strict=True))


def on(client: Any, call: str, key: str, **more: Any) -> Callable[[], Any]:
    return lambda: getattr(client, call)(Bucket=BUCKET, Key=key, **more)


def listing(client: Any, prefix: str, call: str = "list_objects_v2") -> Callable[[], Any]:
    return lambda: getattr(client, call)(Bucket=BUCKET, Prefix=prefix)


@pytest.mark.parametrize("partner", PARTNERS)
def test_a_key_opens_nothing_of_others(house: House, partner: str) -> None:
    mine = house.clients[partner]
    asked: dict[str, Callable[[], Any]] = {}
    for other in [p for p in PARTNERS if p != partner]:
        for key in (f"landing/{other}/1.csv", f"raw/{other}/1", f"reports/{other}/index.html"):
            asked[f"get {key}"] = on(mine, "get_object", key)
        for key in (f"landing/{other}/1.csv", f"reports/{other}/index.html"):
            asked[f"put {key}"] = on(mine, "put_object", key, Body=b"forged")
            asked[f"list {key}"] = listing(mine, key.rsplit("/", 1)[0] + "/")
        asked[f"delete {other}"] = on(mine, "delete_object", f"landing/{other}/1.csv")
    for key in (*NOT_THEIRS, f"raw/{partner}/1"):
        asked |= {f"get {key}": on(mine, "get_object", key), f"put {key}": on(mine, "put_object", key, Body=b"y")}
    for prefix in ("", "landing/", f"landing/{partner}", "raw/", f"raw/{partner}/", "reports/", f"reports/{partner}"):
        for call in ("list_objects_v2", "list_object_versions"):
            asked[f"{call} {prefix}"] = listing(mine, prefix, call)
    found = answers(asked)
    assert len(found) > 60
    assert {name: said for name, said in found.items() if said != "403 AccessDenied"} == {}


@pytest.mark.parametrize("partner", PARTNERS)
def test_a_key_opens_its_own_landing_and_reads_its_own_reports(house: House, partner: str) -> None:
    mine = house.clients[partner]
    mine.put_object(Bucket=BUCKET, Key=f"landing/{partner}/ปี 2568/ข้อมูล.csv", Body=b"new")
    landed = {item["Key"] for item in listing(mine, f"landing/{partner}/")()["Contents"]}
    assert landed == {f"landing/{partner}/1.csv", f"landing/{partner}/ปี 2568/ข้อมูล.csv"}
    assert on(mine, "get_object", f"landing/{partner}/ปี 2568/ข้อมูล.csv")()["Body"].read() == b"new"
    assert [item["Key"] for item in listing(mine, f"reports/{partner}/")()["Contents"]] == [
        f"reports/{partner}/index.html"
    ]
    own = f"reports/{partner}/index.html"
    assert on(mine, "get_object", own)()["Body"].read() == b"x"
    for refused in (on(mine, "put_object", own, Body=b"all is well"), on(mine, "delete_object", own)):
        assert answer(refused) == "403 AccessDenied"


def test_no_round_about_way_leads_to_others(house: House) -> None:
    mine = house.clients["tat"]
    upload = mine.create_multipart_upload(Bucket=BUCKET, Key="landing/tat/big")["UploadId"]
    part = {"Bucket": BUCKET, "Key": "landing/tat/big", "UploadId": upload, "PartNumber": 1}
    asked: dict[str, Callable[[], Any]] = {
        f"copy {key}": on(mine, "copy_object", "landing/tat/stolen", CopySource={"Bucket": BUCKET, "Key": key})
        for key in ("landing/egat/1.csv", "raw/tat/1", "raw/egat/1", "reports/egat/index.html")
    }
    asked["part copy"] = lambda: mine.upload_part_copy(**part, CopySource={"Bucket": BUCKET, "Key": "raw/egat/1"})
    asked["upload in parts"] = on(mine, "create_multipart_upload", "landing/egat/big")
    asked["tags"] = on(mine, "get_object_tagging", "landing/egat/1.csv")
    policy = json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}]})
    asked["policy"] = lambda: mine.put_bucket_policy(Bucket=BUCKET, Policy=policy)
    asked["new bucket"] = lambda: mine.create_bucket(Bucket="mine")
    asked["tables"] = lambda: mine.list_objects_v2(Bucket="warehouse")
    asked["table put"] = lambda: mine.put_object(Bucket="warehouse", Key="ops/x", Body=b"y")
    asked["table get"] = lambda: mine.get_object(Bucket="warehouse", Key="ops/check_result/metadata/v1.metadata.json")
    assert set(answers(asked).values()) == {"403 AccessDenied"}
    assert answer(on(mine, "get_object", "landing/tat/../egat/1.csv")).startswith("400")
    many = mine.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "landing/egat/1.csv"}]})
    assert [error["Code"] for error in many["Errors"]] == ["AccessDenied"]
    assert house.lake.store.get("landing/egat/1.csv") == b"x"
    assert mine.list_buckets()["Buckets"] == []


def test_a_key_makes_neither_users_nor_keys(house: House) -> None:
    access, secret = embedded.partner_keys(house.home, "tat")
    iam = boto3.client(
        "iam",
        endpoint_url=house.lake.config.endpoint,
        aws_access_key_id=access,
        aws_secret_access_key=secret,
        region_name=house.lake.config.region,
    )
    asked: dict[str, Callable[[], Any]] = {
        "users": iam.list_users,
        "user": lambda: iam.create_user(UserName="evil"),
        "own key": iam.create_access_key,
        "staff's key": lambda: iam.create_access_key(UserName="staff"),
        "rights": lambda: iam.put_user_policy(UserName="tat", PolicyName="all", PolicyDocument="{}"),
    }
    assert {said[:3] for said in answers(asked).values()} == {"403"}


@pytest.mark.parametrize("partner", ["tat", "egat"])
def test_the_catalog_shows_a_partner_nothing_and_takes_nothing(house: House, partner: str) -> None:
    """Of tables that a key may not see the catalog says either that it may not, or that there are none."""
    config = house.lake.config
    root = f"{config.catalog_uri}/v1/warehouse"
    table = f"{root}/namespaces/{TABLE[0]}/tables/{TABLE[1]}"
    change = {"requirements": [], "updates": [{"action": "set-properties", "updates": {"forged": "yes"}}]}
    staff = _token(config.catalog_uri, config.access_key, config.secret_key)
    mine = _token(config.catalog_uri, *embedded.partner_keys(house.home, partner))
    with httpx.Client() as web:
        for address in (f"{root}/namespaces", f"{root}/namespaces/ops/tables", table):
            assert web.get(address, headers=staff).status_code == 200
            assert web.get(address, headers=mine).status_code in (403, 404)
            assert web.get(address).status_code == 403
        assert web.post(f"{root}/namespaces", json={"namespace": ["mine"]}, headers=mine).status_code == 403
        assert web.post(table, json=change, headers=mine).status_code in (403, 404)
        assert web.delete(table, headers=mine).status_code in (403, 404)
    assert "forged" not in house.lake.catalog.load_table(TABLE).properties
    assert ("mine",) not in house.lake.catalog.list_namespaces()


def _token(catalog: str, access: str, secret: str) -> dict[str, str]:
    form = {"grant_type": "client_credentials", "client_id": access, "client_secret": secret, "scope": "catalog"}
    return {"Authorization": f"Bearer {httpx.post(f'{catalog}/v1/oauth/tokens', data=form).json()['access_token']}"}


def test_a_link_opens_one_file_without_a_key_until_it_runs_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    made = link_to_report(house.lake.store, "egat", days=2)
    assert timedelta(days=1.99) < made.expires_at - now() < timedelta(days=2.01)
    page = httpx.get(made.address)
    assert (page.status_code, page.content, page.headers["content-type"]) == (200, b"x", "text/html")
    assert httpx.put(made.address, content=b"forged").status_code == 403

    # As if it had been made three days ago.
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: datetime.now(UTC) - timedelta(days=3))
    old = httpx.get(house.lake.store.presigned(keys.report_key("egat", "index.html"), timedelta(days=2)))
    assert old.status_code == 403
    assert "expired" in old.text.lower()


def test_a_link_cannot_be_bent_to_another_file_or_a_later_day(house: House) -> None:
    address = link_to_report(house.lake.store, "egat", days=1).address
    assert httpx.get(address).status_code == 200
    bent = {
        "another partner": address.replace("/reports/egat/", "/reports/tat/"),
        "a name that begins alike": address.replace("/reports/egat/", "/reports/egat-x/"),
        "the platform's": address.replace("/reports/egat/", "/reports/_platform/data_docs/"),
        "raw": address.replace("/reports/egat/index.html", "/raw/egat/1"),
        "longer": re.sub(r"X-Amz-Expires=\d+", "X-Amz-Expires=604800", address),
        "no signature": address.split("?")[0],
    }
    assert len({address, *bent.values()}) == 7
    assert {name: httpx.get(url).status_code for name, url in bent.items()} == dict.fromkeys(bent, 403)


def test_a_link_to_nothing_says_what_there_is(house: House) -> None:
    assert list(reports_of(house.lake.store, "tat")) == ["index.html"]
    with pytest.raises(LinkError, match=r"no report 'report.pdf' \(there is: index.html\)"):
        link_to_report(house.lake.store, "tat", "report.pdf")
    with pytest.raises(LinkError, match="maemoh report nasa"):
        link_to_report(house.lake.store, "nasa")
    with pytest.raises(LinkError, match="at most 7 days"):
        link_to_report(house.lake.store, "tat", days=8)


def test_data_docs_are_put_where_only_staff_read_and_built_once(house: House) -> None:
    contracts = {"egat_ambient": settings.contracts()["egat_ambient"]}
    built = data_docs.build(house.lake, contracts)
    assert built.made == built.pages > 20
    assert built.suites_failed == 1
    again = data_docs.build(house.lake, contracts)
    assert (again.made, again.pages) == (0, built.pages)

    key = keys.data_docs_key("index.html")
    with closing(house.staff.get_object(Bucket=BUCKET, Key=key)["Body"]) as body:
        assert body.read() == built.index.read_bytes()
    assert answer(on(house.clients["egat"], "get_object", key)) == "403 AccessDenied"

    line = _result("G3", entity="gold.dim_station", batch_id="8", failed=0, outcome="pass")
    house.lake.ledger.append({"check_result": [line]}, "run-2", now())
    after = data_docs.build(house.lake, contracts)
    assert (after.made, after.suites_failed) == (2, 0)  # the table's own page and the index
