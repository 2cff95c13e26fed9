import json
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.names import accepted
from campaign.domain.spellings import search_key, skeleton, spelling_key

TABLES = Path(__file__).parent.parent / "names"
ACCEPTED = [accepted(row["name"]) for row in json.loads((TABLES / "accepted.json").read_text("utf-8"))]

SAME_WHEN_SEARCHED = [
    ("Anna Smith", "ANNA  SMITH"), ("José Núñez", "jose nunez"), ("Łukasz Żółć", "lukasz zolc"),
    ("Groß", "GROSS"), ("Ærø", "Aero"), ("İpek Işık", "ipek isik"), ("O’Brien", "OBrien"), ("Əli", "ali"),
    ("Jean-Pierre", "jean pierre"), ("J.Roe", "J. Roe"), ("Nguyễn Hoà", "nguyen hòa"), ("Gʻaniyev", "G’aniyev"),
    ("علی کریمی", "علي كريمي"), ("أحمد", "احمد"), ("مُحَمَّد", "محمد"), ("عـــلي", "علي"), ("فاطمة", "فاطمه"),
    ("علی\u200cرضا", "علیرضا"), ("لؤي", "لوي"), ("שָׂרָה", "שרה"), ("نور ہاشمی", "نور هاشمي"),
    ("Пётр", "Петр"), ("Қосимова", "Косимова"), ("Раҳимова", "Рахимова"), ("Ӣсо", "Исо"), ("Ӯктам", "Уктам"),
    ("Ҷамила", "Чамила"), ("Ғаниев", "Ганиев"), ("Ὀδυσσεύς", "οδυσσευσ"), ("ሀይሉ", "ኃይሉ"), ("ሠናይት", "ሰናይት"),
    ("ኀይሉ", "ሀይሉ"), ("ኂሩት", "ሂሩት"), ("ዓለም", "አለም"), ("ሓና", "ሀና"), ("ጸጋዬ", "ፀጋዬ"),
    ("ፀሐይ", "ጸሀይ"), ("ዐለም", "አለም"), ("क़ासिम", "कासिम"), ("김민수", "\u1100\u1175\u11b7민수"), ("ｶﾏﾄﾞ", "カマド"),
    ("Anna ٢", "Anna 2"), ("葛\U000e0100城", "葛城"),
]  # fmt: skip
DIFFERENT_WHEN_SEARCHED = [
    ("राम", "रमा"), ("かく", "がく"), ("สมชาย", "สมชย"), ("김민수", "김민소"), ("Ann", "Anna"), ("王小明", "王小朋"),
    ("Анна", "Anna"), ("ບຸນ", "ບນ"), ("மணி", "மணீ"),
]  # fmt: skip
VARIANTS = [
    "Mahmatali Mahmadali Muhammadali Махмадали Маҳмадалӣ", "Hayit Khait Хаит Ҳайит", "Zayd Zaid Зайд",
    "Saidov Sayidov Саидов", "Kudratov Qudratov Қудратов Кудратов", "Shuhrat Shukhrat Шуҳрат Шухрат",
    "Fakhridin Fakhriddin Фахриддин", "Buzurgmehr Buzurgmekhr Buzurghmehr Бузургмеҳр Бузургмехр",
    "Yorov Ёров Еров", "Makhkamov Mahkamov Маҳкамов Махкамов", "Vohidova Vokhidova Воҳидова",
    "Iskhok Ishoq Исҳоқ Исхок", "Ibragimov Ibrohimov Иброҳимов Ибрагимов", "Maqsoud Maksud Мақсуд Максуд",
    "Nuriddin Nouriddin Нуриддин", "Fayziniiso Fayziniso Faisiniso Файзинисо", "Zokirov Zakirov Зокиров",
    "Jamshed Dzhamshed Djamshed Ҷамшед Джамшед", "Dodojonova Dodozhonova Додоҷонова", "Firuz Firouz Фирӯз",
    "Bialiatski Byalyatski Беляцкий",
    "Salimzoda Salimzade Salimzadeh Салимзода", "Maxim Maksim Максим", "Aliev Aliyev Алиев Əliyev", "Yaqub Yakub Якуб",
    "Nuruddin Nureddin Nuriddin", "Mohammed Muhammad Mukhammad Magomed Mehmet",
]  # fmt: skip
PEOPLE_OF_2017 = [
    "Emomali Rahmon", "Mahmatali Hayit", "Zayd Saidov", "Shukhrat Kudratov", "Fakhridin Zokirov",
    "Buzurgmehr Yorov", "Jamshed Yorov", "Nuriddin Makhkamov", "Dilbar Dodojonova", "Firuz Tabarov",
    "Daler Tabarov", "Iskhok Tabarov", "Fayziniiso Vohidova", "Maksud Ibragimov",
]  # fmt: skip
WHOLE_NAMES = [
    ("Mahmatali Hayit", "Mahmadali Khait", "Muhammadali Hayit", "Махмадали Хаит"),
    ("Zayd Saidov", "Zaid Saidov", "Zaid Sayidov"),
    ("Shukhrat Kudratov", "Shuhrat Qudratov"),
    ("Buzurgmehr Yorov", "Buzurgmekhr Yorov", "Buzurghmehr Yorov", "Бузургмеҳр Ёров"),
    ("Nuriddin Makhkamov", "Nouriddin Mahkamov"),
    ("Iskhok Tabarov", "Ishoq Tabarov", "Исҳоқ Табаров"),
    ("Maksud Ibragimov", "Maqsoud Ibrohimov"),
]
names = st.one_of(st.sampled_from(ACCEPTED), st.text(max_size=12))


