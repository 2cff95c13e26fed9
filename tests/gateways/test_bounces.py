import io
import mailbox
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import func, select

from campaign import worker
from campaign.collaborators import now
from campaign.database import db, unit_of_work
from campaign.domain.links import Links
from campaign.domain.signatures import invalidating
from campaign.domain.signatures.invalidating import Conditions
from campaign.domain.supporters import bouncing
from campaign.domain.supporters.bouncing import Outcome
from campaign.gateways import bounces
from campaign.models.signature import Signature
from campaign.models.supporter import Reason, Subscription, SubscriptionState, Suppression
from campaign.models.update import MailTrouble, TroubleKind
from tests.make import NOON


@pytest.fixture
def petition(make):
    return make.open_petition()


@pytest.fixture
def leila(make, petition):
    """She signed, asked for news, and her mailbox is gone."""
    return make.confirmed_signature(petition, make.signer("Leila", "leila@post.example", wants_updates=True))


@pytest.fixture
def path(tools, leila):
    return tools.writer.return_path(leila.public_id)


def dsn(to, status="5.1.1", action="failed"):
    """What a mail server sends back (RFC 3464), by hand as servers write it."""
    return f"""Return-Path: <>
To: {to}
From: MAILER-DAEMON@mx.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
MIME-Version: 1.0

--b
Content-Type: text/plain

This is the mail system. Sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Mon, 1 Jan 2026 00:00:00 +0000

Final-Recipient: rfc822; somebody@post.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user

--b--
""".replace("\n", "\r\n").encode()


def arf(path, kind="abuse"):
    """What a provider sends when somebody presses “this is spam” (RFC 5965): our letter is quoted in it."""
    return f"""To: complaints@campaign.example
From: feedback@provider.example
Subject: complaint
Content-Type: multipart/report; report-type=feedback-report; boundary="b"
MIME-Version: 1.0

--b
Content-Type: text/plain

A complaint.

--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: provider/1
Version: 1

--b
Content-Type: message/rfc822

Return-Path: <{path}>
From: letters@campaign.example
Subject: News that you asked for

words
--b--
""".replace("\n", "\r\n").encode()


def take(raw, links, *, at=NOON):
    report = bounces.read(raw, links)
    if report is None:
        return None
    with unit_of_work():
        return bouncing.take(report, at=at)


def stands(leila):
    row = db.session.scalars(select(Subscription)).one()
    listed = db.session.scalars(select(Suppression.reason)).all()
    db.session.refresh(leila)
    return row.state, list(listed), leila.bounced_at is not None, leila.state.value


@pytest.mark.feature(64, 65)
def test_a_mailbox_that_is_not_there_is_written_to_no_more_and_its_signature_marked(leila, petition, path, tools, make):
    assert take(dsn(path), tools.links) is Outcome.SUPPRESSED
    assert stands(leila) == (SubscriptionState.ENDED, [Reason.BOUNCED], True, "confirmed")
    assert take(dsn(path), tools.links) is Outcome.KNOWN
    make.confirmed_signature(petition)
    assert invalidating.count(petition, Conditions(is_bounced=True)) == 1, "staff can remove those together"


@pytest.mark.feature(64)
@pytest.mark.parametrize("kind", ["abuse", "not-spam"])
def test_a_complaint_ends_the_letters_for_good_and_leaves_the_signature_alone(leila, path, tools, kind):
    took = take(arf(path, kind), tools.links)
    if kind == "abuse":
        assert took is Outcome.SUPPRESSED
        assert stands(leila) == (SubscriptionState.ENDED, [Reason.COMPLAINT], False, "confirmed")
    else:
        assert took is None


@pytest.mark.feature(64)
def test_a_full_mailbox_counts_and_the_fifth_time_within_thirty_days_ends_it(leila, path, tools):
    for day in (0, 40, 41, 42, 43):
        at = NOON + timedelta(days=day)
        assert take(dsn(path, "4.2.2") + b"%d" % day, tools.links, at=at) is Outcome.NOTED
    assert stands(leila)[0] is SubscriptionState.ACTIVE, "one of the five is older than thirty days"
    assert take(dsn(path, "5.2.2"), tools.links, at=NOON + timedelta(days=44)) is Outcome.SUPPRESSED
    assert stands(leila) == (SubscriptionState.ENDED, [Reason.BOUNCED], True, "confirmed")


