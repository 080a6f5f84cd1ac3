"""What is right and what is wrong with an answer to a hole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from foretype.bench.infill import Hole
from foretype.syntax.closes import parse_errors
from foretype.syntax.languages import Languages, LanguageSpec
from foretype.syntax.lexical import CLOSERS, code_brackets
from foretype.text.edits import split_lines

_SHORTEST_OVERLAP = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """``exact``: as it was, but for blanks at the ends. ``similarity`` is 0 to 1 (Ratcliff and Obershelp).

    ``parses``: the file has no more syntax errors than it had before the hole was cut. ``adds_error``: it also has
    more than the file with the hole. ``suffix_repeated``: the answer ends with lines that stand below, or the rest of
    the cursor's line, and what was left out doesn't. ``unbalanced``: more brackets are without their partner than in
    the file with the hole, and than in the file as it was. An answer that is empty parses and does nothing wrong.
    """

    empty: bool
    exact: bool
    similarity: float
    parses: bool
    adds_error: bool
    suffix_repeated: bool
    unbalanced: bool


class Judge:
    """Keeps the grammars it has loaded."""

    def __init__(self, languages: Languages | None = None) -> None:
        self._languages = languages or Languages()

    def judge(self, hole: Hole, text: str, replaces: int = 0) -> Verdict:
        """The verdict on an answer that replaces so many characters after the cursor."""
        if not text.strip():
            return Verdict(True, not hole.counted(hole.middle), 0.0, True, False, False, False)
        wanted = hole.counted(hole.middle + hole.suffix[:replaces])
        given = hole.counted(text)
        rest = hole.suffix[replaces:]
        errors = self._errors(hole, text, rest)
        intact, open_hole = self._errors(hole, hole.middle, hole.suffix), self._errors(hole, "", hole.suffix)
        return Verdict(
            empty=False,
            exact=given == wanted,
            similarity=SequenceMatcher(None, given, wanted, autojunk=False).ratio(),
            parses=errors <= intact,
            adds_error=errors > max(intact, open_hole),
            suffix_repeated=repeats_suffix(hole, text, rest),
            unbalanced=self._is_unbalanced(hole, text, rest),
        )

    def _errors(self, hole: Hole, middle: str, suffix: str) -> int:
        return parse_errors(self._languages, hole.language, split_lines(hole.prefix), middle, split_lines(suffix))

    def _is_unbalanced(self, hole: Hole, text: str, rest: str) -> bool:
        spec = self._languages.spec(hole.language)
        found = unmatched(spec, hole.prefix + text + rest)
        return found > max(unmatched(spec, hole.text), unmatched(spec, hole.prefix + hole.middle + hole.suffix))


def unmatched(spec: LanguageSpec, text: str) -> int:
    """How many brackets, outside of strings and comments, are without their partner."""
    stack: list[str] = []
    alone = 0
    for _, char in code_brackets(spec, text):
        if char not in CLOSERS:
            stack.append(char)
        elif stack and stack[-1] == CLOSERS[char]:
            stack.pop()
        else:
            alone += 1
    return alone + len(stack)


def repeats_suffix(hole: Hole, text: str, rest: str) -> bool:
    """Whether an answer says what stands after the cursor, where what was left out doesn't.

    Lines compare without blanks at their ends. One line counts if it is the answer's last and says something; else
    the next line below has to follow it too. Of the rest of the cursor's line three characters count.
    """
    tail = rest.split("\n", 1)[0].strip()
    if tail and _overlap(text, tail) >= min(_SHORTEST_OVERLAP, len(tail)) > _overlap(hole.middle, tail):
        return True
    below = _visible(rest.split("\n")[1:])
    answer = _visible((hole.before + text).split("\n"))
    truth = _visible((hole.before + hole.middle).split("\n"))
    return _meets(answer, below) and not _meets(truth, below)


def _meets(lines: Sequence[str], below: Sequence[str]) -> bool:
    for number, line in enumerate(lines):
        if not below or line != below[0]:
            continue
        follow = lines[number : number + 2]
        if len(follow) == 2 and len(below) > 1 and follow[1] == below[1] and (_tells(line) or _tells(below[1])):
            return True
        if len(follow) == 1 and _tells(line):
            return True
    return False


def _tells(line: str) -> bool:
    return sum(char.isalnum() for char in line) > 1


def _visible(lines: Sequence[str]) -> list[str]:
    return [line.strip() for line in lines if line.strip()]


def _overlap(text: str, tail: str) -> int:
    end = text.rstrip()
    return next((length for length in range(min(len(end), len(tail)), 0, -1) if end.endswith(tail[:length])), 0)
