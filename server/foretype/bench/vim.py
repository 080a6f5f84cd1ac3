"""llama.vim's decisions as pure functions: what it sends, what it keeps, what it shows.

From https://github.com/ggml-org/llama.vim, autoload/llama.vim at a1c8e6e (2026-01-31); each function names the one it
follows, oddities included. Columns count characters where Vim counts bytes. Line numbers are Vim's, from 1.
"""

from __future__ import annotations

import random
import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

N_PREFIX = 256
N_SUFFIX = 64
N_PREDICT = 128
T_MAX_PROMPT_MS = 500
T_MAX_PREDICT_MS = 1000
T_MAX_PREDICT_FIRST_MS = 250
MAX_LINE_SUFFIX = 8
MAX_CACHE_KEYS = 250
RING_N_CHUNKS = 16
RING_CHUNK_SIZE = 64
RING_SCOPE = 1024
RING_UPDATE_SECONDS = 1.0
RING_QUEUE = 16
LOOK_BACK = 128

SEPARATOR = "Î"


@dataclass(frozen=True, slots=True)
class Context:
    """What surrounds the cursor: the request's ``input_prefix``, ``prompt`` and ``input_suffix``."""

    prefix: str
    middle: str
    suffix: str
    indent: int
    line_suffix: str

    @property
    def key(self) -> str:
        """What an answer is kept under. llama.vim hashes it; here it is the text itself."""
        return self.prefix + self.middle + SEPARATOR + self.suffix

    def keys(self) -> list[str]:
        """``key``, and those with up to three lines fewer at the top, for when the window has moved down."""
        found, prefix = [self.key], self.prefix
        for _ in range(3):
            prefix = re.sub(r"\A[^\n]*\n", "", prefix)
            if not prefix:
                break
            found.append(prefix + self.middle + SEPARATOR + self.suffix)
        return found


def getline(lines: Sequence[str], first: int, last: int) -> list[str]:
    """Vim's ``getline()`` with two arguments."""
    return list(lines[max(1, first) - 1 : max(0, last)])


def local_context(lines: Sequence[str], x: int, y: int, previous: Sequence[str] = (), indent_last: int = -1) -> Context:
    """``s:fim_ctx_local``: the context at a column and line; as if the suggestion ``previous`` were inserted there."""
    current = lines[y - 1]
    if not previous:
        before, after = current[:x], current[x:]
        above = getline(lines, y - N_PREFIX, y - 1)
        indent = len(current) - len(current.lstrip(" \t"))
        if not current.strip():
            # A blank line is asked for from its beginning.
            before, after, indent = "", "", 0
    else:
        before = current + previous[0] if len(previous) == 1 else previous[-1]
        after, indent = "", indent_last
        above = getline(lines, y - N_PREFIX + len(previous) - 1, y - 1)
        if len(previous) > 1:
            above += [current + previous[0], *previous[1:-1]]
    below = getline(lines, y + 1, y + N_SUFFIX)
    prefix, suffix = "\n".join(above) + "\n", after + "\n" + "\n".join(below) + "\n"
    return Context(prefix, before, suffix, indent, after)


