"""Scene tokens: short enough for WeChat, signed, and nothing else passes."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.qr import token as tokens
from app.qr.token import ALPHABET, TOKEN_LENGTH, Kind, Scene, encode, is_signed, read

KEY = b"k" * 32
kinds = st.sampled_from(list(Kind))


@given(kinds, st.uuids())
def test_a_token_says_whose_it_is(kind: Kind, subject_id: UUID) -> None:
    token = encode(kind, subject_id, KEY)
    assert re.fullmatch(r"[SMPOAL][0-9A-Za-z]{30}", token)
    scene = read(token)
    assert scene == Scene(kind, subject_id)
    assert is_signed(token, scene, KEY)


@given(kinds, st.uuids(), st.integers(0, TOKEN_LENGTH - 1), st.sampled_from(ALPHABET))
def test_a_token_with_one_letter_changed_is_not_signed(
    kind: Kind, subject_id: UUID, place: int, letter: str
) -> None:
    token = encode(kind, subject_id, KEY)
    changed = token[:place] + letter + token[place + 1 :]
    scene = read(changed)
    if changed != token and scene is not None:
        assert not is_signed(changed, scene, KEY)


def test_another_key_signs_another_token() -> None:
    subject_id = uuid4()
    token = encode(Kind.STORE, subject_id, KEY)
    assert not is_signed(token, Scene(Kind.STORE, subject_id), b"x" * 32)
    assert token != encode(Kind.STORE, subject_id, b"x" * 32)


def test_the_largest_and_smallest_subjects_fit() -> None:
    for number in (0, (1 << 128) - 1):
        token = encode(Kind.MEMBER, UUID(int=number), KEY)
        assert len(token) == TOKEN_LENGTH
        assert read(token) == Scene(Kind.MEMBER, UUID(int=number))


@pytest.mark.parametrize(
    "token",
    [
        "",
        "S",
        "S" * 30,
        "S" * 32,
        "Sz" + "z" * 29,  # a number beyond 128 bits
        "X" + "0" * 30,
        "s" + "0" * 30,
        "S" + "0" * 29 + "-",
        "S" + "0" * 29 + "٤",
        "S" + "0" * 29 + "中",
        "S" + "0" * 29 + "\n",
    ],
)
def test_what_has_not_a_tokens_form_is_none(token: str) -> None:
    assert read(token) is None


def test_nothing_is_kept_of_what_has_not_a_tokens_length():
    kept = tokens._read.cache_info().currsize
    assert [read("x" * length) for length in (0, 30, 32, 65_536)] == [None] * 4
    assert tokens._read.cache_info().currsize == kept
