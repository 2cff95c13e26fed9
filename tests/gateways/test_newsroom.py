import re
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from campaign.collaborators import collaborators, now
from campaign.database import db, unit_of_work
from campaign.domain import limits
from campaign.domain.links import Purpose
from campaign.domain.news import mailing, pacing, updating
from campaign.domain.news.segmenting import Segment
from campaign.domain.supporters import bouncing, subscribing, suppressing
from campaign.gateways.newsroom import Newsroom
from campaign.models.petition import Petition
from campaign.models.supporter import Reason, Subscription
from campaign.models.update import MailPace, MailTrouble, Update, UpdateLetter, UpdateState
from campaign.web.public.memory import memory
from tests.fakes import LINK, link, words
from tests.make import NOON
from tests.news import scheduled, send, subscribers


@pytest.fixture
def campaign(make):
    return make.open_petition().campaign


def set_limit(name, value):
    with unit_of_work():
        limits.change(name, value, by="Ada", at=now())
    memory().forget()


def states():
    rows = db.session.scalars(select(UpdateLetter).order_by(UpdateLetter.id))
    return [row.state.value for row in rows]


def make_due():
    for row in db.session.scalars(select(UpdateLetter)):
        row.due_at = now()
    db.session.commit()


@pytest.mark.feature(61, 66)
def test_everybody_who_asked_gets_the_update_once_over_one_connection(make, campaign, post_office):
    people = subscribers(make, campaign, 60) + subscribers(make, campaign, 60, domain="lake.example")
    update = scheduled(make, campaign)
    assert [send(), send()] == [120, 0]
    assert len({str(m["To"]) for m in post_office.letters}) == len(post_office.letters) == len(people)
    assert post_office.connections == 1
    assert (update.state, updating.progress(update).sent) == (UpdateState.SENT, 120)


@pytest.mark.feature(62)
def test_its_heads_are_those_that_mail_programs_ask_for_and_name_nobody(make, campaign, post_office, tools):
    subscribers(make, campaign, 1)
    update = scheduled(make, campaign)
    send()
    (letter,) = post_office.letters
    stop = link(letter, "unsubscribe")
    assert letter["List-Unsubscribe"] == f"<{stop}>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["List-Id"] == f"<news-{campaign.id}.campaign.example>"
    assert re.fullmatch(r"<[0-9a-f]{32}@campaign\.example>", letter["Message-ID"])
    assert (letter["Subject"], letter["Auto-Submitted"]) == ("News that you asked for", None)
    person = db.session.scalars(select(Subscription)).one()
    (path,) = post_office.return_paths
    token = path.partition("+")[2].partition("@")[0]
    assert tools.links.returned(token.upper()) == person.public_id
    assert len(path.partition("@")[0]) <= 64
    heads = "".join(str(value) for value in letter.values()) + "".join(LINK.findall(words(letter)))
    named = [
        campaign.title,
        campaign.slug,
        campaign.reference,
        campaign.petitions[0].slug,
        "rahimzoda",
        update.texts[0].title,
    ]
    assert [each for each in named if each.casefold() in heads.casefold()] == []


def test_text_and_html_hold_the_same_words_and_load_nothing(make, campaign, post_office):
    subscribers(make, campaign, 1)
    scheduled(
        make,
        campaign,
        body="# Head\n\nFirst *word* & more\n\n1. one\n2. two\n\n> said\n\n![x](https://t.example/p.gif)",
    )
    send()
    (letter,) = post_office.letters
    html = letter.get_body(("html",)).get_content()
    plain = "\n".join(words(letter).splitlines())
    for none in ("<img", "<style", "<link", "t.example", "court.example"):
        assert none not in html
    assert 'style="' in html
    bare = re.sub(r"<[^>]+>", " ", html.partition("<body")[2].partition(">")[2].partition('class="foot"')[0])
    bare = bare.replace("&amp;", "&")
    spoken = [w for w in re.findall(r"\w+", LINK.sub("", plain.partition("\n-- \n")[0])) if not w.isdigit()]
    label = ["The", "page", "of", "this", "letter"]  # what the link is called where its address is not shown
    assert re.findall(r"[^\W\d]\w*", bare.rpartition("<")[0] or bare) == spoken + label
    assert set(LINK.findall(plain)) == {url.partition('"')[0] for url in LINK.findall(html)}


