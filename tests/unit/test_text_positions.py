"""Columns and code units: known cases, round trips, and agreement with a count by character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretype.text.positions import Encoding, column, units

ODD = "aé\u0301\u00df\u20ac\u2028\x0c\x85😀\U0001f469\u200d\U0001f680\ud800\udc00\uffff\ufeff\0"
BODIES = st.text(alphabet=st.one_of(st.sampled_from(ODD), st.characters(exclude_characters="\r\n")), max_size=40)
ENCODINGS = st.sampled_from(Encoding)


def unit_length(character: str, encoding: Encoding) -> int:
    if encoding is Encoding.UTF32:
        return 1
    if encoding is Encoding.UTF16:
        return 2 if ord(character) > 0xFFFF else 1
    return len(character.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    ("encoding", "columns"),
    [
        (Encoding.UTF8, [0, 1, 1, 2, 2, 2, 2, 3, 4, 4]),
        (Encoding.UTF16, [0, 1, 2, 2, 3, 4, 4]),
        (Encoding.UTF32, [0, 1, 2, 3, 4, 4]),
    ],
)
def test_each_unit_leads_to_the_start_of_its_character(encoding: Encoding, columns: list[int]) -> None:
    assert [column("aé😀b", count, encoding) for count in range(len(columns))] == columns


@pytest.mark.parametrize("encoding", Encoding)
def test_what_lies_outside_the_line_is_clamped(encoding: Encoding) -> None:
    assert column("aé😀", 2**31 - 1, encoding) == 3
    assert column("aé😀", -1, encoding) == 0
    assert units("aé😀", 99, encoding) == units("aé😀", 3, encoding)
    assert units("aé😀", -1, encoding) == 0


@given(BODIES, ENCODINGS)
def test_every_column_round_trips(body: str, encoding: Encoding) -> None:
    for place in range(len(body) + 1):
        assert column(body, units(body, place, encoding), encoding) == place


@given(BODIES, ENCODINGS)
def test_both_ways_agree_with_counting_each_character(body: str, encoding: Encoding) -> None:
    count = 0
    for place, character in enumerate(body):
        assert units(body, place, encoding) == count
        for inside in range(unit_length(character, encoding)):
            assert column(body, count + inside, encoding) == place
        count += unit_length(character, encoding)
    assert units(body, len(body), encoding) == count
    assert column(body, count, encoding) == column(body, count + 1, encoding) == len(body)


def test_two_lone_surrogates_side_by_side_stay_two_characters() -> None:
    body = "\ud83d\ude00x"
    assert [column(body, count, Encoding.UTF16) for count in range(4)] == [0, 1, 2, 3]
    assert [column(body, count, Encoding.UTF8) for count in (0, 3, 6, 7)] == [0, 1, 2, 3]
