import json
from collections import Counter
from pathlib import Path
from unicodedata import category, is_normalized

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from campaign.domain.names import (
    SENTENCES,
    Hold,
    NameRefused,
    Reason,
    accepted,
    formula_safe,
    hold_reasons,
    initials,
)

TABLES = Path(__file__).parent.parent / "names"
ACCEPTED = json.loads((TABLES / "accepted.json").read_text("utf-8"))
REFUSED = json.loads((TABLES / "refused.json").read_text("utf-8"))

SCRIPTS = (
    (0x20, 0x7E), (0xA0, 0x17F), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x52F), (0x530, 0x5FF), (0x600, 0x6FF),
    (0x900, 0x97F), (0xD00, 0xD7F), (0xE00, 0xE7F), (0xF00, 0xFFF), (0x1000, 0x109F), (0x1100, 0x11FF),
    (0x1200, 0x137F), (0x1780, 0x17FF), (0x1800, 0x18AF), (0x2000, 0x206F), (0x3040, 0x30FF), (0x4E00, 0x4F00),
    (0xF900, 0xF950), (0xFB50, 0xFDFF), (0xFE00, 0xFEFF), (0xFF00, 0xFFEF), (0xE0100, 0xE0110), (0x1F600, 0x1F610),
)  # fmt: skip
signs = st.one_of(*(st.integers(*span).map(chr) for span in SCRIPTS), st.sampled_from("\u200c\u200d ’·.-"))
written = st.one_of(
    st.text(signs, max_size=12),
    st.text(max_size=8),
    st.sampled_from([row["name"] for row in ACCEPTED]).flatmap(
        lambda name: st.tuples(st.integers(0, len(name)), signs).map(
            lambda cut: name[: cut[0]] + cut[1] + name[cut[0] :]
        )
    ),
)


def kept(raw: str) -> str | None:
    try:
        return accepted(raw)
    except NameRefused:
        return None


def refused(raw: str) -> NameRefused:
    with pytest.raises(NameRefused) as refusal:
        accepted(raw)
    return refusal.value


@pytest.mark.feature(21)
@pytest.mark.parametrize("row", ACCEPTED, ids=lambda row: row["language"])
def test_a_name_is_kept_as_its_bearer_writes_it(row):
    assert accepted(row["name"]) == row.get("display", row["name"])


@pytest.mark.parametrize("row", ACCEPTED, ids=lambda row: row["language"])
def test_initials_are_the_first_sign_of_each_part(row):
    assert initials(accepted(row["name"])) == row["initials"]


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: ascii(row["name"])[:40])
def test_a_hostile_string_is_refused_with_its_reason(row):
    assert refused(row["name"]).reason == row["reason"]


def test_the_tables_are_as_wide_as_they_promise():
    languages = {row["language"].split(",")[0].split(" (")[0] for row in ACCEPTED}
    assert len(ACCEPTED) >= 200
    assert len(languages) >= 40
    assert len(REFUSED) >= 100
    assert set(Counter(row["reason"] for row in REFUSED)) == set(Reason)


@pytest.mark.feature(21)
@pytest.mark.parametrize("name", ["Suharti", "X", "王小明", "김민수", "さくら", "สมชาย", "བ", "名"])
def test_one_word_one_letter_and_unspaced_names_are_names(name):
    assert accepted(name) == name


@pytest.mark.feature(48)
@pytest.mark.parametrize("lead", ["=", "+", "-", "@", "＝", "＋", "－", "＠", " =", "\u200b=", "\u00a0-"])
def test_a_name_that_a_spreadsheet_would_run_is_refused(lead):
    assert refused(lead + "Anna").reason in {Reason.CHARACTER, Reason.BEGINNING}


@pytest.mark.feature(48)
@pytest.mark.parametrize("link", ["https://example.org", "www.example.org", "Example.com", "t.me/x", "site.ru"])
def test_a_web_address_is_no_name(link):
    assert refused(link).reason is Reason.LINK
    assert refused(f"Anna {link}").reason is Reason.LINK


@pytest.mark.parametrize(
    "name", ["A. Dev", "Mr.Page", "J.R.R.Roe", "Md.Ali", "muhammad.ali", "M.Kumar/Singh", "St.John", "Ali S/o Omar"]
)
def test_stops_and_strokes_inside_a_name_are_no_web_address(name):
    assert accepted(name) == name


@pytest.mark.parametrize("count", [1, 100])
@pytest.mark.parametrize("cluster", ["a", "王", "e\u0323\u0302", "कि", "\U00020bb7"])
def test_a_name_may_have_a_hundred_clusters(cluster, count):
    assert len(regex.findall(r"\X", accepted(cluster * count))) == count
    assert refused(cluster * 101).reason is Reason.TOO_LONG


