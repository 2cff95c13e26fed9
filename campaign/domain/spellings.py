"""One name, many spellings: the folded forms by which names are compared, never printed.

`search_key` forgets case, marks and habits of the keyboard, script by script. `skeleton` forgets in
addition which script a letter was borrowed from; it feeds the keyed hash of a signer's name. `spelling_key`
forgets the route a name took into Latin letters, so that a prisoner is found under any of them.

Decision: the table of lookalikes is our own and small, not that of Unicode's confusables.txt. A stored hash
must mean the same in ten years; a table that grows with each Unicode version would silently part a signer
from her own earlier signature. We list the scripts in which a Latin name can really be forged.
"""

import re
from unicodedata import normalize

_MARKS = (
    (0x0300, 0x036F), (0x0483, 0x0489), (0x0591, 0x05BD), (0x05BF, 0x05BF), (0x05C1, 0x05C7),
    (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670), (0x06D6, 0x06DC), (0x06DF, 0x06E4),
    (0x06E7, 0x06E8), (0x06EA, 0x06ED), (0x0711, 0x0711), (0x0730, 0x074A), (0x08D3, 0x08FF),
    (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F),
)  # fmt: skip
_NUKTAS = (0x093C, 0x09BC, 0x0A3C, 0x0ABC, 0x0B3C)
_INVISIBLE = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x0640, 0x0640), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x2060, 0x2064), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xE0100, 0xE01EF),
)  # fmt: skip
_DIGIT_ZEROS = (
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x17E0, 0x1810,
)  # fmt: skip
_SILENT = "'’‘ʼʻʹʽˈ`´׳״"  # written or left out, the name is the same
_PARTING = "-‐‑–־.·•・‧་༌፡,/()"

_SAME_LETTER = {
    # Arabic script: one letter, several keyboards
    "ی": "ي", "ى": "ي", "ک": "ك", "ڪ": "ك", "ہ": "ه", "ھ": "ه", "ە": "ه", "ة": "ه", "ۃ": "ه", "ٱ": "ا",
    # Cyrillic: what is typed where the keyboard has no Tajik, Uzbek, Kazakh or Tatar letters
    "ғ": "г", "ґ": "г", "қ": "к", "ҡ": "к", "ҝ": "к", "ҳ": "х", "һ": "х", "ҷ": "ч", "ҹ": "ч", "ң": "н",
    "ҥ": "н", "ү": "у", "ұ": "у", "ө": "о", "ә": "а",
    # Latin letters that decompose into nothing
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th",
    "ŋ": "n", "ə": "a", "ǝ": "a", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ɛ": "e", "ɔ": "o",
}  # fmt: skip

# Amharic homophones, first letter of each series of seven; and the two fourth-order vowels read as first.
_ETHIOPIC_SERIES = {0x1210: 0x1200, 0x1280: 0x1200, 0x1220: 0x1230, 0x12D0: 0x12A0, 0x1340: 0x1338}
_ETHIOPIC_FIRST = {0x1203: 0x1200, 0x1213: 0x1200, 0x1283: 0x1200, 0x12A3: 0x12A0, 0x12D3: 0x12A0}


def _folding() -> dict[int, str | None]:
    table: dict[int, str | None] = {}
    for first, last in (*_MARKS, *_INVISIBLE):
        table.update(dict.fromkeys(range(first, last + 1)))
    table.update(dict.fromkeys(_NUKTAS))
    table.update(dict.fromkeys(map(ord, _SILENT)))
    table.update(dict.fromkeys(map(ord, _PARTING), " "))
    table.update((zero + n, str(n)) for zero in _DIGIT_ZEROS for n in range(10))
    table.update((ord(letter), same) for letter, same in _SAME_LETTER.items())
    for series, same in _ETHIOPIC_SERIES.items():
        table.update((series + order, chr(same + order)) for order in range(7))
    table.update((letter, chr(same)) for letter, same in _ETHIOPIC_FIRST.items())
    return table


_FOLDING = _folding()


def search_key(name: str) -> str:
    """The name as it is looked up: compatibility forms, case, marks and keyboard habits forgotten.

    Marks go where a reader of the script leaves them out or they only colour a letter (Latin, Greek,
    Cyrillic, Hebrew, Arabic, Syriac, nukta). The vowel signs of Indic and South-East Asian scripts and the
    voicing of kana are letters of the name and stay. Hyphens and stops become spaces, apostrophes go.
    """
    if name.isascii():
        return " ".join(name.lower().translate(_FOLDING).split())
    folded = normalize("NFKD", normalize("NFKD", name).casefold()).translate(_FOLDING)
    return " ".join(normalize("NFKC", folded).split())


