"""A prisoner's case record: names in every spelling, and facts that each carry their source.

No fact stands without the date it was true, where it was read and who looked last: group sentences go
stale and hide deaths and releases. Two sources that disagree make a `Conflict`, which staff decide
how to print; only an undecided one stops a packet.
"""

import enum
from datetime import date, datetime

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment, word


class NameKind(enum.StrEnum):
    CHOSEN = "chosen"  # the one Latin form that is printed
    NATIVE = "native"  # the person's own script, from a source, never transliterated back
    VARIANT = "variant"


class Status(enum.StrEnum):
    DETAINED = "detained"
    AWAITING_TRIAL = "awaiting_trial"
    AT_LIBERTY = "at_liberty"
    RELEASED = "released"
    EXILED = "exiled"
    DISAPPEARED = "disappeared"
    DIED = "died"
    UNKNOWN = "unknown"

    @property
    def in_custody(self) -> bool:
        return self in {Status.DETAINED, Status.AWAITING_TRIAL, Status.DISAPPEARED}


class Topic(enum.StrEnum):
    BORN = "born"
    WORK = "work"
    ARREST = "arrest"
    CHARGE = "charge"
    ARTICLES = "articles"
    COURT = "court"
    HEARING = "hearing"
    JUDGMENT = "judgment"
    DEFENCE = "defence"
    PLACE = "place"
    HEALTH = "health"
    TRANSFER = "transfer"
    PRESSURE = "pressure"  # threats, travel bans, new charges announced
    RELEASE = "release"
    DEATH = "death"
    FINDING = "finding"  # of the United Nations or a court abroad


class Confidence(enum.StrEnum):
    CONFIRMED = "confirmed"
    REPORTED = "reported"
    UNCERTAIN = "uncertain"


class Decision(enum.StrEnum):
    OPEN = "open"
    ONE = "one"
    BOTH = "both"
    LEFT_OUT = "left_out"


class Question(enum.StrEnum):
    PUBLISH_NAME = "publish_name"
    PHOTO = "photo"
    HEALTH = "health"
    FAMILY = "family"
    TO_GOVERNMENT = "to_government"
    UN_REPORTS = "un_reports"


