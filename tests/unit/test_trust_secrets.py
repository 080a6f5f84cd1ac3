"""Redaction: every kind of secret is found, whole, cut or split; ordinary code is left as it is."""

from __future__ import annotations

import itertools
import re
import sysconfig
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foretype.trust.secrets import PLACEHOLDER, DetectorMissing, Redactor, open_quote, secret_begun
from planted import Planted, plant

PLANTED = plant(1)
KEY = next(each for each in PLANTED if each.kind == "private key, bare")
WITHOUT_SHRINKING = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

LINES = st.lists(
    st.sampled_from(
        [
            "import os",
            "def total(items):",
            "    return sum(item.price for item in items)",
            "",
            "    # é: the password is asked for",
            '    name = "Ada"',
            "token = next(tokens)",
            "x = {'a': 1, 'secret': None}",
            "FORETYPE_REDACTED_1",
        ]
    ),
    max_size=6,
)


def shown(redactor: Redactor, *texts: str) -> str:
    return "".join(redactor.redact(texts).texts)


def leaks(text: str, planted: Planted) -> list[str]:
    return [trace for trace in planted.traces if trace in text]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda each: each.kind)
def test_every_kind_is_found(redactor: Redactor, planted: Planted) -> None:
    text = f"import os\n\n{planted.code}\n\nprint(os.name)\n"
    redacted = redactor.redact((text,))
    assert not leaks(redacted.texts[0], planted)
    assert redacted.count and redacted.placeholders
    assert redacted.texts[0].startswith("import os\n\n") and redacted.texts[0].endswith("\n\nprint(os.name)\n")
    assert set(PLACEHOLDER.findall(redacted.texts[0])) == set(redacted.placeholders)


@given(st.integers(0, 2**32), LINES, LINES)
@WITHOUT_SHRINKING
def test_never_leaves_a_planted_secret(redactor: Redactor, seed: int, above: list[str], below: list[str]) -> None:
    for planted in plant(seed):
        text = "\n".join((*above, planted.code, *below))
        assert not leaks(shown(redactor, text), planted), planted.kind


@given(st.integers(0, 2**32), LINES)
@WITHOUT_SHRINKING
def test_redacting_again_changes_nothing(redactor: Redactor, seed: int, lines: list[str]) -> None:
    for planted in plant(seed):
        once = shown(redactor, "\n".join((*lines, planted.code, *lines)))
        again = redactor.redact((once,))
        assert (again.texts[0], again.count) == (once, 0)


@given(st.lists(st.sampled_from([each.code for each in PLANTED]) | LINES.map("\n".join), max_size=6), st.data())
@WITHOUT_SHRINKING
def test_appending_changes_the_last_line_only(redactor: Redactor, parts: list[str], data: st.DataObject) -> None:
    text = "\n".join(parts)
    cut = data.draw(st.integers(0, len(text)))
    whole, beginning = shown(redactor, text), shown(redactor, text[:cut])
    assert whole.startswith(beginning.rpartition("\n")[0])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n", "\nn", "\nnBp", "\nnBpYc7HUmSG"])
def test_a_key_of_which_only_the_first_line_is_there_changes_the_last_line_only(redactor: Redactor, end: str) -> None:
    begun = f'KEY = """\n-----BEGIN RSA PRIVATE KEY-----{end}'
    body = "nBpYc7HUmSGSNPIepzXDhKPdyfJgP0EcHpXab92tDrUAkMiJT0uXIOCGZAJkSzSy\n"
    more = shown(redactor, begun + body.removeprefix(end.strip()))
    assert more.startswith(shown(redactor, begun).rpartition("\n")[0])


