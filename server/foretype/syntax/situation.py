"""All that the rules about one cursor look at, gathered once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from foretype.syntax.languages import LanguageSpec, Semicolons
from foretype.syntax.lexical import Lexed, indentation, is_blank, lex, line_above, statement_start, width
from foretype.syntax.trees import RegionTree
from foretype.text.positions import Point

_ANYWHERE = 10_000
_SAMPLE = 60
_LOOK_AHEAD = 200


@dataclass(frozen=True, slots=True)
class Situation:
    """A cursor with its statement.

    ``start`` is the line on which the statement begins, ``text`` the statement up to the cursor, ``lexed`` what its
    characters tell. ``errors`` is whether the tree has an error on the cursor's line (never without a tree).
    """

    spec: LanguageSpec
    lines: Sequence[str]
    cursor: Point
    before: str
    after: str
    start: int
    text: str
    lexed: Lexed
    tree: RegionTree | None
    errors: bool

    @property
    def open_brackets(self) -> str:
        """The brackets of the statement that are open at the cursor, outermost first."""
        return "".join(self.text[offset] for offset in self.lexed.brackets)

    @property
    def string_line(self) -> int:
        """The line on which the string begins that ``lexed`` says is open."""
        return self.start + len(re.findall(r"\r\n|\n|\r", self.text[: self.lexed.string_start]))

    def visible_above(self, line: int) -> int | None:
        """The nearest line above that is not blank."""
        return line_above(self.lines, line, 0, _ANYWHERE)

    def visible_below(self, line: int) -> int | None:
        """The nearest line below that is not blank."""
        return next((n for n in range(line + 1, len(self.lines)) if not is_blank(self.lines[n])), None)

    def indent_at(self, line: int) -> int:
        """The columns a line is indented by."""
        return width(indentation(self.lines[line]))

    def deeper_below(self, line: int) -> bool:
        """Whether the next visible line is indented more than this one's statement."""
        below = self.visible_below(self.cursor.line)
        return below is not None and self.indent_at(below) > self.indent_at(line)

    def closed_below(self, closer: str) -> bool:
        """Whether deeper lines follow, and then a line as deep as the cursor's that begins with ``closer``."""
        line = self.cursor.line
        indent = self.indent_at(line)
        below = self.visible_below(line)
        if below is None or self.indent_at(below) <= indent:
            return False
        while below is not None and below < line + _LOOK_AHEAD and self.indent_at(below) > indent:
            below = self.visible_below(below)
        return below is not None and self.lines[below].lstrip().startswith(closer)

    def uses_semicolons(self) -> bool:
        """Whether statements end with a semicolon here: always, never, or as the lines around the cursor do."""
        if self.spec.semicolons is not Semicolons.OPTIONAL:
            return self.spec.semicolons is Semicolons.REQUIRED
        around = self.lines[max(0, self.cursor.line - _SAMPLE) : self.cursor.line + _SAMPLE]
        ends = [line.rstrip()[-1:] for line in around]
        return ends.count(";") * 10 > len([end for end in ends if end])


def look(spec: LanguageSpec, tree: RegionTree | None, lines: Sequence[str], cursor: Point) -> Situation:
    """Gathers the situation at a cursor, which must lie in ``lines``."""
    line = lines[cursor.line]
    start = statement_start(spec, lines, cursor)
    before = line[: cursor.column]
    text = "".join(lines[start : cursor.line]) + before
    return Situation(
        spec=spec,
        lines=lines,
        cursor=cursor,
        before=before,
        after=line.rstrip("\r\n")[cursor.column :],
        start=start,
        text=text,
        lexed=lex(spec, text),
        tree=tree,
        errors=tree is not None and tree.has_error_on(cursor.line),
    )
