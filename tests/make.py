"""Situations by name, made with the functions that the site itself uses.

`make.confirmed_signature()` signs a petition and confirms the letter's link; nothing is put into a table that
the site could not have put there. Every name and address given out is remembered, so that the logs of a test can
be searched for them (see `conftest.py`).
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TypeVar

from campaign.collaborators import Collaborators
from campaign.database import db, take_bells, unit_of_work
from campaign.domain import spellings
from campaign.domain.cases import showing
from campaign.domain.links import Claim, Purpose
from campaign.domain.signatures import confirming, counting, grouping, signing, withdrawing
from campaign.domain.signatures.signing import OpenPetition, Signer
from campaign.models.addressee import Addressee, AddresseeKind
from campaign.models.campaign import Campaign, State
from campaign.models.petition import Ask, Petition, PetitionAddressee, PetitionText
from campaign.models.prisoner import (
    Answer,
    Confidence,
    Consent,
    Fact,
    NameKind,
    Prisoner,
    PrisonerName,
    Question,
    Source,
    Status,
    Topic,
)
from campaign.models.signature import Signature, Visibility

# Yesterday at noon: lately enough for what is valid seven days, and in the past for the site's own clock.
NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)

Row = TypeVar("Row")

GIVEN_OUT: set[str] = set()  # names and addresses of this test, which no log may hold

CONSENT = (
    "I agree that this site keeps my name and my political opinion, sealed, to deliver this letter to the "
    "Secretary-General and to the Working Group."
)


class Make:
    """One for each test. `at` is the moment at which what it makes has happened."""

    def __init__(self, tools: Collaborators) -> None:
        self.tools = tools
        self.seal = tools.seal
        self.links = tools.links
        self.names = tools.names_opener
        self.addresses = tools.mail_opener
        self._numbers = count(1)

    # Who is held

    def prisoner(self, slug: str = "", *, native: str = "", publish_name: Answer = Answer.YES) -> Prisoner:
        """One lawyer, held, whose case has a sourced fact; named in public unless the test says otherwise."""
        n = next(self._numbers)
        name = f"Firdavs Rahimzoda {_roman(n)}"
        row = Prisoner(
            slug=slug or f"firdavs-rahimzoda-{n}",
            country="TJ",
            role="Lawyer",
            status=Status.DETAINED,
            status_as_of="2017-06",
            held_since="2015-09-28",
            last_checked_on=NOON.date(),
            last_checked_by="Staff",
        )
        row.names = [PrisonerName(kind=NameKind.CHOSEN, text=name, key=spellings.spelling_key(name))]
        if native:
            spelled = PrisonerName(kind=NameKind.NATIVE, text=native, lang="tg", key=spellings.spelling_key(native))
            row.names.append(spelled)
        row.facts = [_arrest()]
        row.consents = [Consent(question=Question.PUBLISH_NAME, answer=publish_name, channel="letter")]
        return _kept(row)

    def addressee(self, id: str = "sg", title: str = "the Secretary-General of the United Nations") -> Addressee:
        known = db.session.get(Addressee, id)
        if known is not None:
            return known
        return _kept(
            Addressee(
                id=id,
                kind=AddresseeKind.OFFICE,
                title=title,
                address_lines=["United Nations", "New York, NY 10017", "USA"],
                country="US",
                salutation="Excellency,",
                languages=["en", "fr"],
                as_of=NOON.date(),
                last_confirmed_on=NOON.date(),
                last_confirmed_by="Staff",
            )
        )

    # What is asked

    def campaign(
        self, *, prisoners: Sequence[Prisoner] = (), state: State = State.OPEN, title: str = "", body: str = ""
    ) -> Campaign:
        n = next(self._numbers)
        return _kept(
            Campaign(
                slug=f"freedom-for-the-lawyers-{n}",
                reference=f"TJ-2016-{n:03}",
                title=title or f"Freedom for the lawyers {n}",
                summary="They defended others, and were imprisoned for it.",
                body=body,
                country="TJ",
                state=state,
                facts_as_of="2017-06",
                opened_at=NOON - timedelta(days=30),
                hash_secret=_secret(f"campaign {n}"),
                prisoners=list(prisoners) or [self.prisoner()],
            )
        )

    def petition(
        self,
        *,
        state: State = State.OPEN,
        campaign: Campaign | None = None,
        addressees: Sequence[str] = ("sg",),
        people_per_address: int = 2,
        closes_at: datetime | None = None,
    ) -> Petition:
        n = next(self._numbers)
        campaign = campaign or self.campaign()
        if campaign.petitions:
            with _unit():
                grouping.join(campaign, at=NOON - timedelta(minutes=5))
            take_bells()
        row = Petition(
            campaign_id=campaign.id,
            slug=f"release-them-{n}",
            reference=f"TJ-2018-{n:03}",
            state=state,
            opened_at=NOON - timedelta(days=30),
            closes_at=closes_at,
            people_per_address=people_per_address,
            hash_secret=_secret(f"petition {n}"),
        )
        row.texts = [_words(addressees)]
        row.asks = [Ask(position=0, text="Call for their release.", asked_of="the Secretary-General")]
        row.addressees = [
            PetitionAddressee(addressee_id=self.addressee(id).id, position=i) for i, id in enumerate(addressees)
        ]
        return _kept(row)

    def open_petition(self, **about: object) -> Petition:
        return self.petition(state=State.OPEN, **about)  # type: ignore[arg-type]

    def signable(self, petition: Petition) -> OpenPetition:
        """The petition as the sign form of the public site knows it."""
        shown = showing.petition(petition.slug)
        assert shown is not None, "only a published petition can be signed"
        assert shown.open_petition is not None
        return shown.open_petition

    # Who signs

    def signer(
        self,
        name: str | None = None,
        email: str | None = None,
        *,
        country: str = "FR",
        visibility: Visibility = Visibility.ADDRESSEE,
        wants_updates: bool = False,
        wants_silence: bool = False,
    ) -> Signer:
        """A person. Without a name or an address, somebody who has not signed yet."""
        n = next(self._numbers)
        name = f"Leïla Benhaddou {_roman(n)}" if name is None else name
        email = email or f"leila.benhaddou.{n}@post.example"
        GIVEN_OUT.update(filter(None, (name, email)))
        return Signer(
            name=name,
            email=email,
            country=country,
            visibility=visibility,
            wants_updates=wants_updates,
            wants_silence=wants_silence,
        )

    def pending_signature(
        self, petition: Petition | None = None, signer: Signer | None = None, *, at: datetime = NOON
    ) -> Signature:
        """A form was sent; its letter is queued."""
        petition = petition or self.open_petition()
        signable = self.signable(petition)
        with _unit():
            signing.sign(signable, signer or self.signer(), at=at, seal=self.seal)
        take_bells()
        return _newest()

    def confirmed_signature(
        self, petition: Petition | None = None, signer: Signer | None = None, *, at: datetime = NOON
    ) -> Signature:
        """The link of its letter was opened and its button pressed. Not counted yet: see `count`.

        Both in one transaction: a worker that runs beside the test never sees its letter due, and sends it to nobody.
        """
        petition = petition or self.open_petition()
        signable = self.signable(petition)
        with _unit():
            signing.sign(signable, signer or self.signer(), at=at, seal=self.seal)
            signature = _newest()
            confirming.confirm(self.claim(signature), at=at)
        take_bells()
        return signature

    def confirmed_signatures(self, n: int, petition: Petition | None = None) -> list[Signature]:
        """That many people, each a minute after the one before."""
        petition = petition or self.open_petition()
        return [self.confirmed_signature(petition, at=NOON + timedelta(minutes=i)) for i in range(n)]

    def counted_petition(self, n: int) -> Petition:
        petition = self.open_petition()
        self.confirmed_signatures(n, petition)
        self.count(petition)
        return petition

    # What then happens

    def confirm(self, signature: Signature, *, lower_to: Visibility | None = None, at: datetime = NOON) -> None:
        with _unit():
            confirming.confirm(self.claim(signature), lower_to=lower_to, at=at)
        take_bells()

    def withdraw(self, signature: Signature, *, not_me: bool = False, at: datetime = NOON) -> None:
        with _unit():
            withdrawing.withdraw(self.claim(signature), not_me=not_me, at=at)
        take_bells()

    def count(self, petition: Petition, *, at: datetime = NOON) -> int:
        with _unit():
            return counting.count(petition.id, at=at)

    def now(self) -> datetime:
        """The site's own clock."""
        return datetime.now(UTC)

    def claim(self, signature: Signature) -> Claim:
        return Claim(signature.public_id, signature.link_version)

    def token(self, purpose: Purpose, signature: Signature) -> str:
        return self.links.token(purpose, signature.public_id, signature.link_version)