@pytest.mark.feature(61)
@pytest.mark.parametrize(
    ("lang", "frame", "why"),
    [("es", "es", "Recibe esta carta porque"), ("fa", "en", "You get this"), ("zh-Hant", "en", "You get this")],
)
def test_why_somebody_gets_a_letter_and_how_to_stop_it_is_said_in_its_language_or_marked_as_english(
    make, campaign, post_office, lang, frame, why
):
    spoken = campaign.petitions[0].texts[0]
    columns = {c.name: getattr(spoken, c.name) for c in type(spoken).__table__.columns if c.name not in {"id", "lang"}}
    db.session.add(type(spoken)(lang=lang, **columns))
    subscribers(make, campaign, 10, lang=lang)
    db.session.expire_all()
    scheduled(make, campaign, lang=lang, segment=Segment(lang=lang))
    send()
    letter = post_office.letters[0]
    assert why in words(letter)
    html = letter.get_body(("html",)).get_content()
    whole, foot = (set(html.partition(tag)[2].partition(">")[0].split()) for tag in ("<html ", '<div class="foot"'))
    assert {f'lang="{lang}"', f'dir="{"rtl" if lang == "fa" else "ltr"}"'} <= whole
    assert {f'lang="{frame}"', 'dir="ltr"'} <= foot


@pytest.mark.feature(62, 63)
def test_the_click_of_a_mail_program_stops_them_without_a_cookie_and_a_scanner_does_not(
    make, campaign, post_office, client
):
    subscribers(make, campaign, 1)
    scheduled(make, campaign)
    send()
    (letter,) = post_office.letters
    path = "/" + letter["List-Unsubscribe"].strip("<>").split("/", 3)[3]
    client.get(path)
    client.head(path)
    person = db.session.scalars(select(Subscription)).one()
    assert person.state.value == "active"
    answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (200, [])
    db.session.refresh(person)
    assert (person.state.value, person.email_box) == ("ended", None)
    again = re.search(r'href="([^"]+/ask-for-news)"', answer.text)[1]
    assert again == f"/campaigns/{campaign.slug}/ask-for-news", "the way back says nothing of who she is"
    assert client.get(again).status_code == 200


@pytest.mark.feature(63, 64)
@pytest.mark.parametrize("how", ["unsubscribed", "listed"])
def test_whoever_left_when_her_letter_was_ready_already_gets_none(make, campaign, post_office, how):
    """The list is asked last: here the letter is claimed, its address open, and then she leaves."""
    last, campaign_id = subscribers(make, campaign, 2)[1].public_id, campaign.id
    key = make.seal.subscription_key(campaign.hash_secret, "person.1@post.example")
    scheduled(make, campaign)

    def leave(_envelope):
        if not post_office.letters:
            with unit_of_work():
                if how == "unsubscribed":
                    subscribing.end(last, at=now())
                else:
                    suppressing.add(campaign_id, key, Reason.COMPLAINT, at=now())
        return "250 taken"

    post_office.answer = in_app(make, leave)
    send()
    assert [str(m["To"]) for m in post_office.letters] == ["person.0@post.example"]
    assert states() == ["sent", "not_wanted"]


def in_app(make, act):
    """What the mail server's thread does on the site."""
    from flask import current_app

    app = current_app._get_current_object()

    def answer(envelope):
        with app.app_context():
            return act(envelope)

    return answer


