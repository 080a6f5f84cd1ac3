"""What fits a budget, and how it is laid out."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from foretype.context.choice import SHARES, TOKENS_PER_FILE, Context, compose, fit
from foretype.context.related import Piece, Tier

PIECES = st.lists(
    st.builds(
        lambda tier, path, line, words: Piece(tier, path, (line, line), " ".join(["x"] * words) + f" {path}{line}\n"),
        st.sampled_from(Tier),
        st.sampled_from(["/w/a.py", "/w/b.py", "/w/c.py"]),
        st.integers(0, 20),
        st.integers(1, 30),
    ),
    max_size=20,
)


def counts(pieces: list[Piece]) -> dict[str, int]:
    return {piece.text: len(piece.text.split()) for piece in pieces}


def cost(pieces: tuple[Piece, ...], known: dict[str, int]) -> int:
    return sum(known[piece.text] for piece in pieces) + TOKENS_PER_FILE * len({piece.path for piece in pieces})


@given(PIECES, st.integers(0, 300))
def test_the_budget_and_the_shares_hold(pieces: list[Piece], budget: int) -> None:
    known = counts(pieces)
    chosen = fit(pieces, known, budget)
    assert cost(chosen, known) <= budget
    for tier, share in SHARES.items():
        assert sum(known[piece.text] for piece in chosen if piece.tier is tier) <= budget * share


@given(PIECES, st.integers(0, 300))
def test_a_choice_is_made_again(pieces: list[Piece], budget: int) -> None:
    known = counts(pieces)
    chosen = fit(pieces, known, budget)
    assert fit(pieces, known, budget, frozenset(chosen)) == chosen
    assert fit(chosen, known, budget) == chosen


@given(PIECES, st.randoms(use_true_random=False))
def test_the_layout_does_not_depend_on_the_order(pieces: list[Piece], random: Random) -> None:
    shuffled = list(dict.fromkeys(pieces))
    random.shuffle(shuffled)
    assert compose(shuffled, "/w/a.py").files == compose(sorted(shuffled, key=shuffled.index), "/w/a.py").files


def piece(tier: Tier, path: str, line: int, text: str) -> Piece:
    return Piece(tier, path, (line, line + text.count("\n") - 1), text)


def test_resident_pieces_of_a_tier_come_first() -> None:
    pieces = [piece(Tier.SIMILAR, f"/w/{name}.py", 0, f"{name}\n") for name in "abc"]
    known = {each.text: 10 for each in pieces}
    assert fit(pieces, known, 50) == (pieces[0],)
    assert fit(pieces, known, 50, frozenset({pieces[2]})) == (pieces[2],)


def test_a_piece_that_was_not_counted_is_left_out() -> None:
    pieces = [piece(Tier.NEEDED, "/w/a.py", 0, "a\n"), piece(Tier.NEEDED, "/w/b.py", 0, "b\n")]
    assert fit(pieces, {"b\n": 1}, 100) == (pieces[1],)


def test_files_by_path_pieces_by_line_and_none_within_another() -> None:
    found = compose(
        [
            piece(Tier.NEEDED, "/w/z.py", 9, "def g(): ...\n"),
            piece(Tier.SIMILAR, "/w/b.py", 4, "x\n"),
            piece(Tier.NEEDED, "/w/z.py", 2, "def f(): ...\n"),
            piece(Tier.SIMILAR, "/w/z.py", 8, "# why\ndef g(): ...\n    return\n"),
        ],
        "/w/main.py",
        "w",
        {"/w/main.py": "main.py", "/w/z.py": "z.py", "/w/b.py": "b.py"},
    )
    assert found == Context(
        "w",
        "main.py",
        "",
        (("b.py", "x\n"), ("z.py", "def f(): ...\n\n# why\ndef g(): ...\n    return\n")),
    )


def test_the_heading_reads_as_the_beginning_of_the_window() -> None:
    path = "/w/main.py"
    found = compose(
        [
            piece(Tier.ENCLOSING, path, 10, "class Store:\n"),
            piece(Tier.ENCLOSING, path, 40, "    def sell(self):\n"),
            piece(Tier.NEEDED, path, 90, "def below(): ...\n"),
            piece(Tier.NEEDED, path, 12, "    def add(self): ...\n"),
            piece(Tier.NEEDED, path, 80, "    def close(self): ...\n"),
            piece(Tier.IMPORTS, path, 0, "import os\n"),
        ],
        path,
    )
    assert found.files == ()
    assert found.heading == (
        "import os\ndef below(): ...\n"
        "class Store:\n    def add(self): ...\n    def close(self): ...\n    def sell(self):\n"
    )


def test_without_its_heading_a_context_is_what_other_files_gave() -> None:
    assert Context("w", "a.py", "import os\n").without_heading() == Context()
    files = (("b.py", "x\n"),)
    assert Context("w", "a.py", "import os\n", files).without_heading() == Context("w", "a.py", "", files)
