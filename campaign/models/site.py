"""What belongs to the site as a whole: registered sealing keys and the lists that staff keep."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from campaign.database import Base, Moment, word


class KeyPurpose(enum.StrEnum):
    MAIL = "mail"
    NAMES = "names"


class RegisteredKey(Base):
    """A public key that this database seals to; an unknown one stops the site before a name is lost."""

    __tablename__ = "registered_key"

    key_id: Mapped[bytes] = mapped_column(LargeBinary(4), primary_key=True)
    purpose: Mapped[KeyPurpose] = mapped_column(word(KeyPurpose), primary_key=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    registered_at: Mapped[datetime] = mapped_column(Moment)


class ListName(enum.StrEnum):
    HIGH_RISK_COUNTRY = "high_risk_country"  # ISO 3166 alpha-2
    BLOCKED_DOMAIN = "blocked_domain"  # a glob: *.example
    DISPOSABLE_DOMAIN = "disposable_domain"  # a glob; raises friction, never refuses
    ALLOWED_DOMAIN = "allowed_domain"  # a glob; wins over the two above
    SAME_MAILBOX = "same_mailbox"  # "gmail.com: dots plus googlemail.com", see domain/mailboxes.py
    BLOCKED_ADDRESS = "blocked_address"  # a keyed hash in hex, never the address
    BLOCKED_NETWORK = "blocked_network"  # CIDR
    ALLOWED_NETWORK = "allowed_network"  # CIDR; a known office or library, without the limits of one network
    TOR_EXIT = "tor_exit"  # CIDR; all of them share one larger bucket
    BLOCKED_COUNTRY = "blocked_country"  # ISO 3166 alpha-2, as the signer states it


class ListEntry(Base):
    """One value of a list that staff edit at runtime."""

    __tablename__ = "list_entry"

    name: Mapped[ListName] = mapped_column(word(ListName), primary_key=True)
    value: Mapped[str] = mapped_column(String(200), primary_key=True)
    note: Mapped[str] = mapped_column(String(300), default="")
    added_at: Mapped[datetime] = mapped_column(Moment)


class Switch(enum.StrEnum):
    """What staff can stop at once, for the whole site."""

    SIGNING = "signing"
    CREATING = "creating"
    COUNTING = "counting"
    TRENDING = "trending"
    LETTERS = "letters"
    GIVING = "giving"


class StoppedSwitch(Base):
    """A row here means: stopped, by whom, since when and why. No row: running."""

    __tablename__ = "stopped_switch"

    name: Mapped[Switch] = mapped_column(word(Switch), primary_key=True)
    since: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(300))


class MailRelay(Base):
    """One row: what the mail server said that it can do, and since when (domain/relaying.py)."""

    __tablename__ = "mail_relay"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    takes_any_script: Mapped[bool]
    since: Mapped[datetime] = mapped_column(Moment)


class ChangedLimit(Base):
    """A limit that staff set to something other than its default (domain/limits.py names them all)."""

    __tablename__ = "changed_limit"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[str] = mapped_column(String(200))


class Alert(Base):
    """Something staff should look at; it holds counts and kinds, never a name, address or network."""

    __tablename__ = "alert"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    kind: Mapped[str] = mapped_column(String(40))
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petition.id"), index=True)
    says: Mapped[str] = mapped_column(String(300))
    seen_by: Mapped[str | None] = mapped_column(String(200))
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
