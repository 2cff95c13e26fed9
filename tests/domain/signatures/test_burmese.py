import pytest

from campaign.domain.signatures import burmese

READ = {
    "ေအာင္ဆန္းစုၾကည္": "အောင်ဆန်းစုကြည်",
    "ေက်ာ္စိုး": "ကျော်စိုး",
    "ခင္ညြန႔္": "ခင်ညွန့်",
    "သန္းေရႊ": "သန်းရွှေ",
    "ႏွင္းေဝ": "နှင်းဝေ",
    "ၿဖိဳး": "ဖြိုး",
    "မင္းကိုႏိုင္": "မင်းကိုနိုင်",
    "ကိုကိုႀကီး": "ကိုကိုကြီး",
    "စႏၵာ": "စန္ဒာ",
    "ဇာနည္ေအာင္": "ဇာနည်အောင်",
    "ျဖဴစင္": "ဖြူစင်",
    "ဥမၼာ": "ဥမ္မာ",
    "တင္ေမာင္ဦး": "တင်မောင်ဦး",
}


@pytest.mark.feature(26)
@pytest.mark.parametrize(("typed", "meant"), READ.items())
def test_names_typed_in_zawgyi_are_read_as_their_bearers_write_them(typed, meant):
    assert burmese.in_unicode(typed) == meant
    assert not burmese.zawgyi_suspected(meant)


@pytest.mark.parametrize("typed", ["", "Leïla", "http://ေအာင္.example", "\u202eေအာင္"])
def test_what_is_no_name_in_zawgyi_is_not_read(typed):
    assert burmese.in_unicode(typed) is None


def test_an_endless_text_is_not_looked_at():
    assert not burmese.zawgyi_suspected("ေအာင္" * 5000)


@pytest.mark.parametrize("name", ["ေအာင္ျမင့္", "ေမာင္ေမာင္", "ၿဖိဳးၿဖိဳး"])
def test_zawgyi_is_suspected(name):
    assert burmese.zawgyi_suspected(name)


@pytest.mark.parametrize("name", ["အောင်မြင့်", "မောင်မောင်", "ခင်ခင်ဝင်း", "ၸၢႆးၶမ်း", "Anna", "王小明", ""])
def test_unicode_burmese_and_other_scripts_are_not_suspected(name):
    assert not burmese.zawgyi_suspected(name)
