"""What holds for every filter, for the chain, and for parts of answers shown while they grow."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from foretype.complete import filters, stop
from foretype.complete.filters import FILTERS, LATE, Candidate, Surroundings
from foretype.complete.filters.candidate import Rejection
from foretype.syntax.intent import Intent
from foretype.syntax.languages import Languages

LANGUAGES = Languages()
SPECS = st.sampled_from(
    [LANGUAGES.spec(name) for name in ("python", "javascript", "go", "ruby", "markdown", "bash", "")]
)
PIECES = st.sampled_from(
    [
        *(
            "foo",
            "bar",
            "x",
            "return",
            "if x",
            "end",
            "for i in y:",
            "def f(a):",
            "else",
            "12",
            "self.",
            "Here is",
            "the",
        ),
        *("(", ")", "[", "]", "{", "}", "()", "({", "})", ") {", "};", '"', "'", '"""', "`", "```", "```python\n"),
        *(" ", " ", "  ", "    ", "\t", "\n", "\n", "\n    ", "\n        ", "\n\n", "\r\n", "\r"),
        *(
            " = ",
            " + ",
            ", ",
            ";",
            ":",
            "=",
            "# ",
            "// ",
            "/",
            "-",
            "/*",
            "*/",
            "<",
            "<|",
            "<|endoftext|>",
            "<|fim_",
            "\u202e",
            "é",
        ),
    ]
)
CODE = st.sampled_from(
    [
        *(
            "x = 1",
            "    x = 1",
            "    foo(x)",
            "    foo(x);",
            "    total += x",
            "    return x",
            "\treturn x",
            "    a[0] = b",
        ),
        *(
            "}",
            "    }",
            "        }",
            "});",
            "end",
            "  end",
            ")",
            "    )",
            "",
            "",
            "    break;",
            "pass",
            "foo(",
            "    foo({",
            "{",
            "    {",
        ),
        *(
            "if (x) {",
            "    if (x) {",
            "    } else {",
            "for x in y:",
            "    for x in y:",
            "def f(a):",
            "  if x",
            "# note",
            "    x = 1  # note",
            "    foo(x);  // note",
            "foo(/* a */ x)",
            "    x = '// # '",
        ),
    ]
)
FRAGMENTS = st.lists(PIECES, max_size=14).map("".join)
TEXT = st.one_of(
    FRAGMENTS,
    st.lists(CODE, max_size=6).map("\n".join),
    st.tuples(st.lists(CODE, max_size=4).map("\n".join), FRAGMENTS).map("".join),
)
LINE = st.one_of(CODE, FRAGMENTS.map(lambda text: text.replace("\r", "").replace("\n", "")))
LINES = st.lists(LINE, max_size=5).map(tuple)
BEFORE = st.one_of(st.sampled_from(["", "    ", "\t", "foo(", "    x = foo(a, ", "    retu", "if x", 'print("']), LINE)
ANYTHING = st.text(st.characters(codec=None), max_size=40)


@st.composite
def surroundings(draw: st.DrawFn, line: st.SearchStrategy[str] = LINE) -> Surroundings:
    after = draw(st.one_of(st.just(""), st.sampled_from([")", '")', "}", ") {", " + b)", "]);", "'"]), line))
    return Surroundings(
        before=draw(st.one_of(BEFORE, line)),
        after=after,
        above=draw(LINES),
        below=draw(LINES),
        spec=draw(SPECS),
        indent_unit=draw(st.sampled_from(["    ", "  ", "\t"])),
        undone=draw(st.sampled_from(["", "", "foo", "return foo(bar)"])),
        prose=draw(st.booleans()),
    )


@pytest.mark.parametrize("name", [name for name, _ in FILTERS])
@given(text=st.one_of(TEXT, ANYTHING), around=surroundings())
@example(
    text="    foo({\n    foo({",
    around=Surroundings("", "", (), ("    foo({",), LANGUAGES.spec("javascript"), "    "),
)
def test_each_filter_is_idempotent_and_only_indentation_lengthens(name: str, text: str, around: Surroundings) -> None:
    filter_ = dict(FILTERS)[name]
    once = filter_(Candidate(text), around)
    if isinstance(once, Rejection):
        assert once.reason
        return
    assert filter_(once, around) == once
    assert name == "indentation" or len(once.text) <= len(text)
    assert 0 <= once.replaces <= len(around.after)


@given(
    text=st.one_of(TEXT, ANYTHING),
    around=surroundings(st.one_of(LINE, ANYTHING.map(lambda t: t.replace("\n", "").replace("\r", "")))),
)
def test_the_chain_is_idempotent(text: str, around: Surroundings) -> None:
    once = filters.run(Candidate(text), around)
    assert (once.candidate is None) == bool(once.rejected)
    if once.candidate is not None:
        again = filters.run(once.candidate, around)
        assert again.candidate == once.candidate
        assert again.changed_by == ()
        assert set(once.changed_by) <= {name for name, _ in FILTERS}


@given(text=TEXT, around=surroundings())
def test_what_is_replaced_stands_in_the_text(text: str, around: Surroundings) -> None:
    candidate = filters.run(Candidate(text), around).candidate
    if candidate is not None:
        rest = iter(candidate.text)
        assert all(char in rest for char in around.after[: candidate.replaces])


@given(
    text=TEXT,
    more=TEXT,
    around=surroundings(),
    intent=st.sampled_from([Intent.LINE, Intent.BLOCK]),
    truncated=st.booleans(),
)
@example(
    text="  if (x) { // note\n        foo(y);\n        bar(z);\n",
    more="    }\n",
    around=Surroundings("  ", "", ("function f() {", "  cccc(z);"), ("}",), LANGUAGES.spec("javascript"), "  "),
    intent=Intent.BLOCK,
    truncated=False,
)
@example(
    text="  bbbb(y);\n    cccc(z);\n    bbbb(y);\n",
    more="    eeee(w);\n",
    around=Surroundings("  ", "", ("function f() {", "  cccc(z);"), ("}",), LANGUAGES.spec("javascript"), "  "),
    intent=Intent.BLOCK,
    truncated=False,
)
def test_what_comes_later_only_extends_what_was_shown(
    text: str, more: str, around: Surroundings, intent: Intent, truncated: bool
) -> None:
    begun = stop.cut(text, intent, around, False, 4)
    part = None if begun.complete else stop.partial(begun.text)
    shown = filters.run_partial(Candidate(part), around).candidate if part is not None else None
    if shown is None:
        return
    whole = stop.cut(text + more, intent, around, True, 4, truncated)
    final = filters.run(Candidate(whole.text), around)
    if final.candidate is None:
        assert final.rejected in LATE
    else:
        assert final.candidate.text.startswith(shown.text)


@given(text=TEXT, more=TEXT, around=surroundings(), intent=st.sampled_from([Intent.LINE, Intent.BLOCK]))
def test_a_complete_cut_stays(text: str, more: str, around: Surroundings, intent: Intent) -> None:
    begun = stop.cut(text, intent, around, False, 4)
    if begun.complete:
        for done in (False, True):
            later = stop.cut(text + more, intent, around, done, 4)
            assert (later.text, later.complete) == (begun.text, True)


@given(text=TEXT, more=TEXT)
def test_parts_extend_parts(text: str, more: str) -> None:
    part, longer = stop.partial(text), stop.partial(text + more)
    if part is not None:
        assert longer is not None
        assert longer.startswith(part)