@contextmanager
def _unit() -> Iterator[None]:
    """A unit of work of its own, so that on SQLite it waits for whoever else is writing."""
    db.session.commit()
    with unit_of_work():
        yield


def _newest() -> Signature:
    return db.session.scalars(db.select(Signature).order_by(Signature.id.desc()).limit(1)).one()


def _kept(row: Row) -> Row:
    with _unit():
        db.session.add(row)
    return row


def _secret(of: str) -> bytes:
    return hashlib.sha256(of.encode()).digest()


def _arrest() -> Fact:
    return Fact(
        topic=Topic.ARREST,
        happened="2015-09-28",
        value="Arrested at his office in the capital.",
        as_of="2017-06",
        confidence=Confidence.CONFIRMED,
        last_checked_on=NOON.date(),
        last_checked_by="Staff",
        sources=[Source(title="Open letter", publisher="Three organisations", published="2017-06-09")],
    )


def _words(addressees: Sequence[str]) -> PetitionText:
    asks = [{"text": "Call for their release.", "to": "the Secretary-General"}]
    return PetitionText(
        version=1,
        title="A letter for the lawyers in prison",
        occasion="On the eve of a visit",
        salutation="Excellency,",
        paragraphs=["They did their work.", "They were imprisoned for it."],
        asks_lead="We ask you",
        asks=asks,
        closing="Respectfully,",
        consent=CONSENT,
        addressee_ids=list(addressees),
        effective_at=NOON - timedelta(days=30),
        sha256=hashlib.sha256(b"the words").hexdigest(),
    )


def _roman(n: int) -> str:
    """Names hold no digits, so people are told apart by letters."""
    letters = ""
    while n:
        n, rest = divmod(n - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters.capitalize()
