"""Where a push may go: to an https address of a public host, and nowhere inside."""

from __future__ import annotations

import base64
import binascii
import ipaddress
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

ENDPOINT_LENGTH = 2_048
_AUTH_BYTES = 16
#: Addresses that carry another one in them, which may be any: NAT64, 6to4, Teredo.
_CARRIERS = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
#: Names that mean this machine or its neighbours wherever they are looked up.
_LOCAL_NAMES = (".localhost", ".local", ".internal", ".localdomain", ".home.arpa")


def is_public(address: str) -> bool:
    """Whether an IP address is reachable by everybody, whatever form it is written in."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if any(ip in network for network in _CARRIERS):
            return False
    return ip.is_global and not ip.is_multicast


def check_endpoint(endpoint: str, *, to_loopback: bool) -> None:
    """Raise ValueError with the reason unless a push may be sent there. Asks no name server.

    `to_loopback`: tests run a push service on this machine, over http.
    """
    if (
        len(endpoint) > ENDPOINT_LENGTH
        or not endpoint.isascii()
        or not endpoint.isprintable()
        or " " in endpoint
    ):
        raise ValueError(f"Must be an address of at most {ENDPOINT_LENGTH} ASCII characters.")
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("Must be an https address.") from None
    if to_loopback and _is_loopback(host):
        return
    if parts.scheme != "https" or parts.username is not None or parts.password is not None or port == 0:
        raise ValueError("Must be an https address.")
    if not _is_public_host(host):
        raise ValueError("Must be an address of a public host.")


def check_keys(p256dh: str, auth: str) -> None:
    """Raise ValueError unless these are a point on P-256 and 16 bytes, in URL-safe base64."""
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), decode(p256dh))
        secret = decode(auth)
    except (ValueError, binascii.Error):
        raise ValueError("Must be the keys of a push subscription, in URL-safe base64.") from None
    if len(secret) != _AUTH_BYTES:
        raise ValueError("Must be the keys of a push subscription, in URL-safe base64.")


def decode(text: str) -> bytes:
    """URL-safe base64 with or without its padding."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_public_host(host: str) -> bool:
    try:
        return is_public(host)
    except ValueError:
        # A name. Digits alone would be an address in another notation, which resolvers understand.
        labels = host.rstrip(".").lower().split(".")
        has_name = (
            len(labels) > 1 and all(labels) and not labels[-1].isdigit() and not labels[-1].startswith("0x")
        )
        return has_name and not f".{host.rstrip('.').lower()}".endswith(_LOCAL_NAMES)
