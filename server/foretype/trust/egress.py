"""The gate: every byte that leaves this machine passes it, redacted, allowed and logged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from foretype.config.schema import Privacy
from foretype.errors import ForetypeError
from foretype.prompt.hole import Chat, Hole
from foretype.prompt.layout import Files
from foretype.trust.egress_log import EgressLog
from foretype.trust.paths import PathPolicy
from foretype.trust.secrets import Redacted, Redactor

if TYPE_CHECKING:
    import httpx2

CLEARANCE = "foretype.clearance"
"""The key of a request's extensions under which its clearance is."""


class Refused(ForetypeError):
    """Nothing was sent: the text says what forbids it."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is sent something: an endpoint's name and its URL."""

    name: str
    url: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port."""
        return origin(self.url)


@dataclass(frozen=True, slots=True, eq=False)
class Cleared:
    """What may be sent to a recipient: the input without secrets, and without the files that stay here.

    ``given`` is None where no text of a buffer is sent. ``left_out`` says what was taken out, one sentence each;
    ``placeholders`` which kinds of secrets the placeholders stand for.
    """

    given: Hole | Chat | None
    recipient: Recipient
    purpose: str
    redactions: int = 0
    left_out: tuple[str, ...] = ()
    placeholders: dict[str, str] = field(default_factory=dict)
    _seal: object = field(default=None, repr=False)


class Gate:
    """Decides what may leave, and makes the only clients that can send it."""

    def __init__(self, policy: PathPolicy, redactor: Redactor, log: EgressLog, offline: bool = False) -> None:
        self.policy = policy
        self.redactor = redactor
        self.offline = offline
        self._log = log
        self._seal = object()

    def apply(self, privacy: Privacy) -> None:
        """Takes other settings for what is sent from now on."""
        self.offline = privacy.offline
        self.policy.set_local_only(privacy.local_only)
        self._log.with_text = privacy.log_sent_text

    def clear(self, given: Hole | Chat, recipient: Recipient) -> Cleared:
        """What of an input may be sent. Raises `Refused` where the document may not leave, or nothing may.

        Waits for the rules on secrets when they are still being loaded (`Redactor.prepare`).
        """
        self._check_online(recipient)
        verdict = self.policy.verdict(given.uri)
        if not verdict.may_leave:
            raise Refused(f"{verdict.reason}, so it isn't sent to {recipient.name}.")
        if isinstance(given, Chat):
            return self._cleared_chat(given, recipient)
        return self._cleared_hole(given, recipient)

    def probe(self, recipient: Recipient, purpose: str = "probe") -> Cleared:
        """A clearance for requests that hold no text of a buffer. Raises `Refused` while offline."""
        self._check_online(recipient)
        return Cleared(None, recipient, purpose, _seal=self._seal)

    def client(
        self,
        recipient: Recipient,
        *,
        timeout: httpx2.Timeout | float | None = None,
        ca_file: str = "",
        proxy: str = "",
        http2: bool = True,
    ) -> httpx2.AsyncClient:
        """A client that reaches this recipient and nobody else, and only with a clearance on each request.

        ``ca_file`` replaces the system's certificate authorities, ``proxy`` the proxies of the environment. Raises
        ForetypeError where one of them can't be used.
        """
        from foretype.trust.transport import make_client

        return make_client(self, recipient, timeout=timeout, ca_file=ca_file, proxy=proxy, http2=http2)

    def passing(self, clearance: Cleared, payload: bytes, method: str = "WEBSOCKET", url: str = "") -> int:
        """Is asked before each request and each WebSocket message, and logs it; raises `Refused`.

        Gives the number under which the answer can be logged.
        """
        self.check(clearance)
        recipient = clearance.recipient
        return self._log.sent(
            recipient.name,
            method,
            without_query(url or recipient.url),
            payload,
            clearance.purpose,
            clearance.redactions,
        )

    def answered(self, number: int, status: int | str) -> None:
        """Logs how a request was answered."""
        self._log.answered(number, status)

    def check(self, clearance: object) -> Cleared:
        """The clearance, if it is one of this gate's and may still be used; raises `Refused`."""
        if not isinstance(clearance, Cleared) or clearance._seal is not self._seal:
            raise Refused("Nothing was sent: the request has no clearance.")
        self._check_online(clearance.recipient)
        return clearance

    def _check_online(self, recipient: Recipient) -> None:
        if self.offline:
            raise Refused(f"privacy.offline is set, so nothing is sent to {recipient.name}.")

    def _cleared_hole(self, hole: Hole, recipient: Recipient) -> Cleared:
        around = self.redactor.redact((hole.prefix, hole.middle, hole.suffix))
        results, left_out = [around], []

        def cleared(files: Files) -> Iterator[tuple[str, str]]:
            for path, text in files:
                verdict = self.policy.verdict_of_shown(path, hole.uri)
                if verdict.may_leave:
                    results.append(self.redactor.redact((text,)))
                    yield path, results[-1].texts[0]
                else:
                    left_out.append(f"{path} was left out: {verdict.reason}.")

        files, comments = tuple(cleared(hole.files)), tuple(cleared(hole.comments))
        prefix, middle, suffix = around.texts
        given = replace(hole, prefix=prefix, middle=middle, suffix=suffix, files=files, comments=comments).whole()
        return self._sealed(given, recipient, f"completion {_shown(hole)}", results, left_out)

    def _cleared_chat(self, chat: Chat, recipient: Recipient) -> Cleared:
        results = [self.redactor.redact((turn.text,)) for turn in chat.turns]
        turns = tuple(replace(turn, text=each.texts[0]) for turn, each in zip(chat.turns, results, strict=True))
        begun = self.redactor.redact((chat.begun,))
        given = replace(chat, turns=turns, begun=begun.texts[0])
        return self._sealed(given, recipient, f"chat about {_name(chat.uri)}", [*results, begun], [])

    def _sealed(
        self, given: Hole | Chat, recipient: Recipient, purpose: str, results: list[Redacted], left_out: list[str]
    ) -> Cleared:
        placeholders = {name: kind for result in results for name, kind in result.placeholders.items()}
        count = sum(result.count for result in results)
        return Cleared(given, recipient, purpose, count, tuple(left_out), placeholders, self._seal)


def origin(url: str) -> tuple[str, str, int]:
    """A URL's scheme, host and port."""
    parts = urlsplit(url)
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    return scheme, parts.hostname or "", parts.port or (443 if scheme == "https" else 80)


def without_query(url: str) -> str:
    """A URL without what may hold a key: user, query, fragment."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _shown(hole: Hole) -> str:
    name = hole.path or _name(hole.uri)
    return f"{name}:{hole.line}" if hole.line else name


def _name(uri: str) -> str:
    return unquote(urlsplit(uri).path).rpartition("/")[2] or "a document"