def _pairs(strange: str, latin: str) -> dict[int, str]:
    return {ord(letter): like for letter, like in zip(strange, latin, strict=True)}


# Letters as they are after `search_key`, so in small form. Where the small and the capital letter resemble
# different Latin ones, the capital decides: Greek and Cyrillic capitals are drawn exactly like the Latin.
_LOOKALIKES = {
    **_pairs("авгеѕіјкмнопрстухԁԛԝӏѵьзб", "abresijkmhonpctyxdqwlvb36"),
    **_pairs("αβγεζηικμνορστυχω", "abyezhikmnopotyxw"),
    **_pairs("օոսհցզյլտ", "onuhgqjls"),
    **_pairs("ᎪᏴᏟᎠᎬᏀᎻᎫᏦᏞᎷᏢᏚᎢᏙᎳᏃᎡ", "abcdeghjklmpstvwzr"),
    **_pairs("ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "bpdtgkjczfmnlsrvhwxyaeiou"),
    **_pairs("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɑɡɩ", "abcdefghijklmnoprstuvwyzagi"),
    **_pairs("01", "ol"),
}


def skeleton(name: str) -> str:
    """What the name looks like: its search key with borrowed lookalike letters turned into Latin ones.

    Follows the idea of UTS #39, on a table of our own. It feeds the stored HMAC of a signer's name, so it is
    deterministic and must never change: a changed table would make every stored key unmatchable. It rests
    only on that table and on what Unicode promises to keep for assigned characters (normalisation and case
    folding); unassigned ones never get here, `names.accepted` refuses them.
    """
    return search_key(name).translate(_LOOKALIKES)


_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "ғ": "g", "ґ": "g", "д": "d", "е": "e", "ё": "yo", "є": "ye",
    "ж": "j", "з": "z", "и": "i", "й": "y", "ӣ": "i", "і": "i", "ї": "yi", "к": "k", "қ": "k", "ҡ": "k",
    "л": "l", "м": "m", "н": "n", "ң": "n", "о": "o", "ө": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "у": "u", "ў": "u", "ӯ": "u", "ү": "u", "ұ": "u", "ф": "f", "х": "h", "ҳ": "h", "һ": "h", "ц": "ts",
    "ч": "ch", "ҷ": "j", "џ": "j", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": "", "э": "e", "ә": "a",
    "ю": "yu", "я": "ya", "ј": "y", "љ": "l", "њ": "n", "ћ": "ch", "ђ": "j",
}  # fmt: skip
_ROMANISED = {ord(letter): latin for letter, latin in _CYRILLIC.items()}

# In this order, on one word in plain Latin letters.
_ROUTES = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r"tsch|tch", "ch"),
        (r"d(?:zh|z|j)|zh", "j"),
        (r"c(?=[eiy])", "s"),
        (r"x", "ks"),
        (r"ck|c(?!h)|q", "k"),
        (r"ph", "f"),
        (r"th", "t"),
        (r"w", "v"),
        (r"o[ou]", "u"),
        (r"kh|gh|g", "h"),  # ҳ and ғ, straight or by way of Russian
        (r"o", "a"),
        (r"e|y", "i"),
        (r"(.)\1+", r"\1"),
        (r"(?:(?<=^)|(?<=[^aiu]))ia", "i"),  # ё written yo, ye or e; я written ya or ia
        (r"(?<=[aiu])h$", ""),
        (r"(?<=[aiu])s(?=[aiu])", "z"),
        (r"af$", "av"),
        (r"zad[ai]", "zada"),
        (r"[aiu]d(?:d?)in$", "idin"),
        (r"m[aiu]h[aiu]?m[ai][dt]", "mahmad"),  # one name in forty spellings; Mahmud is another
        (r"ahm[ai][dt]", "ahmad"),
    )
)


def _heard(word: str) -> str:
    if not (word.isascii() and word.isalpha()):
        return word
    for pattern, to in _ROUTES:
        word = pattern.sub(to, word)
    return word


def spelling_key(name: str) -> str:
    """A prisoner's name by its sound, so that every route into Latin letters ends at the same key.

    Tajik names reach us straight (қ as q, ҳ as h) or through Russian (k, kh, g), with o or a, e or i, y or
    i. The key is lossy on purpose: it finds, people then choose. It is the words of the name in their
    order, each folded by itself and joined by single spaces, so one word finds a person:
    `set(spelling_key("Yorov").split()) <= set(spelling_key("Buzurgmehr Yorov").split())`. Words in neither
    Latin nor Cyrillic letters keep their search key. Never used for signers.
    """
    latin = normalize("NFC", normalize("NFC", name).casefold()).translate(_ROMANISED)
    return " ".join(map(_heard, search_key(latin).split()))
