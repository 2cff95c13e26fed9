"""Names of signers: one field, kept as the person writes it, in any script.

A name is accepted if people could bear it and a printer could set it. Normalising is silent and changes
only what the eye does not see; refusing is rare, names the character, and says what to do; what merely looks
odd is held for a person to look at, which withholds it from print and never from the count.
Built on UTS #39, UAX #9, the joiner rules of RFC 5892 and the spaces of RFC 8266. Display stays NFC: NFKC
would break Thai and Lao, and upper or lower case would break Turkish.
"""

import enum
from collections.abc import Iterable
from functools import lru_cache
from unicodedata import category, normalize

import regex

from campaign.domain.errors import Refused
from campaign.domain.spellings import search_key, skeleton, spelling_key

__all__ = [
    "SENTENCES",
    "Hold",
    "NameRefused",
    "Reason",
    "accepted",
    "formula_safe",
    "hold_reasons",
    "initials",
    "search_key",
    "skeleton",
    "spelling_key",
]

MOST_CLUSTERS = 100
MOST_DIGITS = 2
_MOST_TYPED, _MOST_KEPT = 1000, 500  # code points; a cluster of endless vowel signs is still one cluster


class Reason(enum.StrEnum):
    EMPTY = "empty"
    TOO_LONG = "too-long"
    OVERRIDE = "override"
    TAG = "tag"
    CONTROL = "control"
    LINK = "link"
    ADDRESS = "address"
    MARKUP = "markup"
    EMOJI = "emoji"
    CHARACTER = "character"
    NO_LETTER = "no-letter"
    BEGINNING = "beginning"
    DIGITS = "digits"
    MARKS = "marks"


def N_(message: str) -> str:
    """Mark a sentence for the translators; whoever shows it translates it."""
    return message


SENTENCES: dict[Reason, str] = {
    Reason.EMPTY: N_("Please write your name, as you write it yourself. One word or one letter is enough."),
    Reason.TOO_LONG: N_("This is longer than we can print. Please write your name in 100 letters or fewer."),
    Reason.OVERRIDE: N_(
        "There is a hidden sign (%(character)s) that turns the direction of writing. "
        "Please type the name instead of pasting it; it is shown in the right direction by itself."
    ),
    Reason.TAG: N_("There is a hidden sign (%(character)s) in the name. Please type it instead of pasting it."),
    Reason.CONTROL: N_(
        "There is a sign (%(character)s) in the name that cannot be shown or printed. "
        "Please type the name instead of pasting it."
    ),
    Reason.LINK: N_("This looks like a web address. Please write only your name."),
    Reason.ADDRESS: N_("This looks like an e-mail address. Please write your name here and the address below."),
    Reason.MARKUP: N_("Please write the name without signs of web pages such as %(character)s."),
    Reason.EMOJI: N_("The name cannot be printed with the picture %(character)s. Please write it in letters."),
    Reason.CHARACTER: N_("The name cannot be printed with %(character)s. Please write it without this sign."),
    Reason.NO_LETTER: N_("There is no letter in this name. Please write it in letters, in any script."),
    Reason.BEGINNING: N_("A name begins with a letter. Please leave out the %(character)s at its beginning."),
    Reason.DIGITS: N_("Please write the name with at most two digits."),
    Reason.MARKS: N_("There are more marks on one letter than we can print. Please write it with fewer marks."),
}


class NameRefused(Refused):
    """This name cannot be printed as it is. Please look at it once more."""

    def __init__(self, reason: Reason, character: str | None = None) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.character = character

    @property
    def message_key(self) -> str:
        """The English sentence, to be translated and filled in with `message_values`."""
        return SENTENCES[self.reason]

    @property
    def message_values(self) -> dict[str, str]:
        """What fills the sentence: the sign itself where it can be seen, else its code point."""
        sign = self.character or ""
        seen = bool(sign) and category(sign[0])[0] in "LNPS" and sign not in _BLANK_LETTERS
        return {"character": sign if seen else " ".join(f"U+{ord(each):04X}" for each in sign)}

    @property
    def sentence(self) -> str:
        return self.message_key % self.message_values


class Hold(enum.StrEnum):
    """Why a person looks at a name before it is printed. The signature counts meanwhile."""

    MIXED_SCRIPTS = "mixed-scripts"
    PUBLIC_FIGURE = "public-figure"


_APOSTROPHES = "'’‘ʼʻ"
_PUNCTUATION = frozenset(" \u200c\u200d" + _APOSTROPHES + "׳״-‐‑–.·・‧་༌፡,/()")
_BLANK_LETTERS = "\u115f\u1160\u3164\uffa0"  # Hangul fillers: letters for Unicode, nothing for the eye
_KINDS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"})
_NEVER_STORED = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_DROPPED = "\u200b\u2060\ufeff\u00ad\u180e\u200e\u200f\u061c\u034f\u17b4\u17b5"
_OVERRIDES = regex.compile("[\u202a-\u202e\u2066-\u2069]")
_TAGS = regex.compile("[\U000e0000-\U000e007f]")
_EMOJI = regex.compile(r"(?![©®™])\p{Extended_Pictographic}|\p{Emoji_Presentation}|[\U0001f1e6-\U0001f1ff]|\u20e3")


