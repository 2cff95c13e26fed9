"""Faces: the family that sets a name in one go.

Where none is given, Typst sets a name in one family of a long list after another, until every letter is found in one.
A name in the letters of one script gets the family of that script first; the list behind it stays the same, so that
what can be shown does not change. Spaces and stops then come from the same face as the letters.
"""

from collections.abc import Callable, Collection, Iterable

import regex

from campaign.gateways import fonts

_NAMES = {  # as Unicode calls them, where our label differs
    "Arabic, Persian, Uyghur": ("Arabic",),
    "Chinese, Japanese, Korean": ("Han", "Hiragana", "Katakana", "Bopomofo"),
    "Canadian syllabics": ("Canadian Aboriginal",),
    "N’Ko": ("Nko",),
}
_HANGUL = (*fonts.SCRIPTS[2].families[:1], *fonts.KOREAN.families)
_ANY = regex.compile(r"[\p{Common}\p{Inherited}]")


class Faces:
    """`families` are those that are there."""

    def __init__(self, families: Collection[str]) -> None:
        wanted = [(name, s.families) for s in fonts.SCRIPTS for name in _NAMES.get(s.label, (s.label,))]
        found = [(name, next((f for f in of if f in families), "")) for name, of in [*wanted, ("Hangul", _HANGUL)]]
        self._scripts = [(regex.compile(rf"\p{{Script={name}}}"), family) for name, family in found if family]
        self._letters = _Letters(self._letter)

    def each(self, names: Iterable[str]) -> list[str]:
        """For each name its family, or "" for the common list: of mixed scripts, or of those of the text face."""
        return ["" if name.isascii() else self._of(name) for name in names]

    def _of(self, name: str) -> str:
        found = set(map(self._letters.__getitem__, name)) - {None}
        return found.pop() or "" if len(found) == 1 else ""

    def _letter(self, letter: str) -> str | None:
        """None for what any script has: spaces, stops, marks."""
        of = next((family for script, family in self._scripts if script.match(letter)), "")
        return None if _ANY.match(letter) else of


class _Letters(dict[str, str | None]):
    """Letter → its family, found once."""

    def __init__(self, find: Callable[[str], str | None]) -> None:
        self._find = find

    def __missing__(self, letter: str) -> str | None:
        self[letter] = found = self._find(letter)
        return found
