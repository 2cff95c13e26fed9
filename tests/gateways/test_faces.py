"""Faces: a name in the letters of one script is set in the family of that script, any other by the common list."""

import pytest

from campaign.gateways.faces import Faces

THERE = ["Noto Serif", "Noto Naskh Arabic", "Noto Serif CJK SC", "Noto Serif Khmer"]


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Anna Sidorova", ""),
        ("Анна Сидорова", ""),
        ("محمد رضا احمدی", "Noto Naskh Arabic"),
        ("م. ر. ا.", "Noto Naskh Arabic"),
        ("李○", "Noto Serif CJK SC"),
        ("김민수", "Noto Serif CJK SC"),
        ("សុខ ចាន់", "Noto Serif Khmer"),
        ("李 John", ""),
        ("שרה כהן", ""),  # whose family is not there
    ],
)
def test_a_name_of_one_script_has_the_family_of_that_script(name: str, family: str) -> None:
    assert Faces(THERE).each([name]) == [family]