def _plain_forms() -> dict[int, str | None]:
    """Shapes of letters back to letters: Arabic presentation forms, fullwidth Latin, typed accents."""
    table: dict[int, str | None] = dict.fromkeys(map(ord, _DROPPED))
    for code in (*range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFF)):
        if category(chr(code)).startswith("L"):
            letters = normalize("NFKC", chr(code))
            spacing = category(letters[-1]) == "Mn" and letters[0] in " \u0640"
            table[code] = letters[1:] if spacing else letters
    table.update((0xFF00 + n, chr(0x20 + n)) for n in range(1, 0x5F))
    table.update({ord("`"): "’", ord("´"): "’"})
    return table


_PLAIN = _plain_forms()
_ODD = regex.compile("[" + "".join(map(chr, _PLAIN)) + r"\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef"
                     r"\u180b-\u180d\u180f•‧・]")  # fmt: skip
_VIRAMA = r"\p{Canonical_Combining_Class=9}"
_TRANSPARENT = r"[\p{Joining_Type=Transparent}--[\u200c]]*+"
_FIXES = tuple(
    (regex.compile(pattern, regex.V1), to)
    for pattern, to in (
        (rf"(?<!{_VIRAMA})(?<!(?=\p{{Arabic}})[\p{{Joining_Type=D}}\p{{Joining_Type=L}}]"
         rf"[\p{{Joining_Type=Transparent}}--[\u200c]]*)\u200c", ""),
        (rf"(?<!{_VIRAMA})\u200c(?!{_TRANSPARENT}(?=\p{{Arabic}})[\p{{Joining_Type=D}}\p{{Joining_Type=R}}])", ""),
        (rf"(?<!{_VIRAMA})\u200d", ""),
        (r"(?<=\p{Han})[•‧・](?=\p{Han})", "·"),
        (r"(?<!\p{Han})[\ufe01\ufe02\U000e0100-\U000e01ef]", ""),
        (r"(?<![\p{Han}\p{Myanmar}])\ufe00|[\ufe03-\ufe0f]", ""),
        (r"(?<!\p{Mongolian})[\u180b-\u180d\u180f]", ""),
    )
)  # fmt: skip


def _tidied(name: str) -> str:
    name = name.translate(_PLAIN)
    if len(name) > _MOST_TYPED:  # one Arabic ligature stands for eighteen letters
        raise NameRefused(Reason.TOO_LONG)
    for pattern, to in _FIXES:
        name = pattern.sub(to, name)
    return " ".join(normalize("NFC", name).split())


def _normalised(raw: str) -> str:
    """NFC, single spaces, no invisible passengers, joiners only where they shape the word."""
    name = " ".join(normalize("NFC", raw).split())
    if (name.isascii() and "`" not in name) or not _ODD.search(name):
        return name
    while (tidier := _tidied(name)) != name:
        name = tidier
    return name


_WEB = r"(?:com|net|org|info|biz|gov|edu|xyz|onion)"
_COUNTRY = r"(?:ru|su|tj|kz|kg|uz|tm|by|ua|cn|ir|uk|io|eu|us|tk|ly|cc|tv|рф|рус|укр|бел|срб)"
_LINKS = (
    (Reason.ADDRESS, regex.compile(r"[^\s@]@[^\s@]|mailto:", regex.I)),
    (Reason.LINK, regex.compile(rf"//|\bwww\d?\.|\b(?:https?|hxxps?|ftp|tel|data|javascript)\s*:"
                                rf"|[\w-]{{2}}\.{_WEB}\b", regex.I)),
    (Reason.LINK, regex.compile(rf"[\w-]\.[a-z]{{2,24}}/\w|(?<![\w.])(?:[^\W_A-ZА-Я]{{2,}}\.)+{_COUNTRY}(?!\w)")),
    (Reason.MARKUP, regex.compile(r"[<>]|&(?:#\d+|#x[\da-f]+|[a-z]+\d*);", regex.I)),
)  # fmt: skip
_MAYBE_LINK = regex.compile("[.:@<>&]|//")
_MARKS = regex.compile(r"\p{Mn}{5}|(\p{M})\p{M}*\1")


def refuse_hidden(raw: str) -> None:
    """Signs that no keyboard gives for a name, refused before anything is done with the text."""
    if raw.isascii() and raw.isprintable():
        return
    for reason, signs in ((Reason.OVERRIDE, _OVERRIDES), (Reason.TAG, _TAGS)):
        if found := signs.search(raw):
            raise NameRefused(reason, found[0])
    for each in raw:
        if category(each) in _NEVER_STORED:
            raise NameRefused(Reason.CONTROL, each)


