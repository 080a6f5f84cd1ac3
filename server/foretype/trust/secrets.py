"""Finds secrets in text and puts placeholders in their place.

The patterns are Kingfisher's, MongoDB's scanner, whose library looks at text in this process and asks nobody. For what
a scanner of repositories leaves out there are those of `secrets.yml`, beside this file.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from foretype.errors import ForetypeError
from foretype.trust.private_keys import key_parts

if TYPE_CHECKING:
    from kingfisher_sdk import Scanner

PLACEHOLDER = re.compile(r"FORETYPE_REDACTED_\d+")
MARK = "FORETYPE_REDACTED"

RULES = Path(__file__).with_name("secrets.yml")
MOST_PLACEHOLDERS = 4_096
MOST_TEXTS = 256
SHORTEST = 12
"""Characters beside a placeholder that may themselves be a secret."""

_MOST_ROUNDS = 4

# What a text has to have for a look at it to be worth while: the name of a secret with a literal behind it, or what
# only keys look like.
_NAMED = r"(?i:passw|passphrase|pwd|secret|token|api.?key|access.?key|credential|bearer|authorization)[^\n]{0,40}"
_MIXED = r"(?=[\w+/=.-]*\d)(?=[\w+/=.-]*[A-Za-z])[\w+/=.-]"
_SUSPECT = re.compile(rf"{_NAMED}[\"'`=: ][^\n]{{6}}|://[^\s/]*:[^\s/]*@|-----BEGIN|{_MIXED}{{20}}")
_BEGUN = re.compile(rf"{_NAMED}[\"'`]([^\"'`\n]*)\Z|://([^\s/]*)\Z|(-----BEGIN.*)\Z|({_MIXED}{{12,}})\Z", re.DOTALL)


class DetectorMissing(ForetypeError):
    """Secrets can't be found, so nothing may be sent."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """Texts without their secrets.

    ``placeholders`` has for each placeholder in them a hint of what it stands for: the kind of secret, never the
    secret. ``count`` is how many places were redacted.
    """

    texts: tuple[str, ...]
    placeholders: Mapping[str, str] = field(default_factory=dict)
    count: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """Where a secret stands, in characters, and the rule that says so."""

    start: int
    end: int
    rule: str


class Redactor:
    """Redacts the same secret with the same placeholder for as long as it lives.

    The rules take a moment to load (seconds the first time on a machine, then they come from ``cache``, a folder of
    the user's own): `prepare` does that beside other work, and `redact` waits for it.
    """

    def __init__(self, cache: Path | None = None) -> None:
        self._cache = cache
        self._numbers: OrderedDict[bytes, int] = OrderedDict()
        self._last_number = 0
        self._scanner: Scanner | None = None
        self._error = ""
        self._loaded = threading.Event()
        self._loading = threading.Lock()
        self._thread: threading.Thread | None = None
        self._spans_of = lru_cache(maxsize=MOST_TEXTS)(self._find)

    def prepare(self) -> None:
        """Begins to load the rules, in a thread of its own; once, however often it is called."""
        with self._loading:
            if self._thread is None:
                self._thread = threading.Thread(target=self._load, name="secrets", daemon=True)
                self._thread.start()

    def wait(self) -> None:
        """Returns when the rules are loaded, or can't be."""
        self.prepare()
        self._loaded.wait()

    @property
    def is_ready(self) -> bool:
        """Whether the rules are loaded, or can't be."""
        return self._loaded.is_set()

    def redact(self, texts: tuple[str, ...]) -> Redacted:
        """The texts, which follow each other, without their secrets; one across their borders is found too.

        The first text may begin in the middle of a private key, and the last end in one. Raises `DetectorMissing`.
        """
        kinds: dict[str, str] = {}
        count = 0
        for _ in range(_MOST_ROUNDS):
            spans = self._in(texts)
            if not spans:
                break
            texts, found = self._replaced(texts, spans)
            count += len(spans)
            kinds.update(found)
        left = PLACEHOLDER.findall("".join(texts))
        return Redacted(texts, {name: kinds[name] for name in left if name in kinds}, count)

    def contains_secret(self, before: str, text: str, after: str) -> bool:
        """Whether a text between two others of its line has a secret in it, or a part of one.

        While the rules are being loaded, what may be a secret counts as one.
        """
        whole = before + text + after
        if not _SUSPECT.search(whole):
            return False
        if not self.is_ready:
            self.prepare()
            return True
        end = len(before) + len(text)
        try:
            spans = self._spans_of(whole)
        except DetectorMissing:
            return False
        return any(span.end > len(before) and span.start < end for span in spans)

    def _in(self, texts: tuple[str, ...]) -> list[Span]:
        """Where secrets stand in the texts put together, in order and apart."""
        whole = "".join(texts)
        found = [*self._spans_of(whole), *key_spans(whole)]
        for end in accumulate(len(text) for text in texts[:-1]):
            # An editor puts the quote that closes a literal behind the cursor, where prompts leave it out.
            line = whole[whole.rfind("\n", 0, end) + 1 : end]
            found += _moved(self._spans_of(line + open_quote(line)), end - len(line), end)
        if len(texts) > 1:
            starts = accumulate((len(text) for text in texts[:-1]), initial=0)
            for start, text in zip(starts, texts, strict=True):
                found += _moved(self._spans_of(text), start, start + len(text))
        masked = [Span(each.start(), each.end(), "") for each in PLACEHOLDER.finditer(whole)] if MARK in whole else []
        spans = _merged([*found, *masked])
        return [span for span in spans if not _is_done(whole[span.start : span.end])]

    def _replaced(self, texts: tuple[str, ...], spans: list[Span]) -> tuple[tuple[str, ...], dict[str, str]]:
        """The texts with placeholders where the spans begin, and the rule of each placeholder."""
        whole = "".join(texts)
        names = [self._placeholder(whole[span.start : span.end]) for span in spans]
        pieces: list[str] = []
        offset = 0
        for text in texts:
            place, end = offset, offset + len(text)
            piece: list[str] = []
            for span, name in zip(spans, names, strict=True):
                if span.end <= place or span.start >= end:
                    continue
                piece.append(whole[place : max(place, span.start)])
                if span.start >= offset:
                    piece.append(name)
                place = min(span.end, end)
            pieces.append("".join(piece) + whole[place:end])
            offset = end
        return tuple(pieces), {name: span.rule for name, span in zip(names, spans, strict=True)}

    def _placeholder(self, secret: str) -> str:
        """One for each secret. A private key's is that of its first lines, so that it stays while more are pasted."""
        identity = "\n".join(secret.split("\n", 2)[:2])
        digest = blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if digest not in self._numbers:
            self._last_number += 1
            self._numbers[digest] = self._last_number
            if len(self._numbers) > MOST_PLACEHOLDERS:
                self._numbers.popitem(last=False)
        self._numbers.move_to_end(digest)
        return f"{MARK}_{self._numbers[digest]}"

    def _find(self, text: str) -> tuple[Span, ...]:
        self.wait()
        if self._scanner is None:
            raise DetectorMissing(self._error)
        if not text:
            return ()
        # NUL makes the library take text for UTF-16.
        data = text.replace("\0", " ").encode("utf-8", "surrogatepass")
        found = [each for each in self._scanner.scan(data) if each.visible]
        offsets = _characters(data, {edge for each in found for edge in _edges(each.location)}, text.isascii())
        return tuple(
            Span(offsets[start], offsets[end], each.rule_id.rpartition(".")[2])
            for each in found
            for start, end in [_edges(each.location)]
        )

    def _load(self) -> None:
        try:
            from kingfisher_sdk import Rules, Scanner

            cache = {"cache": False} if self._cache is None else {"cache_dir": self._cache}
            self._scanner = Scanner(Rules([RULES], confidence="low", **cache))
        except ImportError:
            self._error = (
                "Secrets in the text can't be found, so nothing is sent: install kingfisher-secret-scanner "
                "beside Foretype."
            )
        except Exception as error:
            self._error = f"Secrets in the text can't be found, so nothing is sent: {error}."
        finally:
            self._loaded.set()


def _is_done(secret: str) -> bool:
    """Whether hardly more than placeholders is left of a secret."""
    return MARK in secret and len(PLACEHOLDER.sub("", secret)) < SHORTEST


def secret_begun(text: str) -> int:
    """How many characters at the end of a growing text may turn out to be the beginning of a secret."""
    found = _BEGUN.search(text)
    return len(text) - found.start(found.lastindex or 0) if found else 0


def open_quote(line: str) -> str:
    """The quote of a literal that is open at the end of a line; empty if none is."""
    quote = ""
    for char in re.sub(r"\\.", "", line):
        if char in "\"'`":
            quote = char if not quote else "" if char == quote else quote
    return quote


def key_spans(text: str) -> Iterator[Span]:
    """Parts of private keys whose other parts lie outside the text."""
    for start, end in key_parts(text):
        yield Span(start, end, "private-key")


def _edges(location: Mapping[str, int]) -> tuple[int, int]:
    return location["start_offset"], location["end_offset"]


def _characters(data: bytes, offsets: set[int], is_ascii: bool) -> dict[int, int]:
    """Offsets in UTF-8 as offsets in characters; one within a character counts as its beginning."""
    if is_ascii:
        return {offset: offset for offset in offsets}
    found, place, characters = {}, 0, 0
    for offset in sorted(offsets):
        characters += sum(byte & 0xC0 != 0x80 for byte in data[place:offset])
        found[offset], place = characters, offset
    return found


def _moved(spans: Iterable[Span], by: int, end: int) -> list[Span]:
    """Spans of a part as spans of the whole, none beyond ``end``."""
    return [Span(span.start + by, min(span.end + by, end), span.rule) for span in spans]


def _merged(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that overlap as one."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if merged and span.start < merged[-1].end:
            last = merged.pop()
            span = Span(last.start, max(last.end, span.end), last.rule)
        merged.append(span)
    return merged
