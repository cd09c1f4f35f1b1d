"""Who really asks: the client's address behind the proxies that ECRF_PROXIES names, and behind no others.

Limits, the table of sign-ins and mails use REMOTE_ADDR, so it is put right once, before anything looks at it. What a
client sends itself in X-Forwarded-For or X-Forwarded-Proto is not believed.
"""

import ipaddress

from django.conf import settings

SOCKET = "unix"  # the peer is a socket of this machine: it has no address, and only this machine reaches it
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT")
PASSED_ON = (*FORWARDED, "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")  # any of them: some proxy stood between


def networks(said: str) -> tuple:
    """The proxies as written, with commas: addresses, networks (10.0.0.0/8), `unix`. Anything else: ValueError."""
    words = [word.strip() for word in said.split(",") if word.strip()]
    return tuple(SOCKET if word == SOCKET else ipaddress.ip_network(word) for word in words)


def is_trusted(address: str, proxies: tuple) -> bool:
    if not address:
        return SOCKET in proxies
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if getattr(found, "ipv4_mapped", None):
        found = found.ipv4_mapped
    return any(network != SOCKET and found in network for network in proxies)


def client(peer: str, forwarded: str, proxies: tuple) -> str:
    """The last address in the chain that is none of our proxies; "" where a trusted socket names nobody."""
    address = peer
    hops = [hop.strip() for hop in forwarded.split(",")]
    while hops and is_trusted(address, proxies):
        try:
            address = str(ipaddress.ip_address(hops.pop()))
        except ValueError:
            break  # a proxy of ours writes addresses; what stands before is not its word
    return address


def real_address(get_response):
    """Middleware, outermost: REMOTE_ADDR is the client's; headers of a peer that is no proxy of ours are taken away."""

    def middleware(request):
        meta, proxies = request.META, settings.PROXIES
        # Asked before they are taken away: what a proxy on this machine passes on does not come from this machine.
        request.passed_on = any(name in meta for name in PASSED_ON)
        peer = meta.get("REMOTE_ADDR", "")
        try:
            peer = str(ipaddress.ip_address(peer))
        except ValueError:
            peer = ""  # gunicorn on a socket of this machine
        if is_trusted(peer, proxies):
            meta["REMOTE_ADDR"] = client(peer, meta.get("HTTP_X_FORWARDED_FOR", ""), proxies)
        else:
            meta["REMOTE_ADDR"] = peer
            for name in FORWARDED:
                meta.pop(name, None)
        return get_response(request)

    return middleware