def _refuse_links(name: str) -> None:
    if _MAYBE_LINK.search(name):
        for reason, shape in _LINKS:
            if found := shape.search(name):
                raise NameRefused(reason, found[0] if reason is Reason.MARKUP else None)


def _refuse_signs(name: str, kinds: list[str]) -> None:
    for each, kind in zip(name, kinds, strict=True):
        if each in _BLANK_LETTERS or (kind not in _KINDS and each not in _PUNCTUATION):
            if kind == "Cf":
                raise NameRefused(Reason.CONTROL, each)
            raise NameRefused(Reason.EMOJI if _EMOJI.match(each) else Reason.CHARACTER, each)


def _refuse_shape(name: str, kinds: list[str]) -> None:
    """No letter, a beginning no name has, figures instead of a name, towers of marks, or too long a line."""
    if not any(kind[0] == "L" and kind != "Lm" for kind in kinds):
        raise NameRefused(Reason.NO_LETTER)
    led = name[0] in _APOSTROPHES
    if kinds[1 if led else 0][0] not in ("L" if led else "LM"):
        raise NameRefused(Reason.BEGINNING, name[0])
    if kinds.count("Nd") > MOST_DIGITS:
        raise NameRefused(Reason.DIGITS)
    if not name.isascii() and _MARKS.search(normalize("NFD", name)):
        raise NameRefused(Reason.MARKS)
    if len(name) > MOST_CLUSTERS and (len(name) > _MOST_KEPT or len(regex.findall(r"\X", name)) > MOST_CLUSTERS):
        raise NameRefused(Reason.TOO_LONG)


def accepted(raw: str) -> str:
    """The name as it will be kept and printed: as written, normalised without a visible change.

    1 to 100 grapheme clusters; a single word, a single letter, no spaces: all are names. Raises NameRefused,
    whose sentence names the sign and says what to do. Accepting an accepted name changes nothing.
    """
    if len(raw) > _MOST_TYPED:
        raise NameRefused(Reason.TOO_LONG)
    refuse_hidden(raw)
    name = _normalised(raw)
    if not name:
        raise NameRefused(Reason.EMPTY)
    _refuse_links(name)
    kinds = [category(each) for each in name]
    _refuse_signs(name, kinds)
    _refuse_shape(name, kinds)
    return name


_FIRST_CLUSTER = regex.compile(r"(?![ʼʻ])(?=[\p{L}\p{M}])\X")
_SYLLABIC = regex.compile(r"[\p{Han}\p{Hangul}]")


def initials(name: str) -> str:
    """The name cut to its initials: the first grapheme cluster of each part, each with a full stop.

    Never re-cased and never re-ordered: nobody is asked which part is the family name. Han and Hangul names
    keep their first character, the family name, and a ring for the rest, however long.
    """
    found = [_FIRST_CLUSTER.search(part) for part in name.split(" ")]
    firsts = [str(first[0]).rstrip("\u200c\u200d") for first in found if first]
    if firsts and _SYLLABIC.match(firsts[0]):
        return firsts[0] + "○"
    return " ".join(first + "." for first in firsts)


_WORDS = regex.compile(r"[\s\-‐‑–/]+")
_LATIN = regex.compile(r"\p{Latin}")
_MIXABLE = regex.compile(r"[\p{Cyrillic}\p{Greek}]")
_SAME_TO_THE_EYE = (("rn", "m"), ("vv", "w"), ("i", "l"))


def _seen(name: str) -> tuple[str, ...]:
    """A name as a hurried reader sees it, in any order of its words."""
    looks = skeleton(name)
    for two, one in _SAME_TO_THE_EYE:
        looks = looks.replace(two, one)
    return tuple(sorted(looks.split()))


@lru_cache(maxsize=100)
def _figures_seen(figures: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    """The same few public names are compared with every signer's; only these are remembered."""
    return frozenset(_seen(figure) for figure in figures)


def hold_reasons(name: str, public_figures: Iterable[str] = ()) -> frozenset[Hold]:
    """Why somebody should look at this name before it is printed. Never a reason to refuse or not to count.

    `public_figures` are whole names, in every spelling known: presidents, and the prisoner, for whom others
    sign. Real people bear both kinds of name, so only a person decides.
    """
    holds = set()
    if _is_mixed(name) and any(map(_is_mixed, _WORDS.split(name))):
        holds.add(Hold.MIXED_SCRIPTS)
    seen = _seen(name)
    if seen and seen in _figures_seen(tuple(public_figures)):
        holds.add(Hold.PUBLIC_FIGURE)
    return frozenset(holds)


def _is_mixed(letters: str) -> bool:
    return not letters.isascii() and bool(_LATIN.search(letters) and _MIXABLE.search(letters))


_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def formula_safe(cell: str) -> str:
    """A cell of an exported table that no spreadsheet will run as a formula."""
    return "'" + cell if cell.lstrip(" ").startswith(_FORMULA) else cell