@pytest.mark.parametrize("planted", PLANTED, ids=lambda each: each.kind)
def test_a_cursor_inside_of_a_secret_hides_neither_half(redactor: Redactor, planted: Planted) -> None:
    start = planted.code.index(planted.secret)
    for cut in range(start + 1, start + len(planted.secret), max(1, len(planted.secret) // 7)):
        before, after = planted.code[:cut], planted.code[cut:]
        redacted = redactor.redact(("import os\n", before, f"{after}\nprint(os)\n"))
        assert not leaks("".join(redacted.texts), planted)
        assert len(redacted.texts) == 3
        assert redacted.texts[0] == "import os\n" and redacted.texts[2].endswith("\nprint(os)\n")


@pytest.mark.parametrize("quote", ['"', "'"])
def test_the_quote_behind_the_cursor_is_not_needed(redactor: Redactor, quote: str) -> None:
    redacted = redactor.redact(("import os\n", f"password = {quote}hunter2-horse", "\nprint(os)\n"))
    assert "hunter2" not in "".join(redacted.texts)


@pytest.mark.parametrize(
    ("line", "quote"),
    [("x = '", "'"), ('x = "a', '"'), ('x = "a"', ""), ('x = "a\\"b', '"'), ("x = \"it's", '"'), ("", "")],
)
def test_the_quote_that_is_open(line: str, quote: str) -> None:
    assert open_quote(line) == quote


def test_the_same_secret_has_the_same_placeholder_everywhere(redactor: Redactor) -> None:
    first, second = PLANTED[2].code, PLANTED[3].code
    one = PLACEHOLDER.findall(shown(redactor, f"{first}\n{second}\n{first}\n"))
    assert one[0] == one[2] != one[1]
    assert PLACEHOLDER.findall(shown(redactor, second)) == [one[1]]


@pytest.mark.parametrize("shape", ["{}", "    {}", '    "{}\\n"', "# {}", "// {}", "{}\r"])
def test_a_window_may_begin_or_end_within_a_private_key(redactor: Redactor, shape: str) -> None:
    lines = [shape.format(line) for line in KEY.code.split("\n")]
    for first, last in itertools.combinations(range(len(lines) + 1), 2):
        window = "\n".join(lines[first:last])
        for text in (window + "\nprint(1)\n", window):
            left = [line for line in lines[first + 1 : last - 1] if line in shown(redactor, text)]
            assert not left, (first, last)
    for first in range(len(lines)):  # ends before the text does, begins within it
        window = "print(1)\n" + "\n".join(lines[: first + 1])
        assert not [line for line in lines[1 : first + 1] if line in shown(redactor, window)]


def test_what_only_looks_random_stays(redactor: Redactor) -> None:
    text = f"""
resolution = "sha512-{"q1W2e3R4t5Y6u7I8o9P0" * 4}=="
commit = "9c1f3e7ab0d24c5f8e6a7b1d3f5c9e0a2b4d6f81"
id = "0f8fad5b-d9cb-469f-a165-70867728950e"
image = "data:image/png;base64,{"iVBORw0KGgoAAAANSUhEUgAA" * 6}"
def test_http2_connection_pool_1_is_closed_after_2_requests(): ...
-----BEGIN CERTIFICATE-----
{KEY.code.split(chr(10))[1]}
{KEY.code.split(chr(10))[2]}
-----END CERTIFICATE-----
password = getpass.getpass("Password: ")
api_key = os.environ["SERVICE_API_KEY"]
token = tokens[position + 1]
secret: str | None = None
self.password_field = forms.CharField(widget=forms.PasswordInput)
"""
    assert shown(redactor, text) == text


def test_ordinary_code_is_left_as_it_is(redactor: Redactor) -> None:
    """The standard library and this project: of a hundred thousand lines hardly any is touched."""
    library = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))
    own = sorted((Path(__file__).parents[2] / "server").rglob("*.py"))
    lines = places = 0
    for file in (*library, *own):
        text = file.read_text(encoding="utf-8", errors="replace")
        lines += text.count("\n")
        places += redactor.redact((text,)).count
    assert lines > 80_000
    assert places <= lines / 20_000


def test_characters_of_any_width_around_a_secret(redactor: Redactor) -> None:
    text = f'"é𝄞" \0 \ud800 {PLANTED[2].code} "ü𝄞"\n'
    found = shown(redactor, text)
    assert re.fullmatch(r'"é𝄞" \0 \ud800 value = "FORETYPE_REDACTED_\d+" "ü𝄞"\n', found)


def test_without_the_scanner_nothing_can_be_redacted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "kingfisher_sdk", None)
    redactor = Redactor()
    with pytest.raises(DetectorMissing, match="install kingfisher-secret-scanner"):
        redactor.redact(("x",))
    assert not redactor.contains_secret("", PLANTED[2].code, "")


def test_what_may_be_a_secret_counts_as_one_while_rules_load(monkeypatch: pytest.MonkeyPatch) -> None:
    redactor = Redactor()
    monkeypatch.setattr(redactor, "prepare", lambda: None)
    assert redactor.contains_secret("", PLANTED[2].code, "")
    assert not redactor.contains_secret("", "return total / len(items)", "")


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("x = 1", ""),
        ('password = "hunt', "hunt"),
        ('password = "hunter"', ""),
        ("connect('https://bob:hun", "bob:hun"),
        ("-----BEGIN RSA", "-----BEGIN RSA"),
        ("value = ghp_1a2b3c4d5e6f", "ghp_1a2b3c4d5e6f"),
    ],
)
def test_a_growing_secret_is_held_back(text: str, held: str) -> None:
    assert text[len(text) - secret_begun(text) :] == held
