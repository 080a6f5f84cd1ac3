"""What goes wrong with a service, as one sentence with the remedy, and whether asking again can help."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

from foretype.config.endpoints import Endpoint
from foretype.engines.base import EndpointError
from foretype.engines.remote.events import Complaint, complaint
from foretype.engines.remote.protocols import Peer

LONGEST_QUOTE = 160
OVERLOADED = {408, 425, 429, 500, 502, 503, 504, 529}
"""Statuses that another attempt may not meet."""

REFUSED = {401, 403}


class Failed(EndpointError):
    """An attempt that failed. ``again`` if another may succeed, not before ``wait`` seconds where that is known.

    ``field`` is an optional field of the request that the service would rather not see.
    """

    def __init__(
        self, sentence: str, again: bool = False, wait: float | None = None, status: int = 0, field: str = ""
    ) -> None:
        super().__init__(sentence)
        self.again = again
        self.wait = wait
        self.status = status
        self.field = field


def key_hint(endpoint: Endpoint) -> str:
    """Where a person looks for the key."""
    if endpoint.key_env:
        return f"check {endpoint.key_env}"
    if endpoint.key_command:
        return "check what its key_command prints"
    if endpoint.key_keyring:
        return f"check {endpoint.key_keyring} in the keyring"
    return "set key_env, key_command or key_keyring"


def from_status(peer: Peer, status: int, headers: Mapping[str, str], body: bytes, sent: frozenset[str]) -> Failed:
    """The failure that a response other than 200 tells of; ``sent`` are the fields of the request."""
    name, endpoint = peer.name, peer.endpoint
    told = _quoted(body)
    said = f"{status}: {told}" if told else str(status)
    if status in REFUSED:
        return Failed(f"`{name}` refused the key ({status}): {key_hint(endpoint)}.", status=status)
    if status == 429:
        wait = retry_after(headers)
        if wait is None:
            return Failed(f"`{name}` gets too many requests (429).", again=True, status=status)
        return Failed(f"`{name}` takes no requests until {clock(wait)} (429).", again=True, wait=wait, status=status)
    if 300 <= status < 400:
        place = headers.get("location", "another address").partition("?")[0][:LONGEST_QUOTE]
        return Failed(f"`{name}` redirects to {place}: if that is right, make it the url.", status=status)
    if status in OVERLOADED:
        wait = retry_after(headers)
        return Failed(f"`{name}` failed ({said}); see its own log.", again=True, wait=wait, status=status)
    if status == 404:
        return Failed(f"`{name}` has no such address or model ({said}): check url, kind and model.", status=status)
    field = next((field for field in sorted(sent, key=len, reverse=True) if field in told), "")
    return Failed(f"`{name}` refused the request ({said}): check kind and model.", status=status, field=field)


def from_transport(peer: Peer, error: BaseException) -> Failed:
    """The failure behind an exception of the HTTP library, told by its classes and those of its causes.

    Who can't be reached isn't asked again within a request, so that another engine can answer instead; a connection
    that ended is, because one that was kept alive may have ended long before.
    """
    name, endpoint = peer.name, peer.endpoint
    kinds = {type(each).__name__ for each in _causes(error)}
    host = endpoint.url.partition("://")[2].partition("/")[0].rpartition("@")[2]
    if "SSLCertVerificationError" in kinds:
        return Failed(f"`{name}` can't be trusted: its certificate is not from a known authority; set ca_file.")
    if "gaierror" in kinds:
        return Failed(f"`{name}` can't be reached: there is no host {host}; check url and network.")
    if "ProxyError" in kinds:
        return Failed(f"`{name}` can't be reached: the proxy refuses; check proxy.")
    if kinds & {"ConnectTimeout", "PoolTimeout"}:
        return Failed(
            f"`{name}` can't be reached: {host} took no connection in {endpoint.connect_seconds:g} s; check url and "
            "network."
        )
    if "ConnectError" in kinds:
        return Failed(f"`{name}` can't be reached: nothing listens at {host}; start it or check url.")
    if kinds & {"ReadTimeout", "WriteTimeout"}:
        return silent(name, endpoint.answer_seconds)
    return Failed(f"`{name}` broke the connection off before it had answered.", again=True)


def silent(name: str, seconds: float) -> Failed:
    """The failure of a service that says nothing; another attempt would wait as long."""
    told = f"{max(0.1, round(seconds, 1)):g} s"
    return Failed(f"`{name}` was silent for {told}; see how busy it is, or raise answer_seconds.")


def complained(name: str, event: Complaint) -> Failed:
    """The failure that a service tells of inside its stream."""
    again = event.status in OVERLOADED or not event.status or event.code == "previous_response_not_found"
    return Failed(f"`{name}` gave up: {event.message[:LONGEST_QUOTE].rstrip('.')}.", again=again, status=event.status)


def broken_off(name: str) -> Failed:
    """The failure of a stream that ended before its answer did."""
    return Failed(f"`{name}` broke the connection off in the middle of an answer; see its own log.", again=True)


def not_the_protocol(peer: Peer, what: str) -> Failed:
    """The failure of a service that speaks otherwise than its kind."""
    return Failed(f"`{peer.name}` does not speak {peer.endpoint.kind} ({what}): check url and kind.")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from a ``Retry-After`` header, which has seconds or a date (RFC 9110, 10.2.3); None without one."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


def clock(seconds: float) -> str:
    """The time of day in so many seconds; with seconds where that is soon."""
    then = time.localtime(time.time() + seconds)
    return time.strftime("%H:%M" if seconds >= 120 else "%H:%M:%S", then)


def _quoted(body: bytes) -> str:
    """What a service says of an error, on one line and short; nothing but its message, never what was sent."""
    try:
        data = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(data, dict):
        return ""
    error = data.get("error") or data.get("detail") or data
    if isinstance(error, list):
        error = error[0] if error else ""
    if isinstance(error, dict) and "msg" in error:
        error = f"{'.'.join(map(str, error.get('loc', ())))} {error['msg']}"
    text = " ".join(complaint(error).message.split())
    return text[: LONGEST_QUOTE - 1] + "…" if len(text) > LONGEST_QUOTE else text.rstrip(".")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += [each.__cause__, each.__context__, *getattr(each, "exceptions", ())]