@pytest.mark.parametrize("pair", SAME_WHEN_SEARCHED, ids="/".join)
def test_a_search_forgets_case_marks_and_the_habits_of_keyboards(pair):
    assert search_key(pair[0]) == search_key(pair[1])


@pytest.mark.parametrize("pair", DIFFERENT_WHEN_SEARCHED, ids="/".join)
def test_a_search_does_not_confuse_different_names(pair):
    assert search_key(pair[0]) != search_key(pair[1])


def test_every_accepted_name_can_be_searched():
    assert all(search_key(name) and skeleton(name) for name in ACCEPTED)


@given(names)
def test_folding_a_folded_name_changes_nothing(name):
    assert search_key(search_key(name)) == search_key(name)


@given(names)
def test_the_skeleton_of_a_skeleton_is_itself(name):
    assert skeleton(skeleton(name)) == skeleton(name)


@given(names)
def test_names_that_search_alike_look_alike(name):
    assert skeleton(search_key(name)) == skeleton(name)


@pytest.mark.parametrize(
    "pair",
    [("Anna Popov", "Аnnа Рорov"), ("Paco", "Расо"), ("Helena", "Неlenа"), ("Maria", "ΜΑRΙΑ"), ("Tom", "ΤΟΜ"),
     ("Sara", "ꓢꓮꓣꓮ"), ("Ali", "Aӏі"), ("Lola", "L0la"), ("lola", "1o1a"), ("Bob", "Воb"),
     ("hugo", "հսցօ"), ("Anna", "ᴀɴɴᴀ"), ("Amd", "ᎪᎷᎠ")],
)  # fmt: skip
def test_borrowed_lookalikes_have_the_same_skeleton(pair):
    assert skeleton(pair[0]) == skeleton(pair[1])


def test_skeletons_are_what_they_were_when_the_first_keys_were_stored():
    stored = {
        "Фируза Раҳимова": "фиpy3a paxиmoba",
        "Jean-Pierre Lefèvre": "jean pierre lefevre",
        "علی\u200cرضا": "عليرضا",
        "王小明": "王小明",
    }
    assert {name: skeleton(name) for name in stored} == stored


@pytest.mark.parametrize("words", VARIANTS)
def test_any_spelling_finds_the_person(words):
    assert len({spelling_key(word) for word in words.split()}) == 1


@pytest.mark.parametrize("spellings", WHOLE_NAMES, ids=lambda spellings: spellings[0])
def test_the_whole_name_is_found_by_every_route_into_latin(spellings):
    assert len({spelling_key(name) for name in spellings}) == 1


def test_the_people_of_the_reference_case_stay_apart():
    for one, other in combinations(PEOPLE_OF_2017, 2):
        assert spelling_key(one) != spelling_key(other)
        given_one, given_other = spelling_key(one).split()[0], spelling_key(other).split()[0]
        assert given_one != given_other


@pytest.mark.parametrize("pair", [("Mahmud", "Muhammad"), ("Zayd", "Said"), ("Vohidov", "Vohidova"), ("Ali", "Vali")])
def test_names_that_only_resemble_each_other_are_told_apart(pair):
    assert spelling_key(pair[0]) != spelling_key(pair[1])


def test_one_word_is_enough_to_find_somebody():
    assert spelling_key("Ёров") in spelling_key("Buzurgmehr Yorov").split()


def test_other_scripts_are_found_as_they_are_written():
    assert spelling_key("محمد رضایی") == search_key("محمد رضایی")
    assert spelling_key("王小明") == "王小明"