def test_turkish_letters_keep_their_case_and_their_dots():
    assert accepted("İpek ışık ILGIN") == "İpek ışık ILGIN"


def test_joiners_stay_where_they_shape_the_word_and_nowhere_else():
    assert accepted("علی\u200cرضا") == "علی\u200cرضا"
    assert accepted("عُ\u200cَل") == "عُ\u200cَل"
    assert accepted("رضا\u200cعلی") == "رضاعلی"
    assert accepted("क्\u200dष क्\u200cष") == "क्\u200dष क्\u200cष"
    assert accepted("A\u200cn\u200dn") == "Ann"


def test_a_refusal_names_the_sign_and_says_what_to_do():
    assert refused("Anna!").character == "!"
    assert "!" in refused("Anna!").sentence
    assert "U+202E" in refused("\u202eAnna").sentence
    assert "\u202e" not in refused("\u202eAnna").sentence
    assert "U+3164" in refused("\u3164").sentence
    assert refused("").character is None


def test_every_reason_has_a_sentence_that_can_be_filled():
    assert set(SENTENCES) == set(Reason)
    for reason, sentence in SENTENCES.items():
        refusal = NameRefused(reason, "*")
        assert refusal.message_key == sentence
        assert "%" not in refusal.sentence
        assert refusal.sentence.endswith(".")


@given(written)
@example("\u0639\u200c\u200c\ufe8e")
@example("क\u200d\u094d\u200c\u200d")
@example("阿\u200b•\u200b阿")
@example("\uff21\u0301`")
def test_accepting_an_accepted_name_changes_nothing(raw):
    name = kept(raw)
    if name is not None:
        assert accepted(name) == name


@given(written)
def test_nothing_that_is_refused_gets_through(raw):
    name = kept(raw)
    if name is None:
        return
    assert is_normalized("NFC", name)
    assert name == " ".join(name.split(" ")) == name.strip()
    assert 1 <= len(regex.findall(r"\X", name)) <= 100
    assert sum(map(str.isdecimal, name)) <= 2
    for sign in name:
        assert category(sign) in {"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"} or sign in (
            " \u200c\u200d'’‘ʼʻ׳״-‐‑–.·・‧་༌፡,/()"
        )
    assert not regex.search(r"\p{Extended_Pictographic}|\p{Mn}{5}|//|\bwww\.|[\u200b\u200e\u200f]", name)
    assert formula_safe(name) == name


@given(written)
def test_initials_show_no_more_than_one_cluster_of_each_part(raw):
    name = kept(raw)
    if name is None:
        return
    shown = initials(name)
    assert shown
    assert len(regex.findall(r"\X", shown)) <= 3 * len(name.split(" ")) - 1
    assert shown.endswith((".", "○"))


@pytest.mark.parametrize("name", ["Aнна Smith", "Anna Smіth", "Ελenη", "Paвел Иванов", "Anna-Mariя"])
def test_a_word_in_two_lookalike_scripts_is_held(name):
    assert accepted(name) == name
    assert hold_reasons(name) == {Hold.MIXED_SCRIPTS}


@pytest.mark.parametrize("name", ["Anna Иванова", "Anna-Мария", "Ελένη Smith", "王 Anna", "Łukasz Żółć", "Анна"])
def test_words_in_two_scripts_are_not_held(name):
    assert hold_reasons(name) == frozenset()


@pytest.mark.parametrize(
    "name",
    ["Emomali Rahmon", "EMOMALI RAHMON", "Rahmon Emomali", "Emomaii Rahmon", "Ernomali Rahrnon", "Émomali  Rahmon",
     "Emomali Rahm0n"],
)  # fmt: skip
def test_the_name_of_a_public_figure_is_held(name):
    assert hold_reasons(accepted(name), ["Someone Else", "Emomali Rahmon"]) == {Hold.PUBLIC_FIGURE}


def test_a_forged_public_figure_is_held_for_both_reasons():
    assert hold_reasons("Еmomali Rаhmon", ["Emomali Rahmon"]) == {Hold.PUBLIC_FIGURE, Hold.MIXED_SCRIPTS}


def test_sharing_one_word_with_a_public_figure_holds_nobody():
    assert hold_reasons("Anna Rahmon", ["Emomali Rahmon"]) == frozenset()


@pytest.mark.feature(48)
@pytest.mark.parametrize("cell", ["=1+1", "+48", "-1", "@x", "\tx", "\rx", " =1", "＝1"])
def test_a_cell_is_never_a_formula(cell):
    assert formula_safe(cell) == "'" + cell


def test_an_ordinary_cell_is_left_alone():
    assert formula_safe("Jean-Pierre") == "Jean-Pierre"
    assert formula_safe("") == ""