@pytest.mark.parametrize(
    ("status", "kind"),
    [("5.1.1", "hard"), ("5.4.4", "hard"), ("5.7.1", "soft"), ("5.2.2", "soft"), ("4.4.1", "soft"), ("2.0.0", None)],
)
def test_a_final_answer_about_our_words_or_a_full_box_is_not_about_the_mailbox(status, kind):
    assert bouncing.kind_of(status) == (TroubleKind(kind) if kind else None)


def test_a_forged_report_without_a_token_of_ours_changes_nothing(leila, path, tools, app):
    local, _, domain = path.partition("@")
    token = local.partition("+")[2]
    other = Links(b"x" * 32).return_token(leila.public_id)
    forged = ["leila@post.example", f"bounces@{domain}", f"letters+{other}@{domain}"]
    forged += [f"letters+{token[:-1]}{'a' if token[-1] != 'a' else 'b'}@{domain}", f"letters+{token[1:]}@{domain}"]
    for to in forged:
        assert take(dsn(to), tools.links) is None, to
    harmless = [dsn(path, action="delayed"), dsn(path, action="delivered"), b"To: " + path.encode()]
    for raw in (b"", b"\xff" * 100, *harmless):
        assert take(raw, tools.links) is None, raw[:20]
    assert stands(leila)[0] is SubscriptionState.ACTIVE
    assert db.session.scalar(select(func.count()).select_from(MailTrouble)) == 0


def test_a_server_that_knows_no_standard_is_understood_as_well(leila, path, tools):
    message = EmailMessage()
    message["To"], message["From"], message["Subject"] = path.upper(), "MAILER-DAEMON@mx.example", "failure notice"
    message.set_content(
        "Hi. This is the qmail-send program at mx.example.\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        "<somebody@post.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line\n"
    )
    assert take(message.as_bytes(), tools.links) is Outcome.SUPPRESSED


@pytest.mark.feature(64)
def test_a_webhook_takes_whole_messages_and_events_and_answers_alike(leila, path, client, tools):
    for body, how in (
        (b"nonsense", {"content_type": "message/rfc822"}),
        (b'[{"type": "bounce", "status": "5.1.1", "return_path": "x@y"}, 3]', {"content_type": "application/json"}),
        (b"{", {"content_type": "application/json"}),
    ):
        assert client.post("/hooks/bounces", data=body, **how).status_code == 204
    assert stands(leila)[0] is SubscriptionState.ACTIVE
    event = {"type": "complaint", "return_path": path, "id": "1"}
    answer = client.post("/hooks/bounces", json={"events": [event]}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 204
    assert stands(leila)[1] == [Reason.COMPLAINT]
    assert client.post("/hooks/bounces", data={"a": "b"}).status_code == 415


def test_a_mailbox_or_a_pipe_is_read_by_a_command(leila, path, app, tmp_path):
    box = mailbox.Maildir(tmp_path / "box")
    for raw in (dsn(path), b"Subject: hello\r\n\r\nno report"):
        box.add(raw)
    db.session.commit()
    runner = app.test_cli_runner()
    said = runner.invoke(args=["mail", "bounces", "--maildir", str(tmp_path / "box")]).output
    assert said == "2 message(s) read, 1 genuine report(s), 1 mailbox(es) written to no more\n"
    again = runner.invoke(args=["mail", "bounces", "--maildir", str(tmp_path / "box")]).output
    assert again.startswith("0 message(s) read")
    piped = runner.invoke(args=["mail", "bounces"], input=io.BytesIO(dsn(path))).output
    assert "1 genuine report(s), 0 mailbox(es)" in piped
    assert stands(leila)[0] is SubscriptionState.ENDED
    assert db.session.scalars(select(Signature.bounced_at)).one() <= now()


@pytest.mark.parametrize("kind", ["maildir", "mbox"])
def test_the_worker_reads_the_mailbox_of_the_settings(leila, path, app, tools, tmp_path, kind):
    where = tmp_path / "box"
    settings = replace(tools.settings, mail_bounce_box=(kind, where))
    app.extensions["collaborators"] = replace(tools, settings=settings)
    assert worker.read_returns() == 0, "a mailbox that is not there stops nothing"
    box = mailbox.Maildir(where) if kind == "maildir" else mailbox.mbox(where)
    for raw in (dsn(path), b"Subject: hello\r\n\r\nno report"):
        box.add(raw)
    box.close()
    db.session.commit()
    assert [worker.read_returns(), worker.read_returns()] == [1, 0]
    assert stands(leila)[0] is SubscriptionState.ENDED