@pytest.mark.feature(66)
def test_pausing_stops_at_the_next_letter_going_on_sends_the_rest_and_ending_sends_no_more(make, campaign, post_office):
    subscribers(make, campaign, 5)
    update = scheduled(make, campaign)
    id = update.id

    def pause(_envelope):
        if len(post_office.letters) == 1:
            with unit_of_work():
                there = db.session.get_one(Update, id)
                updating.pause(there, by=there.author, at=now())
        return "250 taken"

    post_office.answer = in_app(make, pause)
    send()
    assert len(post_office.letters) == 2
    post_office.answer = lambda _: "250 taken"
    assert send() == 0
    with unit_of_work():
        updating.resume(update, by=update.author, at=now())
        set_limit("news.hour", 120)
    send()
    assert updating.progress(update).waiting == 2, "at two a minute one may go now"
    with unit_of_work():
        updating.cancel(update, by=update.author, at=now())
    set_limit("news.hour", 20_000)
    assert send() == 0
    assert len(post_office.letters) == 3
    assert update.state is UpdateState.CANCELLED


@pytest.mark.feature(69)
def test_sending_keeps_to_the_pace_for_all_and_for_each_domain_and_to_quiet_hours(make, campaign, post_office):
    subscribers(make, campaign, 6, domain="big.example")
    subscribers(make, campaign, 3, domain="small.example")
    scheduled(make, campaign)
    set_limit("news.domain.hour", 120)
    send()
    to = [str(m["To"]).partition("@")[2] for m in post_office.letters]
    assert (to.count("big.example"), to.count("small.example")) == (3, 3), "two a minute, and the first at once"
    turns = sorted(db.session.scalars(select(UpdateLetter.due_at).where(UpdateLetter.state == "queued")))
    assert [(b - a).total_seconds() for a, b in pairwise(turns)] == pytest.approx([30, 30])
    known = db.session.scalars(select(MailPace.domain_key)).all()
    assert all(b"example" not in key for key in known)
    set_limit("news.quiet.from", now().hour)
    set_limit("news.quiet.until", (now() + timedelta(hours=2)).hour)
    make_due()
    assert send() == 0
    rules = limits.Limits(limits.DEFAULTS | {"news.quiet.from": 22, "news.quiet.until": 6})
    assert [pacing.is_quiet(NOON.replace(hour=h), rules) for h in (21, 22, 5, 6)] == [False, True, True, False]


def send_at(moment):
    """One round at that moment; how many left."""
    db.session.commit()
    tools = collaborators()
    return Newsroom(tools.writer, tools.post_office, tools.seal, first=int, clock=lambda: moment).work()[0]


@pytest.mark.feature(69)
def test_a_turn_that_was_missed_in_quiet_hours_is_taken_anew_and_a_long_line_holds_nobody_else_up(
    make, campaign, post_office
):
    subscribers(make, campaign, 110, domain="big.example")
    subscribers(make, campaign, 1, domain="small.example")
    scheduled(make, campaign)
    set_limit("news.domain.hour", 120)
    begun = now()
    assert send_at(begun) == 3 + 1, "a hundred letters wait for their turn, and the small one goes at once"
    assert [send_at(begun + timedelta(hours=8, minutes=n)) for n in range(4)] == [3, 0, 2, 2]


@pytest.mark.feature(66, 69)
def test_a_domain_that_says_later_is_left_alone_and_one_that_says_no_is_not_asked_again(make, campaign, post_office):
    subscribers(make, campaign, 4, domain="busy.example")
    subscribers(make, campaign, 2, domain="gone.example")
    subscribers(make, campaign, 1, domain="well.example")
    scheduled(make, campaign)
    says = {"busy.example": "451 later", "gone.example": "550 nobody"}
    post_office.answer = lambda envelope: says.get(envelope.rcpt_tos[0].partition("@")[2], "250 taken")
    send()
    assert post_office.attempts == 1 + 2 + 1, "of the busy one only the first was tried"
    assert states() == ["queued"] * 4 + ["failed"] * 2 + ["sent"]
    says.clear()
    make_due()
    assert send() == 0, "its rest is not over"
    for line in db.session.scalars(select(MailPace)):
        line.not_before = line.not_before and now()
    db.session.commit()
    make_due()
    send()
    make_due()
    send()
    assert states() == ["sent"] * 4 + ["failed"] * 2 + ["sent"]
    assert {(line.refusals, line.not_before) for line in db.session.scalars(select(MailPace))} == {(0, None)}


