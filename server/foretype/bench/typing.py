"""The typist: plans the keys that type a region of a file, like a person in an editor would; pure and seeded."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from foretype.bench import cadence
from foretype.bench.brackets import CLOSERS, matches
from foretype.bench.excursion import Place, excursion
from foretype.bench.keyboard import Keyboard, Pending
from foretype.bench.marks import CODE
from foretype.bench.trace import Key, Kind, OpenFile, Trace
from foretype.errors import ForetypeError
from foretype.syntax.indents import indent_unit
from foretype.text.edits import body, split_lines

TYPO_SHARE = 0.012
_NEIGHBOURS = {
    row[i]: row[max(0, i - 1) : i] + row[i + 1 : i + 2]
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for i in range(len(row))
}
_LEAVES_BLOCK = re.compile(r"\s*(?:return|pass|break|continue|raise)\b")


class RegionError(ForetypeError):
    """The lines to type are not in the file, or there is nothing in them."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to type in or to visit; ``places`` are its `foretype.bench.marks`."""

    name: str
    language: str
    text: str
    places: str


def make_trace(source: Source, first: int, last: int, seed: int, visited: Source | None = None) -> Trace:
    """The keys that type lines ``first`` to ``last`` (1-based, inclusive) of a file from which they were deleted.

    The editor indents new lines, closes brackets and quotes, and lets them be typed over. The typist slips now and
    then and takes it back, looks once at another place of the file and retypes the end of a line there, and once at
    ``visited``. The same arguments always give the same keys. Raises `RegionError`.
    """
    lines = split_lines(source.text)
    if not 1 <= first <= last <= len(lines):
        raise RegionError(f"{source.name} has {len(lines)} lines, so lines {first}-{last} can't be typed.")
    before = "".join(lines[: first - 1])
    region = "".join(lines[first - 1 : last - 1]) + body(lines[last - 1])
    if not region.strip():
        raise RegionError(f"Lines {first}-{last} of {source.name} are blank: there is nothing to type.")
    typist = _Typist(source, len(before), region, random.Random(f"{seed}:{source.name}:{first}:{last}"))
    text = before + typist.start + source.text[len(before) + len(region) :]
    files = [OpenFile(source.name, source.language, text, source.text, len(before) + len(typist.start))]
    if visited is not None:
        files.append(OpenFile(visited.name, visited.language, visited.text, visited.text, 0))
    typist.run(visited)
    accepts = tuple(len(typist.keys) * share // 100 for share in (30, 70)) if len(typist.keys) >= 60 else ()
    return Trace(f"{source.name}:{first}-{last}", tuple(files), tuple(typist.targets), tuple(typist.keys), accepts)


class _Typist:
    """Walks through the region, one character or one piece of white space at a time."""

    def __init__(self, source: Source, before: int, region: str, seed: random.Random) -> None:
        self._source, self._region, self._random = source, region, seed
        self._places = source.places[before : before + len(region) + 1]
        lines = split_lines(source.text)
        self._unit = indent_unit(lines, source.text.count("\n", 0, before))
        self._matches = matches(region, self._places)
        self.start = _blanks(region, 0)
        self._at = len(self.start)
        self._hands = Keyboard(before, self.start, seed)
        self._excess = ""
        self.targets = [region]

    @property
    def keys(self) -> list[Key]:
        return self._hands.keys

    def run(self, visited: Source | None) -> None:
        """Type it all."""
        line_starts = [match.end() for match in re.finditer(r"\r\n|\n|\r", self._region)]
        jump = line_starts[len(line_starts) // 3] if len(line_starts) >= 3 else -1
        visit = line_starts[len(line_starts) * 2 // 3] if len(line_starts) >= 5 else -1
        while self._at < len(self._region):
            pending = self._hands.pending[-1] if self._hands.pending else None
            if pending is not None and pending.offset == self._at:
                self._pass_over(self._hands.pending.pop())
            elif ending := _ending(self._region, self._at):
                self._enter(ending)
                if jump >= 0 and self._at >= jump and not self._excess:
                    jump = -1
                    self._look_elsewhere(Kind.JUMP, self._source)
                if visit >= 0 and self._at >= visit and not self._excess and visited is not None:
                    visit = -1
                    self._look_elsewhere(Kind.VISIT, visited)
            else:
                self._character(self._region[self._at])

    def _gap(self, char: str) -> float:
        if not self._hands.line.strip():
            return cadence.NEW_LINE.draw(self._random)
        return cadence.before_character(self._random, self._hands.left[-1:], char)

    def _character(self, char: str) -> None:
        if char.isalpha() and char.lower() in _NEIGHBOURS and self._random.random() < TYPO_SHARE:
            self._slip(char)
        gap, start = self._gap(char), self._at
        self._at += 1
        behind = self._closer(start)
        self._hands.press(
            Kind.TYPE,
            char,
            gap,
            self._places[self._at],
            self._at,
            back=len(self._excess),
            inserted=char,
            behind=behind,
        )
        self._excess = ""
        if behind:
            self._hands.pending.append(Pending(behind, self._matches[start]))

    def _closer(self, start: int) -> str:
        """What the editor adds when the character at ``start`` is typed."""
        right = self._hands.right[:1]
        if start not in self._matches or not (right in ")]}" or right in "\r\n"):
            return ""
        char = self._region[start]
        return CLOSERS.get(char, char)

    def _pass_over(self, pending: Pending) -> None:
        end = pending.offset + len(pending.text)
        kind = Kind.OVER if len(pending.text) == 1 else Kind.MOVE
        gap = self._gap(pending.text) if kind is Kind.OVER else cadence.LINE_END.draw(self._random)
        self._hands.pass_over(kind, pending, gap, self._places[end])
        self._at = end

    def _slip(self, char: str) -> None:
        """A neighbouring key, perhaps a letter or two more before it is noticed, and all of it taken back."""
        hands, where = self._hands, self._places[self._at]
        wrong = self._random.choice(_NEIGHBOURS[char.lower()])
        more = re.compile(r"\w{0,2}").match(self._region, self._at + 1)
        assert more is not None
        typed = wrong + more.group()[: self._random.randrange(3)]
        for letter in typed:
            hands.press(Kind.TYPO, letter, self._gap(letter), where, None, inserted=letter)
        gap = cadence.NOTICING.draw(self._random)
        for left in range(len(typed) - 1, -1, -1):
            hands.press(Kind.BACKSPACE, "", gap, where, None if left else self._at, back=1)
            gap = cadence.REPEATED.draw(self._random)

    def _enter(self, ending: str) -> None:
        """A new line, indented by the editor, and what the typist has to do about the indentation."""
        hands = self._hands
        gap = cadence.LINE_END.draw(self._random) if hands.line.strip() else cadence.REPEATED.draw(self._random)
        indent, behind = self._indent(), self._expanded(ending)
        self._at += len(ending)
        wanted = _blanks(self._region, self._at)
        back, self._excess = len(self._excess), ""
        clean = wanted.startswith(indent)
        ahead = self._at + len(wanted)
        following = self._region[ahead : ahead + 1]
        blank = following in ("\r", "\n")
        passes_over = bool(hands.pending) and hands.pending[-1].offset == ahead
        too_deep = indent.startswith(wanted) and indent != wanted and not passes_over
        if too_deep and (blank or following in (")", "]", "}")):
            # Left alone on a blank line, where editors take it away, and before a closer, which takes it back.
            self._excess = indent[len(wanted) :]
            clean = blank
        offset = self._at + min(len(indent), len(wanted)) if clean else None
        where = self._places[self._at + min(len(indent), len(wanted))]
        hands.press(Kind.ENTER, "\n", gap, where, offset, back=back, inserted=ending + indent, behind=behind)
        if not self._excess:
            self._correct(indent, wanted)
        self._at += len(wanted)

    def _correct(self, indent: str, wanted: str) -> None:
        """From the editor's indentation to the one that is wanted, by backspace and Tab."""
        hands = self._hands
        while not wanted.startswith(indent):
            step = len(self._unit) if indent.endswith(self._unit) and len(indent) > len(self._unit) else 1
            step = step if len(indent) - step >= len(wanted) else 1
            step = len(self._unit) if indent == self._unit and not wanted else step
            indent = indent[: len(indent) - step]
            offset = self._at + len(indent) if wanted.startswith(indent) else None
            gap = cadence.REPEATED.draw(self._random)
            hands.press(
                Kind.BACKSPACE, "", gap, self._places[self._at + min(len(indent), len(wanted))], offset, back=step
            )
        while indent != wanted:
            rest = wanted[len(indent) :]
            step_text = self._unit if rest.startswith(self._unit) else rest[0]
            indent += step_text
            at = self._at + len(indent)
            gap = cadence.REPEATED.draw(self._random)
            hands.press(Kind.TYPE, step_text, gap, self._places[at], at, inserted=step_text)

    def _indent(self) -> str:
        """The indentation that the editor gives the next line: this line's, one step more or less."""
        line = self._hands.line
        code = line.rstrip()
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        in_code = self._places[self._at] == CODE
        if in_code and (code.endswith(("(", "[", "{")) or (code.endswith(":") and self._source.language == "python")):
            return indent + self._unit
        leaves = self._source.language == "python" and _LEAVES_BLOCK.match(line) and not self._hands.pending
        return indent.removesuffix(self._unit) if leaves else indent

    def _expanded(self, ending: str) -> str:
        """What Enter puts behind the cursor between two brackets: the closer's own line."""
        hands = self._hands
        if not hands.pending or hands.left[-1:] not in CLOSERS or len(hands.pending[-1].text) != 1:
            return ""
        closer = hands.pending[-1]
        own_line = re.compile(r"(?:\r\n|\n|\r)([ \t]*)\Z").search(self._region, 0, closer.offset)
        line = hands.line
        if own_line is None or own_line.start() <= self._at or own_line[1] != line[: len(line) - len(line.lstrip())]:
            return ""
        hands.pending[-1] = Pending(own_line.group() + closer.text, own_line.start())
        return own_line.group()

    def _look_elsewhere(self, kind: Kind, source: Source) -> None:
        hands, target = self._hands, len(self.targets)
        file = 0 if kind is Kind.JUMP else 1
        closed = (hands.before, hands.before + len(self._region)) if file == 0 else (0, 0)
        place = Place(source.text, source.places, closed)
        shift = len(hands.left + hands.right) - len(self._region) if file == 0 else 0
        found = excursion(place, kind, file, target, shift, hands.time, self._random)
        if found is None:
            return
        self.targets.append(found.target)
        hands.keys.extend(found.keys)
        hands.time = found.keys[-1].at
        hands.press(Kind.RETURN, "", cadence.ELSEWHERE.draw(self._random), self._places[self._at], self._at)


def _blanks(text: str, start: int) -> str:
    end = start
    while text[end : end + 1] in (" ", "\t"):
        end += 1
    return text[start:end]


def _ending(text: str, start: int) -> str:
    return "\r\n" if text.startswith("\r\n", start) else text[start] if text[start] in "\r\n" else ""
