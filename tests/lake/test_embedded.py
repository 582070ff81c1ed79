"""The embedded store: private keys, loopback only, clear errors. What a key may do is in test_access.py."""

from __future__ import annotations

import json
import socket
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import s3fs

from assets.lake import embedded, ports
from assets.lake.config import LakeConfig
from assets.lake.errors import DiskFull, PortTaken, StoreDown, UnsupportedPlatform
from assets.lake.handle import Lake
from assets.lake.objects import ObjectChanged, ObjectStore
from assets.lake.ports import GRPC_OFFSET


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("store")
    yield folder
    embedded.down(folder)


@pytest.fixture(scope="module")
def config(home: Path) -> LakeConfig:
    return embedded.up(home, ("egat", "ptt"))


def test_up_twice_is_the_same_process(home: Path, config: LakeConfig) -> None:
    pid = embedded.status(home)["pid"]
    assert embedded.up(home, ("egat", "ptt")) == config
    assert embedded.status(home)["pid"] == pid


def test_keys_are_readable_by_the_owner_only(home: Path, config: LakeConfig) -> None:
    for name in ("state.json", "iam.json"):
        assert stat.S_IMODE((home / "store" / name).stat().st_mode) == 0o600


def test_every_port_listens_on_loopback_only(home: Path, config: LakeConfig) -> None:
    in_use = json.loads((home / "store" / "state.json").read_text())["ports"].values()
    wanted = {f"{port:04X}" for one in in_use for port in (one, one + GRPC_OFFSET)}
    listening = [
        line.split()
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        if Path(table).exists()
        for line in Path(table).read_text().splitlines()[1:]
    ]
    ours = [row[1] for row in listening if row[3] == "0A" and row[1].rsplit(":", 1)[1] in wanted]
    assert ours
    assert all(address.startswith("0100007F:") for address in ours)


def test_a_wrong_key_is_refused(config: LakeConfig) -> None:
    stranger = s3fs.S3FileSystem(
        key="nobody", secret="nothing", endpoint_url=config.endpoint, client_kwargs={"region_name": config.region}
    )
    with pytest.raises(PermissionError):
        stranger.cat_file("lake/.ready")


def test_a_conditional_put_that_comes_second_is_refused(config: LakeConfig) -> None:
    store = ObjectStore(config)
    store.put_if("conditional", b"one", None)
    found = store.get_with_etag("conditional")
    assert found and found[0] == b"one"
    with pytest.raises(ObjectChanged):
        store.put_if("conditional", b"two", None)
    store.put_if("conditional", b"two", found[1])
    with pytest.raises(ObjectChanged):
        store.put_if("conditional", b"three", found[1])


def test_names_with_pattern_characters_are_only_names(config: LakeConfig) -> None:
    store = ObjectStore(config)
    items = {f"names/{name}": name.encode() for name in ("a[1]*?.xlsx", "ก ข/สถานี #2 (50%).xlsx", "plus+and&.xlsx")}
    store.put(items)
    assert store.get_many(items) == items
    assert {info.key for info in store.listing("names/")} == set(items)
    store.delete(items)
    assert store.listing("names/") == []


def test_down_keeps_the_data_and_up_brings_them_back(tmp_path: Path) -> None:
    ObjectStore(embedded.up(tmp_path)).put({"kept": b"data"})
    assert embedded.down(tmp_path)
    assert not embedded.status(tmp_path)["running"]
    assert not embedded.down(tmp_path)
    again = embedded.up(tmp_path)
    try:
        assert ObjectStore(again).get("kept") == b"data"
    finally:
        embedded.down(tmp_path)


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with closing(socket.socket()) as other:
        port = ports.free_port(set())
        other.bind(("127.0.0.1", port))
        with pytest.raises(PortTaken, match=str(port)):
            embedded.up(tmp_path, pinned_ports={"s3": port})


def test_a_port_lost_between_choosing_and_starting_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    choose = ports.free_port
    with closing(socket.socket()) as other:
        lost = choose(set())
        other.bind(("127.0.0.1", lost))
        other.listen()
        # As if the other process had been quicker: the filer's port was free when it was chosen and is not any more.
        turn = embedded.PORT_NAMES.index("filer")
        offered = iter([None] * turn + [lost])
        monkeypatch.setattr(ports, "free_port", lambda taken: next(offered, None) or choose(taken))
        config = embedded.up(tmp_path)
        try:
            ObjectStore(config).put({"kept": b"data"})
            assert lost not in json.loads((tmp_path / "store" / "state.json").read_text())["ports"].values()
        finally:
            embedded.down(tmp_path)


def test_ports_are_not_those_that_the_system_gives_to_clients() -> None:
    first_client_port = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    if first_client_port < 25_000:
        pytest.skip("this system gives nearly all ports to clients")
    assert all(ports.free_port(set()) + GRPC_OFFSET < first_client_port for _ in range(100))


def test_a_full_disk_is_said_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A disk cannot be filled in a test: the amount that the store asks for is raised above what any disk has.
    monkeypatch.setattr(embedded, "MIN_FREE_BYTES", 2**62)
    with pytest.raises(DiskFull, match="MAEMOH_HOME"):
        embedded.up(tmp_path)
    assert not embedded.status(tmp_path)["running"]


def test_a_platform_without_the_binary_is_told_what_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnsupportedPlatform, match="MAEMOH_S3_ENDPOINT"):
        embedded.up(tmp_path)


def test_a_catalog_that_is_down_is_named(tmp_path: Path) -> None:
    nowhere = LakeConfig(tmp_path, "http://127.0.0.1:9", "a", "b", "http://127.0.0.1:9", "a:b", is_embedded=False)
    with pytest.raises(StoreDown, match="MAEMOH_CATALOG_URI"):
        Lake.open(nowhere)


def test_no_port_is_the_grpc_pair_of_another() -> None:
    with pytest.raises(PortTaken, match="no free pair"):
        ports.free_port({port + GRPC_OFFSET for port in range(10_000, 50_000)})