def test_a_worker_that_died_with_letters_in_its_hands_is_followed_by_one_that_sends_them(
    make, campaign, post_office, tools
):
    subscribers(make, campaign, 3)
    update = scheduled(make, campaign)
    with unit_of_work():
        mailing.begin_due(at=now())
        mailing.fan_out(at=now(), limit=2)  # killed half-way through fanning out, and with two in its hands
    with unit_of_work():
        assert len(mailing.claim(10, opener=tools.mail_opener, seal=tools.seal, at=now()).parcels) == 2
    assert send() == 1
    assert update.state is UpdateState.SENDING
    make_due()
    assert send() == 2
    assert len({str(m["To"]) for m in post_office.letters}) == len(post_office.letters) == 3


def test_what_somebody_waits_for_goes_before_everything_else(make, campaign, post_office):
    subscribers(make, campaign, 60)
    scheduled(make, campaign)
    petition, asked = make.open_petition().id, []

    def sign(_envelope):
        if len(post_office.letters) == 10 and not asked:
            asked.append(petition)
            leila = make.signer(email="leila@post.example")
            make.pending_signature(db.session.get_one(Petition, petition), leila, at=now())
        return "250 taken"

    post_office.answer = in_app(make, sign)
    send()
    order = [str(m["To"]) for m in post_office.letters]
    assert len(order) == 61
    assert order.index("leila@post.example") <= 50, "not after the batch that was under way"


@pytest.mark.feature(62)
def test_an_address_in_another_script_gets_its_update_and_a_line_break_in_it_gets_none(make, campaign, post_office):
    first, second = subscribers(make, campaign, 2)
    first.email_box = make.seal.address_box("лейла@почта.example", first.public_id)
    second.email_box = make.seal.address_box("x@post.example\r\nBcc: all@post.example", second.public_id)
    db.session.commit()
    scheduled(make, campaign)
    send()
    assert len(post_office.letters) == 1
    assert states() == ["sent", "queued"]
    stop = link(post_office.letters[0], "unsubscribe")
    assert make.links.claim(Purpose.UNSUBSCRIBE, stop.rpartition("/")[2])
    assert f"\r\nList-Unsubscribe: <{stop}>\r\n".encode() in post_office.raw[0], "as its program looks for it"


def test_a_month_later_the_totals_are_kept_and_not_who_got_it(make, campaign, post_office):
    subscribers(make, campaign, 3)
    update = scheduled(make, campaign)
    send()
    with unit_of_work():
        assert mailing.forget(at=now() + timedelta(days=29)) == 0
        assert mailing.forget(at=now() + timedelta(days=31)) == 3
    assert (updating.progress(update).sent, states()) == (3, [])


@pytest.mark.feature(64)
def test_a_wrong_address_refused_at_once_is_written_to_no_more_and_any_other_refusal_counts(
    make, campaign, post_office
):
    subscribers(make, campaign, 1)
    subscribers(make, campaign, 1, domain="lake.example")
    petition = campaign.petitions[0]
    leila = make.confirmed_signature(petition, make.signer("Leila", "leila@gone.example", wants_updates=True))
    said = {"lake.example": "552 5.2.2 the mailbox is full", "gone.example": "550 5.1.1 no such mailbox"}
    post_office.answer = lambda letter: said.get(letter.rcpt_tos[0].partition("@")[2], "250 taken")
    scheduled(make, campaign)
    send()
    ended = {row.email_box is None: row for row in db.session.scalars(select(Subscription))}
    active = [row.state.value for row in db.session.scalars(select(Subscription).order_by(Subscription.id))]
    assert active == ["active", "active", "ended"]
    assert ended[True].public_id == leila.public_id
    db.session.refresh(leila)
    assert leila.bounced_at is not None, "staff find her signature marked"
    kinds = db.session.scalars(select(MailTrouble.kind).order_by(MailTrouble.kind))
    assert [kind.value for kind in kinds] == ["hard", "soft"]
    for fault in ("smtp 550 sender 5.1.8", "smtp without SMTPUTF8", "smtp 451 4.1.1"):
        assert bouncing.refused(leila.public_id, fault, "another", at=now()) is None, "not about her"
