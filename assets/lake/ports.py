"""Ports of the embedded store: free ones, kept from start to start while they stay free, each with its gRPC pair."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Sequence
from pathlib import Path

from assets.lake.errors import PortTaken

GRPC_OFFSET = 10_000


def choose_ports(names: Sequence[str], previous: dict[str, int], pinned: dict[str, int]) -> dict[str, int]:
    """A port for every name: the pinned one, else the previous one while it is free, else another."""
    ports: dict[str, int] = {}
    for name in names:
        if name in pinned:
            if not _pair_is_free(pinned[name]):
                raise PortTaken(
                    f"port {pinned[name]} (or {pinned[name] + GRPC_OFFSET}, its gRPC pair) for the store's {name} is taken",
                    f"stop the process that holds it, or set MAEMOH_{name.upper()}_PORT to another port below 55535, "
                    "or leave it unset for a free one",
                )
            ports[name] = pinned[name]
        elif name in previous and previous[name] not in ports.values() and _pair_is_free(previous[name]):
            ports[name] = previous[name]
        else:
            ports[name] = free_port(set(ports.values()))
    return ports


def free_port(taken: set[int]) -> int:
    """A port that is free together with its gRPC pair, both below the ports that the system hands to clients: any
    connection of this machine may take one of those at any moment."""
    first, last = 10_240, _first_client_port() - GRPC_OFFSET
    if last - first < 1_000:
        # a system that hands out nearly all ports to clients: the store tries again where one is lost
        first, last = 20_000, 40_000
    for _ in range(500):
        port = first + secrets.randbelow(last - first)
        # Nobody's port may be the gRPC pair of another.
        if taken.isdisjoint({port, port - GRPC_OFFSET, port + GRPC_OFFSET}) and _pair_is_free(port):
            return port
    raise PortTaken(
        f"no free pair of ports from {first} to {last + GRPC_OFFSET}", "end some servers on this machine and try again"
    )


def _first_client_port() -> int:
    """The first of the ports that the system gives to outgoing connections (Linux: 32768 unless set otherwise)."""
    try:
        return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 32_768


def _pair_is_free(port: int) -> bool:
    return all(_is_free(number) for number in (port, port + GRPC_OFFSET))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
