"""The HTTP transport that asks the gate before each request, and the one place that makes clients."""

from __future__ import annotations

import ssl
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.request import getproxies, proxy_bypass

import httpx2

from foretype.errors import ForetypeError
from foretype.trust.egress import CLEARANCE, Recipient, Refused, origin

if TYPE_CHECKING:
    from foretype.trust.egress import Gate


KEPT_SECONDS = 300.0
"""How long an idle connection is kept, so that the next request need not open one; servers close it when they like."""


class GatedTransport(httpx2.AsyncBaseTransport):
    """Sends what the gate has cleared, to the one recipient it is made for. Raises `Refused` for all else."""

    def __init__(self, gate: Gate, recipient: Recipient, inner: httpx2.AsyncBaseTransport) -> None:
        self._gate = gate
        self._recipient = recipient
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        clearance = self._gate.check(request.extensions.get(CLEARANCE))
        url = str(request.url)
        if clearance.recipient.origin != self._recipient.origin or origin(url) != self._recipient.origin:
            raise Refused(f"Nothing was sent: {self._recipient.name} is at {self._recipient.url}, not at {_at(url)}.")
        number = self._gate.passing(clearance, await request.aread(), request.method, url)
        try:
            response = await self._inner.handle_async_request(request)
        except Exception as error:
            self._gate.answered(number, type(error).__name__)
            raise
        self._gate.answered(number, response.status_code)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


def make_client(
    gate: Gate,
    recipient: Recipient,
    *,
    timeout: httpx2.Timeout | float | None,
    ca_file: str,
    proxy: str,
    http2: bool,
) -> httpx2.AsyncClient:
    """A client whose requests all pass the gate; see `Gate.client`."""
    verify: ssl.SSLContext | bool = _authorities(ca_file, recipient) if ca_file else True
    try:
        inner = httpx2.AsyncHTTPTransport(
            verify=verify,
            http2=http2,
            limits=httpx2.Limits(keepalive_expiry=KEPT_SECONDS),
            proxy=proxy or _proxy_of_environment(recipient),
            trust_env=not ca_file,
        )
    except (ValueError, ImportError, httpx2.InvalidURL) as error:
        raise ForetypeError(f"The proxy for {recipient.name} can't be used: {error}; set another as proxy.") from None
    transport = GatedTransport(gate, recipient, inner)
    # Redirects would go where the user has not sent us, and the environment's proxies are the transport's business.
    return httpx2.AsyncClient(transport=transport, timeout=timeout, follow_redirects=False, trust_env=False)


def _authorities(ca_file: str, recipient: Recipient) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        reason = "it holds no certificates" if isinstance(error, ssl.SSLError) else error.strerror
        raise ForetypeError(
            f"The ca_file of {recipient.name}, {ca_file}, can't be used: {reason}; it has to be a PEM file."
        ) from None


def _proxy_of_environment(recipient: Recipient) -> str | None:
    """The proxy that the environment, or Windows' or macOS's settings, have for a recipient elsewhere."""
    scheme, host, port = recipient.origin
    if _is_this_machine(host) or proxy_bypass(f"{host}:{port}"):
        return None
    proxies = getproxies()
    return proxies.get(scheme) or proxies.get("all")


def _is_this_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _at(url: str) -> str:
    scheme, host, port = origin(url)
    return f"{scheme}://{host}:{port}"
