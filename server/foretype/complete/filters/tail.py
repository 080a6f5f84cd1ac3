"""The rest of the cursor's line: what the answer repeats of it, replaces of it, and leaves open before it."""

from __future__ import annotations

import re

from foretype.complete.filters.brackets import Lexicon, faults, lex, lexicon, match, used_by
from foretype.complete.filters.candidate import Candidate, Rejection, Surroundings, contains
from foretype.complete.filters.outlook import Due, count, exceeds, outlook, tally

_INERT = re.compile(r"[\s)\]}>\"'`]*(?:\s*[:{;,]+\s*$)?")
_LONGEST = 160


def rest_of_line(candidate: Candidate, surroundings: Surroundings) -> Candidate | Rejection:
    """Trims from the text's end what the line goes on with, or replaces closers there that the text brings itself.

    Of all ways to do either, or neither, it takes the one that leaves the fewest brackets and quotes unmatched;
    trimming goes before leaving and leaving before replacing where that is the same. What the editor closed by itself
    is replaced rather than trimmed, so that the cursor comes to stand behind it. Only at the end: growing text
    is shown without what ``tail_begun`` finds at its end. What is replaced may change while a text grows.
    """
    words = lexicon(surroundings.spec) if _reads(surroundings) else None
    while (joined := _joined(candidate, words, surroundings)) != candidate:
        candidate = joined
    return candidate


def _joined(candidate: Candidate, words: Lexicon | None, surroundings: Surroundings) -> Candidate:
    after = surroundings.after[candidate.replaces :]
    if not after.strip() or not candidate.text.strip():
        return candidate
    best = candidate
    least = _faults(words, candidate, surroundings)
    for length in _overlaps(candidate.text, after):
        text = candidate.text.rstrip()
        if candidate.replaces + length <= len(surroundings.auto_closed) and after.startswith(text[-length:]):
            joined = Candidate(text, candidate.replaces + length)
        else:
            joined = candidate.with_text(text[:-length], surroundings)
        now = _faults(words, joined, surroundings)
        if now < least or (now == least and best is candidate):
            best, least = joined, now
    if words is not None and least:
        for replaces in range(candidate.replaces + 1, candidate.replaces + _inert(after) + 1):
            claimed = Candidate(candidate.text, replaces)
            now = _faults(words, claimed, surroundings)
            if now < least and contains(claimed.text, surroundings.after[:replaces]):
                best, least = claimed, now
    return best


def _reads(surroundings: Surroundings) -> bool:
    """Whether brackets and quotes on the line mean something."""
    return not surroundings.prose and bool(surroundings.spec.quotes) and not outlook(surroundings).in_text


def _faults(words: Lexicon | None, candidate: Candidate, surroundings: Surroundings) -> int:
    """How much on the line would be unmatched, but for what belongs to the lines above."""
    if words is None:
        return 0
    line = surroundings.before + candidate.text + surroundings.after[candidate.replaces :]
    above = outlook(surroundings).open_above
    return faults(words, line, above, used_by(words, surroundings.before + surroundings.after, above))


def _overlaps(text: str, after: str) -> list[int]:
    """The lengths, longest first, of ends of the text that the rest of the line begins with, whole words only."""
    end, start = text.rstrip(), after.lstrip()
    lengths = []
    for length in range(min(len(end), len(start), _LONGEST), 0, -1):
        if not end.endswith(start[:length]):
            continue
        part = start[:length]
        splits = _splits(end[:-length], part) or _splits(part, start[length:])
        if not splits and (len(part.strip()) > 1 or not part.strip().isalnum()):
            lengths.append(length)
    return lengths


def _splits(left: str, right: str) -> bool:
    return bool(left and right) and _is_word(left[-1]) and _is_word(right[0])


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def _inert(after: str) -> int:
    """How much of the rest of the line is closers, quotes and the punctuation that ends a line."""
    found = _INERT.match(after)
    return len(found.group().rstrip()) if found else 0


def tail_begun(text: str, surroundings: Surroundings) -> int:
    """How many characters at the end of a growing text may be the beginning of what the line goes on with."""
    start = surroundings.after.lstrip()
    return next((n for n in range(min(len(text), len(start)), 0, -1) if text.endswith(start[:n])), 0)


def brackets(candidate: Candidate, surroundings: Surroundings) -> Candidate | Rejection:
    """Ends the text before a closer that nothing needs, on the line before if it isn't the first line.

    Refuses brackets that cross, and text in the middle of a line that leaves more open than there was. Only at the
    end: an answer may still open what it closed. Growing text is shown up to ``safe_end``.
    """
    if not _reads(surroundings):
        return candidate
    while (end := even_end(candidate, surroundings)) < len(candidate.text):
        candidate = candidate.with_text(candidate.text[:end], surroundings)
        if not candidate.text.strip():
            return Rejection("closes what is closed already")
    words, text = lexicon(surroundings.spec), candidate.text
    before = surroundings.before
    if match(lex(words, before + text).brackets).crossed > match(lex(words, before).brackets).crossed:
        return Rejection("has brackets that cross")
    rest = surroundings.after[candidate.replaces :]
    if _has_code(words, rest) and _faults(words, candidate, surroundings) > _faults(words, Candidate(""), surroundings):
        return Rejection("leaves a bracket or quote open")
    return candidate


def even_end(candidate: Candidate, surroundings: Surroundings) -> int:
    """Where the text has to end so that it closes nothing that is not open, or closed by what follows."""
    if not _counts(surroundings, surroundings.after[candidate.replaces :]):
        return len(candidate.text)
    words = lexicon(surroundings.spec)
    limit = outlook(surroundings).limit(words, surroundings.after[: candidate.replaces])
    return _end_within(candidate.text, surroundings, limit)


def safe_end(text: str, surroundings: Surroundings) -> int:
    """The same for a growing text, whatever part of the line it will replace in the end."""
    if not _counts(surroundings, surroundings.after):
        return len(text)
    words = lexicon(surroundings.spec)
    return _end_within(text, surroundings, outlook(surroundings).least(words, surroundings.after))


def _end_within(text: str, surroundings: Surroundings, limit: Due) -> int:
    counts = tally(surroundings, text, limit)
    if not counts or not exceeds(counts[-1][1], limit):
        return len(text)
    fine = max((position for position, (_, closed) in enumerate(counts) if not exceeds(closed, limit)), default=-1)
    end = counts[fine + 1][0]
    line = text.rfind("\n", 0, end)
    return end if line < 0 else line


def _counts(surroundings: Surroundings, rest: str) -> bool:
    return _reads(surroundings) and (count(surroundings) or _has_code(lexicon(surroundings.spec), rest))


def _has_code(words: Lexicon, rest: str) -> bool:
    """Whether the rest of the line is more than blanks and a comment."""
    start = words.code.match(rest.lstrip())
    return bool(rest.strip()) and (start is None or start.lastgroup not in ("comment", "block"))
