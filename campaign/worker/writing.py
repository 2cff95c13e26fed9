"""Letters that leave: what waits goes, and what the calendar asks for is posted."""

from datetime import timedelta

import structlog
from flask_mail import Message

from campaign.collaborators import Collaborators, collaborators, now, phrases
from campaign.database import db, take_bells, unit_of_work
from campaign.domain import posting, relaying
from campaign.domain.errors import SealBroken
from campaign.domain.joint_letters import cosigning
from campaign.domain.news import noticing
from campaign.domain.packets import reminding
from campaign.domain.posting import Fate
from campaign.domain.signatures import nudging
from campaign.domain.supporters import bouncing
from campaign.gateways import leaflets
from campaign.gateways.mailer import Post, ServerUnreachable
from campaign.gateways.newsroom import Newsroom
from campaign.gateways.returns import Box
from campaign.models.letter import Letter

log = structlog.get_logger()

BATCH = 50  # letters under one lease
_BOX = Box()


def send_letters(patience: timedelta = posting.LEASE / 2) -> int:
    """Send what is due, a batch under one connection at a time; how many were settled.

    A batch that takes longer than `patience` is ended and what is left of it given back, so that no lease
    runs out, and no letter goes twice, because a mail server is slow.
    """
    settled = 0
    while True:
        begun = now()
        with unit_of_work():
            ids = posting.claim(BATCH, at=begun)
        if not ids:
            return settled
        try:
            with collaborators().post_office.open() as post:
                with unit_of_work():
                    relaying.heard(takes_any_script=post.takes_any_script, at=begun)
                for letter_id in ids:
                    _send(letter_id, post, collaborators())
                    settled += 1
                    if now() - begun >= patience:
                        break
        except ServerUnreachable:
            _give_back(ids)
            log.warning("mail server unreachable", letters=len(ids))
            return settled
        _give_back(ids)


def send_updates() -> int:
    """One round of the letters of news; how many were settled. Rung again while more could go."""
    tools = collaborators()
    room = Newsroom(tools.writer, tools.post_office, tools.seal, first=send_letters, clock=now)
    settled, more = room.work()
    if more:
        tools.ring("updates")
    return settled


def notice() -> int:
    """Write the letters of news that nobody has to write; how many."""
    with unit_of_work():
        written = noticing.look(phrases, at=now())
    for bell in take_bells():
        collaborators().ring(bell)
    return written


def read_returns() -> int:
    """Look into the mailbox of what came back, where the settings name one; how many genuine reports."""
    tools = collaborators()
    if tools.settings.mail_bounce_box is None:
        return 0
    return _BOX.look(*tools.settings.mail_bounce_box, tools.links, now=now)


def _give_back(ids: list[int]) -> None:
    with unit_of_work():
        posting.release(ids, at=now())


def _send(letter_id: int, post: Post, tools: Collaborators) -> None:
    """One letter, one commit. A letter that cannot be written is recorded and stops no other."""
    try:
        message = _written(letter_id, tools)
        fate, code = post.send(message) if message is not None else (Fate.NOT_WANTED, None)
    except ServerUnreachable:
        raise
    except SealBroken:
        fate, code = Fate.LATER, "address box not readable here"
    except Exception as fault:  # its text may quote an address, so only its name is kept
        log.error("letter not sent", letter=letter_id, fault=type(fault).__name__)
        fate, code = Fate.LATER, type(fault).__name__
    with unit_of_work():
        posting.settle(letter_id, fate, fault=code, at=now())
        whose = posting.signer_of(letter_id) if fate is Fate.NEVER else None
        if whose is not None and code:
            bouncing.refused(whose, code, f"letter {letter_id}", at=now())


def _written(letter_id: int, tools: Collaborators) -> Message | None:
    """The letter, read in a transaction that is over before the mail server is asked anything.

    It may take its time: on SQLite, a transaction open meanwhile would hold up every visitor who signs.
    """
    try:
        letter = db.session.get_one(Letter, letter_id)
        if letter.kind == "update-test":
            return leaflets.test_letter(letter, tools.writer, at=now())
        return tools.writer.write(letter, at=now())
    finally:
        db.session.rollback()


def remind() -> int:
    """Tell staff whose day of asking again has come, and organisations whose deadline is near; how many letters."""
    with unit_of_work():
        told = reminding.tell(at=now()) + cosigning.remind(at=now())
    for bell in take_bells():
        collaborators().ring(bell)
    return told


def nudge() -> int:
    """Remind those who have not answered the letter to their form; how many letters were posted."""
    with unit_of_work():
        posted = nudging.nudge(at=now())
    if posted:
        collaborators().ring("letters")
    return posted