class Answer(enum.StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    ALREADY_PUBLIC = "already_public"  # named in a published letter; nobody was asked by us


class Capacity(enum.StrEnum):
    """As whom somebody answered. Only this is printed, never the name of a relative or a lawyer."""

    SELF = "self"
    RELATIVE = "relative"
    LAWYER = "lawyer"
    REPRESENTATIVE = "representative"


fact_sources = Table(
    "fact_source",
    Base.metadata,
    Column("fact_id", ForeignKey("fact.id", ondelete="CASCADE"), primary_key=True),
    Column("source_id", ForeignKey("source.id"), primary_key=True, index=True),
)


class Prisoner(Base):
    __tablename__ = "prisoner"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    country: Mapped[str] = mapped_column(String(2))
    role: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    name_order: Mapped[str] = mapped_column(String(20), default="given-first")
    spelling_chosen_by: Mapped[str] = mapped_column(String(200), default="")
    status: Mapped[Status] = mapped_column(word(Status))
    status_as_of: Mapped[str] = mapped_column(String(10))  # a partial date: 2017, 2017-06 or 2017-06-09
    status_note: Mapped[str] = mapped_column(Text, default="")
    held_since: Mapped[str | None] = mapped_column(String(10))  # partial date; None where it may not be stated
    last_checked_on: Mapped[date]
    last_checked_by: Mapped[str] = mapped_column(String(200))
    # Everything about the person is out of sight since then (domain/pausing.py); the reason stays with staff.
    paused_at: Mapped[datetime | None] = mapped_column(Moment)
    paused_by: Mapped[str | None] = mapped_column(String(200))
    paused_reason: Mapped[str] = mapped_column(Text, default="", server_default="")

    names: Mapped[list["PrisonerName"]] = relationship(
        back_populates="prisoner", cascade="all, delete-orphan", order_by="PrisonerName.position, PrisonerName.id"
    )
    facts: Mapped[list["Fact"]] = relationship(
        back_populates="prisoner", cascade="all, delete-orphan", order_by="Fact.position, Fact.id"
    )
    conflicts: Mapped[list["Conflict"]] = relationship(
        back_populates="prisoner", cascade="all, delete-orphan", order_by="Conflict.id"
    )
    consents: Mapped[list["Consent"]] = relationship(
        back_populates="prisoner", cascade="all, delete-orphan", order_by="Consent.id"
    )

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None

    @property
    def name(self) -> str:
        """The chosen Latin form."""
        return next(n.text for n in self.names if n.kind is NameKind.CHOSEN)

    @property
    def native(self) -> "PrisonerName | None":
        return next((n for n in self.names if n.kind is NameKind.NATIVE), None)

    @property
    def variants(self) -> list[str]:
        return [n.text for n in self.names if n.kind is NameKind.VARIANT]


class PrisonerName(Base):
    """One spelling. `key` is its folded form, so that any variant finds the person."""

    __tablename__ = "prisoner_name"
    __table_args__ = (UniqueConstraint("prisoner_id", "text"), Index("ix_prisoner_name_key", "key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    prisoner_id: Mapped[int] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"))
    kind: Mapped[NameKind] = mapped_column(word(NameKind))
    text: Mapped[str] = mapped_column(String(200))
    lang: Mapped[str] = mapped_column(String(20), default="")
    key: Mapped[str] = mapped_column(String(400))
    source: Mapped[str] = mapped_column(String(400), default="")
    position: Mapped[int] = mapped_column(default=0)

    prisoner: Mapped[Prisoner] = relationship(back_populates="names")


class Source(Base):
    """Where something can be read. `published` is a partial date, empty where not known."""

    __tablename__ = "source"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    publisher: Mapped[str] = mapped_column(String(200), default="")
    url: Mapped[str] = mapped_column(String(600), default="")
    published: Mapped[str] = mapped_column(String(10), default="")
    note: Mapped[str] = mapped_column(Text, default="")


class Fact(Base):
    """One statement about one person. `happened` is a partial date, printed only as exactly as known."""

    __tablename__ = "fact"
    __table_args__ = (Index("ix_fact_prisoner_id", "prisoner_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    prisoner_id: Mapped[int] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"))
    topic: Mapped[Topic] = mapped_column(word(Topic))
    happened: Mapped[str | None] = mapped_column(String(10))
    value: Mapped[str] = mapped_column(Text)
    as_of: Mapped[str] = mapped_column(String(10))
    confidence: Mapped[Confidence] = mapped_column(word(Confidence), default=Confidence.REPORTED)
    confidential: Mapped[bool] = mapped_column(default=False)  # shown on no page and in no packet
    # Which question of the mandates' forms it answers (domain/communications/questionnaire.py), where its topic does not say so.
    answers: Mapped[str] = mapped_column(String(40), default="", server_default=text("''"))
    last_checked_on: Mapped[date]
    last_checked_by: Mapped[str] = mapped_column(String(200))
    conflict_id: Mapped[int | None] = mapped_column(ForeignKey("conflict.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)

    prisoner: Mapped[Prisoner] = relationship(back_populates="facts")
    conflict: Mapped["Conflict | None"] = relationship(back_populates="facts")
    sources: Mapped[list[Source]] = relationship(secondary=fact_sources, order_by=Source.id)

    @property
    def is_printable(self) -> bool:
        """Confidential facts never; of a conflict, what staff decided."""
        if self.confidential:
            return False
        if self.conflict is None or self.conflict.decision is Decision.BOTH:
            return True
        return self.conflict.decision is Decision.ONE and self.conflict.chosen_fact_id == self.id


class Conflict(Base):
    """Facts that contradict each other, and how staff decided that they are printed."""

    __tablename__ = "conflict"

    id: Mapped[int] = mapped_column(primary_key=True)
    prisoner_id: Mapped[int] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"), index=True)
    about: Mapped[str] = mapped_column(Text)
    decision: Mapped[Decision] = mapped_column(word(Decision), default=Decision.OPEN)
    chosen_fact_id: Mapped[int | None]  # one of `facts`; no foreign key, as the tables would point at each other
    decided_by: Mapped[str | None] = mapped_column(String(200))
    decided_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text, default="")

    prisoner: Mapped[Prisoner] = relationship(back_populates="conflicts")
    facts: Mapped[list[Fact]] = relationship(back_populates="conflict", order_by="Fact.position, Fact.id")


class Consent(Base):
    """What the prisoner or the family said to one question. Unknown means not published."""

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("prisoner_id", "question"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    prisoner_id: Mapped[int] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"))
    question: Mapped[Question] = mapped_column(word(Question))
    answer: Mapped[Answer] = mapped_column(word(Answer), default=Answer.UNKNOWN)
    given_by: Mapped[str] = mapped_column(String(200), default="")
    capacity: Mapped[Capacity | None] = mapped_column(word(Capacity))
    given_on: Mapped[date | None]
    channel: Mapped[str] = mapped_column(String(200), default="")
    proof: Mapped[str] = mapped_column(Text, default="")
    expires_on: Mapped[date | None]

    prisoner: Mapped[Prisoner] = relationship(back_populates="consents")
