"""Decide in one place who may change what is published.

Until people have names here, that is whoever sits at the machine itself: the server listens on the
loopback address only, and the request comes from there without a proxy in between.
"""

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from flask import current_app, request

LISTENS_ON: Final = "LIVING_CIRCLE_LISTENS_ON"
"""Key of the application's settings: the address it was told to listen on, None when unknown."""

_LEFT_BY_PROXIES: Final = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")


def may_operate() -> bool:
    """Tell whether the visitor of this request may load, publish and roll back.

    A proxy on the same machine makes strangers look local: one that leaves a header of its own or
    keeps the name in Host is known by that.
    """
    here = urlsplit(f"//{request.host}").hostname
    is_direct = not any(name in request.headers for name in _LEFT_BY_PROXIES)
    return (
        is_direct
        and _is_loopback(current_app.config.get(LISTENS_ON))
        and _is_loopback(request.remote_addr)
        and _is_loopback(here)
    )


def is_same_origin() -> bool:
    """Tell whether a page of this server sends this; silence about where it comes from is a no."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        return False
    origin = request.headers.get("Origin")
    if origin is not None:
        return urlsplit(origin).netloc == request.host
    return site == "same-origin"


def _is_loopback(address: str | None) -> bool:
    if address is None:
        return False
    if address == "localhost":
        return True
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
