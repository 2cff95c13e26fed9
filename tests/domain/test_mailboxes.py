import pytest

from campaign.database import db, unit_of_work
from campaign.domain import mailboxes, typos
from campaign.domain.mailboxes import SHIPPED, MailboxRuleWrong, canonical
from campaign.domain.signatures import lists
from campaign.models.campaign import State
from campaign.models.site import ListName
from tests.make import NOON


def rule(make, line):
    with unit_of_work():
        lists.add(ListName.SAME_MAILBOX, line, at=NOON, seal=make.seal)


@pytest.mark.feature(29)
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("leila@gmail.com", "Le.i.la+tj@GoogleMail.com"),
        ("leila@outlook.com", "leila+x@outlook.com"),
        ("leila@me.com", "leila@icloud.com"),
        ("leila@proton.me", "lei.la@pm.me"),
        ("leila@ya.ru", "leila+1@yandex.com"),
    ],
)
def test_addresses_of_one_mailbox_at_a_big_provider_are_one(one, other):
    assert canonical(one, SHIPPED) == canonical(other, SHIPPED)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("leila@outlook.com", "lei.la@outlook.com"),
        ("leila@outlook.com", "leila@hotmail.com"),
        ("leila+a@post.example", "leila+b@post.example"),
        ("lei.la@post.example", "leila@post.example"),
        ("leila@gmail.com", "leila@gmail.example"),
    ],
)
def test_what_a_provider_tells_apart_stays_apart(one, other):
    assert canonical(one, SHIPPED) != canonical(other, SHIPPED)


def test_nothing_is_left_of_a_name_that_is_only_a_tag_so_it_stays_as_it_is():
    assert canonical("+tag@gmail.com", SHIPPED) == "+tag@gmail.com"


@pytest.mark.feature(29)
def test_what_staff_say_of_a_provider_replaces_what_is_shipped():
    rules = mailboxes.in_force(["outlook.com: exact", "post.example: plus post2.example"])
    assert canonical("leila+1@outlook.com", rules) == "leila+1@outlook.com"
    assert canonical("leila+1@post2.example", rules) == "leila@post.example"
    assert canonical("l.e@googlemail.com", rules) == "le@gmail.com"


@pytest.mark.parametrize("line", ["", "gmail.com", "gmail.com: stars", ": plus", "a b: plus", "x.example: exact plus"])
def test_a_rule_that_cannot_be_read_is_refused(line):
    with pytest.raises(MailboxRuleWrong):
        mailboxes.checked_rule(line)


def test_a_rule_has_one_form():
    assert mailboxes.checked_rule(" Post.Example:PLUS  dots B.example a.example") == (
        "post.example: dots plus a.example b.example"
    )


@pytest.mark.feature(29)
def test_a_changed_rule_lets_nobody_sign_a_running_petition_twice(make):
    running = make.open_petition()
    make.confirmed_signature(running, make.signer("Leila", "leila@post.example"))
    rule(make, "post.example: dots plus")
    again = make.confirmed_signature(running, make.signer("Leila", "leila@post.example"))
    assert again.state.value == "pending"  # the same person: it adds nothing
    make.count(running)
    assert running.signature_count == 1


@pytest.mark.feature(29)
def test_a_rule_applies_to_petitions_that_open_later_and_stays_with_them(make):
    rule(make, "post.example: plus")
    later = make.open_petition()
    with unit_of_work():
        lists.remove(ListName.SAME_MAILBOX, "post.example: plus")
    for email in ("leila+1@post.example", "leila+2@post.example"):
        make.confirmed_signature(later, make.signer("", email, visibility=make.signer().visibility))
    make.count(later)
    assert later.signature_count == 1
    assert mailboxes.rules_of(make.open_petition()) == mailboxes.in_force([])


def test_the_rules_of_a_draft_are_fixed_when_it_opens_and_not_when_it_reopens(make):
    petition = make.petition(state=State.DRAFT)
    rule(make, "post.example: plus")
    petition.state = State.OPEN
    db.session.commit()
    fixed = mailboxes.rules_of(petition)
    assert "post.example: plus" in fixed
    rule(make, "other.example: plus")
    for state in (State.PAUSED, State.OPEN):
        petition.state = state
        db.session.commit()
    assert mailboxes.rules_of(petition) == fixed


@pytest.mark.feature(33)
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmal.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("hotnail.com", "hotmail.com"),
        ("yahooo.com", "yahoo.com"),
        ("outlok.com", "outlook.com"),
        ("gmail.fr", "gmail.com"),
        ("lapsote.net", "laposte.net"),
    ],
)
def test_a_slip_of_the_finger_in_a_big_provider_is_noticed(typed, meant):
    assert typos.meant(typed) == meant


@pytest.mark.parametrize(
    "domain", ["gmail.com", "mail.com", "ymail.com", "gmx.at", "yandex.kz", "post.example", "me.com"]
)
def test_a_domain_that_people_use_is_not_questioned(domain):
    assert typos.meant(domain) is None


def test_no_provider_is_taken_for_a_slip_of_another():
    assert [p for p in typos.PROVIDERS if typos.meant(p)] == []