class Cache:
    """``s:cache_insert`` and ``s:cache_get``: answers by context, the least recently used given up first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, str] = OrderedDict()

    def insert(self, key: str, content: str) -> None:
        """Keep an answer."""
        if len(self._kept) > MAX_CACHE_KEYS - 1:
            self._kept.popitem(last=False)
        self._kept[key] = content
        self._kept.move_to_end(key)

    def get(self, key: str) -> str | None:
        """The answer kept under a key."""
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key]

    def near(self, context: Context) -> str | None:
        """The cached part of ``s:fim_try_hint``: the answer for here, or what is left of one for up to 128 characters
        back that agrees with what was typed since. Of several, a longer one goes before those found so far, but the
        first found gives way to any other.
        """
        found = self.get(context.key)
        if found is not None:
            return found
        typed, best = context.prefix + context.middle, 0
        for i in range(min(LOOK_BACK, len(typed))):
            removed = typed[-(1 + i) :]
            content = self.get(typed[: -(1 + i)] + SEPARATOR + context.suffix)
            if content is None or content[: i + 1] != removed:
                continue
            rest = content[i + 1 :]
            if rest and found is None:
                found = rest
            elif len(rest) > best:
                best, found = len(rest), rest
        return found


@dataclass(frozen=True, slots=True)
class Hint:
    """What ``s:fim_render`` puts on screen: lines, the last with what stands right of the cursor."""

    content: tuple[str, ...]
    can_accept: bool
    line_suffix: str


def render(lines: Sequence[str], x: int, y: int, answer: str) -> Hint:
    """``s:fim_render``: the answer without what repeats the text that is there."""
    content = answer.split("\n")
    while content and not content[-1]:
        content.pop()
    can_accept = bool(content)
    content = content or [""]
    current = lines[y - 1]
    if not current.strip():
        lead = min(len(content[0]) - len(content[0].lstrip()), len(current))
        current, content[0] = content[0][:lead], content[0][lead:]
    before, after = current[:x], current[x:]
    if _repeats(lines, y, before, after, content):
        content = [""]
    content[-1] += after
    return Hint(tuple(content), can_accept and bool("\n".join(content).strip()), after)


def _repeats(lines: Sequence[str], y: int, before: str, after: str, content: list[str]) -> bool:
    if len(content) > 1 and not content[0] and content[1:] == getline(lines, y + 1, y + len(content) - 1):
        return True
    if content == [after]:
        return True
    below = y + 1
    while below < len(lines) and not lines[below - 1].strip():
        below += 1
    if below > len(lines) or before + content[0] != lines[below - 1]:
        return False
    if len(content) == 2:
        following = getline(lines, below + 1, below + 1)
        return content[-1] == (following[0] if following else "")[: len(content[-1])]
    return len(content) == 1 or content[1:] == getline(lines, below + 1, below + len(content) - 1)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Lines of some file, as extra context."""

    lines: tuple[str, ...]
    filename: str

    @property
    def extra(self) -> dict[str, str]:
        """As the request's ``input_extra`` has it."""
        return {"text": "\n".join(self.lines) + "\n", "filename": self.filename}


@dataclass(slots=True)
class Ring:
    """Extra context: chunks that are sent, and chunks that wait to be."""

    random: random.Random
    chunks: list[Chunk] = field(default_factory=list)
    queued: list[Chunk] = field(default_factory=list)

    def pick(self, lines: Sequence[str], filename: str, evict: bool) -> None:
        """``s:pick_chunk``: queue some of the lines; ``evict`` replaces similar chunks, else they stay instead."""
        if len(lines) < 3:
            return
        chunk = Chunk(tuple(lines), filename)
        if len(lines) + 1 >= RING_CHUNK_SIZE:
            chunk = Chunk(tuple(self._some(lines)), filename)
        if any(chunk.lines == other.lines for other in (*self.chunks, *self.queued)):
            return
        for kept in (self.queued, self.chunks):
            for other in reversed(list(kept)):
                if similarity(other.lines, chunk.lines) > 0.9:
                    if not evict:
                        return
                    kept.remove(other)
        if len(self.queued) == RING_QUEUE:
            self.queued.pop(0)
        self.queued.append(chunk)

    def evict_like(self, lines: Sequence[str]) -> None:
        """The part of ``llama#fim`` that gives up chunks too similar to the text at the cursor."""
        here = self._some(lines)
        self.chunks = [chunk for chunk in self.chunks if similarity(chunk.lines, here) <= 0.5]

    def update(self) -> bool:
        """The part of ``s:ring_update`` that moves one chunk on; True if there was one."""
        if not self.queued:
            return False
        if len(self.chunks) == RING_N_CHUNKS:
            self.chunks.pop(0)
        self.chunks.append(self.queued.pop(0))
        return True

    @property
    def extra(self) -> list[dict[str, str]]:
        """``s:ring_get_extra``."""
        return [chunk.extra for chunk in self.chunks]

    def _some(self, lines: Sequence[str]) -> Sequence[str]:
        first = self.random.randint(0, max(0, len(lines) - RING_CHUNK_SIZE // 2))
        return lines[first : min(first + RING_CHUNK_SIZE // 2, len(lines)) + 1]


def similarity(one: Sequence[str], other: Sequence[str]) -> float:
    """``s:chunk_sim``: 0 to 1, by the words they share."""
    words, others = (
        [word for word in re.split(r"\W+", "\n".join(lines), flags=re.ASCII) if word] for lines in (one, other)
    )
    if not words and not others:
        return 1.0
    known = set(words)
    return 2.0 * sum(word in known for word in others) / (len(words) + len(others))
