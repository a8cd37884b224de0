"""Where webhooks may go: public addresses, found once for each attempt and then connected to as found.

Between looking up and connecting no second lookup happens, so a name cannot change to an inner address.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import httpx

_LONGEST_URL = 2_000
# Global by their number, but they lead to an embedded or a local address.
_MISLEADING = [
    ipaddress.ip_network(network)
    for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10", "192.88.99.0/24")
]

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefused(Exception):
    """Nothing is sent there; the message says why."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """`url` names the address, `host` is for the Host header, `name` is what the certificate must prove."""

    url: httpx.URL
    host: str
    name: str


async def look_up(host: str, port: int) -> Sequence[str]:
    """Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


async def pin(text: str, resolve: Resolve, *, allow_loopback: bool) -> Pinned:
    """Raises AddressRefused. Loopback addresses, the only ones without TLS, are for development."""
    url = _parsed(text)
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        addresses = [ipaddress.ip_address(address) for address in await resolve(url.host, port)]
    except (OSError, ValueError) as error:
        raise AddressRefused(f"{url.host} cannot be resolved") from error
    if not addresses:
        raise AddressRefused(f"{url.host} has no address")
    loopback = allow_loopback and all(_plain(address).is_loopback for address in addresses)
    if not loopback:
        if url.scheme != "https":
            raise AddressRefused("the address must begin with https://")
        if not all(map(_public, addresses)):
            raise AddressRefused(f"{url.host} does not lead to a public address")
    return Pinned(url.copy_with(host=str(addresses[0])), url.netloc.decode(), url.host)


def _parsed(text: str) -> httpx.URL:
    if len(text) > _LONGEST_URL:
        raise AddressRefused(f"the address has more than {_LONGEST_URL} characters")
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise AddressRefused(f"not an address: {error}") from error
    if url.scheme not in ("https", "http") or not url.host:
        raise AddressRefused("the address must begin with https://")
    if url.userinfo or url.fragment:
        raise AddressRefused("the address must have neither user nor fragment; requests are signed instead")
    return url


def _public(address: Address) -> bool:
    address = _plain(address)
    misleading = any(address in network for network in _MISLEADING if network.version == address.version)
    return address.is_global and not (address.is_multicast or address.is_reserved or misleading)


def _plain(address: Address) -> Address:
    """The IPv4 address behind ::ffff:a.b.c.d."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
