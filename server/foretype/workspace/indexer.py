"""Keeps the index of a workspace's files and open documents, and answers questions about what is related."""

from __future__ import annotations

import logging
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePath

from foretype.context.edits import RecentEdits
from foretype.context.index import SymbolIndex
from foretype.context.outline import WITHOUT_DEFINITIONS, Outline, outline_of
from foretype.context.related import OpenFile, Piece, Question, gather
from foretype.syntax.languages import Languages
from foretype.syntax.outline import Symbol, imports, symbols
from foretype.syntax.queries import Queries
from foretype.syntax.trees import whole_tree
from foretype.text.edits import split_lines
from foretype.workspace.files import Stamp, read_lines, usable_lines
from foretype.workspace.folders import Folders, path_key
from foretype.workspace.ignore import IgnoreRules, is_ignore_file, looks_secret
from foretype.workspace.walk import walk

MOST_FILES = 6_000
MOST_SYMBOLS = 80_000
RECENT_FILES = 16
SOURCES_KEPT = 64

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Document:
    """An open document; ``outline`` is None without a grammar, or if it is too large."""

    language: str
    lines: tuple[str, ...]
    outline: Outline | None
    symbols: tuple[Symbol, ...]


class Indexer:
    """One workspace. `steps` does the reading, a file at a time; all else is quick. Not thread-safe.

    Paths are absolute with ``/``, as `path_key` makes them; documents that are no files have their URI for a path.
    ``scans`` counts how often all files were looked at and something was found, the first time in any case.
    """

    def __init__(self) -> None:
        self.index = SymbolIndex()
        self._languages = Languages()
        self._queries = Queries(self._languages)
        self.folders = Folders()
        self._rules = IgnoreRules()
        self._stamps: dict[str, Stamp] = {}
        self._documents: dict[str, Document] = {}
        self._recent: OrderedDict[str, None] = OrderedDict()
        self._edits = RecentEdits()
        self._sources: OrderedDict[str, tuple[Stamp, tuple[str, ...]]] = OrderedDict()
        self._work: deque[Iterator[None]] = deque()
        self._is_full = False
        self.scans = 0

    @property
    def has_work(self) -> bool:
        """Whether `step` has anything to do."""
        return bool(self._work)

    def step(self) -> None:
        """Does a little of what is to be done."""
        if self._work and not any(True for _ in islice(self._work[0], 1)):
            self._work.popleft()

    def finish(self) -> None:
        """Does all that is to be done."""
        while self._work:
            self.step()

    def set_folders(self, folders: Iterable[tuple[str, str]]) -> None:
        """Takes the workspace folders, (path, name), in place of those before."""
        self.folders = Folders(folders)
        self._rescan()

    def rescan(self) -> None:
        """Looks for changes that nobody told of."""
        self._rescan()

    def open(self, path: str, language: str, text: str) -> None:
        """Takes a document's text, when it was opened or changed."""
        lines = tuple(split_lines(text))
        known = self._documents.get(path)
        if known is not None:
            self._edits.note(path, known.lines, lines)
        elif self._work and self.folders.of(path):
            # What is near is wanted first.
            self._work.appendleft(self._scan_folder(Path(path).parent, set()))
        spec = self._languages.find(language)
        document = self._parsed(spec.id if spec else language, lines)
        self._documents[path] = document
        self._use(path)
        self._index_document(path, document)

    def close(self, path: str) -> None:
        """A document is no longer open; its file counts again."""
        if self._documents.pop(path, None) is not None:
            self._stamps.pop(path, None)
            self._update(path)

    def changed(self, paths: Iterable[str]) -> None:
        """Files or folders were made, changed or removed on disk."""
        news = list(paths)
        if any(is_ignore_file(path) for path in news):
            self._rescan()
        else:
            self._work.append(self._updates(news))

    def related(self, path: str, line: int, window: tuple[int, int]) -> tuple[Piece, ...]:
        """The pieces that may help at a line of an open document, in the order in which they are wanted."""
        document = self._documents.get(path)
        if document is None or document.outline is None:
            return ()
        self._use(path)
        question = Question(
            path,
            document.lines,
            document.outline,
            document.symbols,
            line,
            window,
            tuple(self._recent_files(path)),
            tuple(edit for edit in self._edits.edits if not self._is_private(edit.path)),
        )
        try:
            return gather(question, self.index, self._languages, self.lines)
        except Exception:
            logger.exception("Nothing could be related to a line of %s.", path)
            return ()

    def lines(self, path: str) -> Sequence[str] | None:
        """A file's lines as they are now; the index follows if they have changed."""
        document = self._documents.get(path)
        if document is not None:
            return document.lines
        if path in self._sources and self._sources[path][0] == Stamp.of(Path(path)):
            self._sources.move_to_end(path)
            return self._sources[path][1]
        stamp = Stamp.of(Path(path))
        if stamp is None or stamp != self._stamps.get(path):
            self._update(path)
            return None
        lines = read_lines(Path(path))
        if lines is not None:
            self._sources[path] = (stamp, lines)
            while len(self._sources) > SOURCES_KEPT:
                self._sources.popitem(last=False)
        return lines

    def is_gone(self, path: str) -> bool:
        """Whether what was once shown of a file is not to be shown any more: it was removed, or is ignored now."""
        return self._is_private(path) if path in self._documents else path not in self.index.outlines

    def _rescan(self) -> None:
        self._rules = IgnoreRules(tuple(self.folders))
        self._work = deque([self._scan()])

    def _scan(self) -> Iterator[None]:
        seen: set[str] = set()
        self._is_full = False
        before = self.index.changes
        for folder in self.folders:
            yield from self._scan_folder(folder, seen)
        self._drop_unseen(self._stamps, seen)
        for path, document in self._documents.items():
            self._index_document(path, document)
        if not self.scans or self.index.changes != before:
            self.scans += 1

    def _scan_folder(self, folder: Path, seen: set[str]) -> Iterator[None]:
        for file in walk(folder, self._rules, self._is_source):
            if file is not None:
                path = path_key(file)
                seen.add(path)
                self._take(path, file)
            yield

    def _updates(self, paths: Iterable[str]) -> Iterator[None]:
        for path in paths:
            file = Path(path)
            if file.is_dir():
                if self.folders.of(path + "/") and not self._rules.ignores(file, is_folder=True):
                    seen: set[str] = set()
                    yield from self._scan_folder(file, seen)
                    self._drop_unseen(self._below(path), seen)
            else:
                self._drop_unseen(self._below(path), set())
                self._stamps.pop(path, None)
                self._update(path)
            yield

    def _update(self, path: str) -> None:
        """Reads a file again, if it is one to read."""
        file = Path(path)
        wanted = bool(self.folders.of(path)) and self._is_source(file.name) and Stamp.of(file) is not None
        if wanted and not self._rules.ignores(file):
            self._take(path, file)
        else:
            self._drop(path)

    def _take(self, path: str, file: Path) -> None:
        if path in self._documents:
            return
        stamp = Stamp.of(file)
        if stamp is None:
            self._drop(path)
        elif stamp != self._stamps.get(path) and self._has_room(path):
            self._drop(path)
            self._stamps[path] = stamp
            language = self._languages.language_of_path(path)
            lines = read_lines(file)
            if lines is not None and language is not None:
                outline = self._parsed(language, lines).outline
                if outline is not None:
                    self.index.put(path, outline)

    def _drop(self, path: str) -> None:
        self._stamps.pop(path, None)
        self._sources.pop(path, None)
        if path not in self._documents:
            self.index.remove(path)

    def _drop_unseen(self, known: Iterable[str], seen: set[str]) -> None:
        for path in [path for path in known if path not in seen]:
            self._drop(path)

    def _below(self, folder: str) -> list[str]:
        return [path for path in self._stamps if path.startswith(folder.rstrip("/") + "/")]

    def _has_room(self, path: str) -> bool:
        room = len(self._stamps) < MOST_FILES and self.index.symbol_count < MOST_SYMBOLS
        if not room and not self._is_full:
            self._is_full = True
            logger.warning("The workspace has more source files than are indexed (%d of them).", len(self._stamps))
        return room or path in self._stamps

    def _parsed(self, language: str, lines: tuple[str, ...]) -> Document:
        if usable_lines(lines) is None:
            return Document(language, lines, None, ())
        try:
            tree = whole_tree(self._languages, language, lines)
            found = symbols(tree, self._queries) if tree else ()
            links = imports(tree, self._queries) if tree else ()
            return Document(language, lines, outline_of(language, lines, found, links), found)
        except Exception:
            # What people have in their folders is endless, and one file must not cost the others.
            logger.exception("A file could not be outlined.")
            return Document(language, lines, None, ())

    def _recent_files(self, path: str) -> Iterator[OpenFile]:
        for recent in reversed(self._recent):
            if recent == path or self._is_private(recent):
                continue
            document = self._documents.get(recent)
            if document is not None and usable_lines(document.lines) is not None:
                yield OpenFile(recent, document.language, document.lines, document.outline)
            elif document is None:
                outline = self.index.outlines.get(recent)
                lines = self.lines(recent)
                if outline is not None and lines is not None:
                    yield OpenFile(recent, outline.language, lines, outline)

    def _use(self, path: str) -> None:
        self._recent[path] = None
        self._recent.move_to_end(path)
        while len(self._recent) > RECENT_FILES:
            self._recent.popitem(last=False)

    def _index_document(self, path: str, document: Document) -> None:
        outline = document.outline
        if outline is not None and document.language not in WITHOUT_DEFINITIONS and not self._is_private(path):
            self.index.put(path, outline)
        else:
            self.index.remove(path)

    def _is_source(self, name: str) -> bool:
        language = self._languages.language_of_path(name)
        return language is not None and language not in WITHOUT_DEFINITIONS

    def _is_private(self, path: str) -> bool:
        """Whether a document is not to be shown to a model as context."""
        file = PurePath(path)
        return self._rules.ignores(Path(path)) if file.is_absolute() else looks_secret(path)
