"""Accounts of campaigners, staff and admins. Signers have none."""

import enum
from datetime import UTC, datetime
from typing import Any

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import JSON, Column, ForeignKey, LargeBinary, String, Table, text
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment


def _now() -> datetime:
    """Flask-Security makes the rows of passkeys, and gives no time."""
    return datetime.now(UTC)


class RoleName(enum.StrEnum):
    CAMPAIGNER = "campaigner"
    STAFF = "staff"
    ADMIN = "admin"


account_roles = Table(
    "account_role",
    Base.metadata,
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id"), primary_key=True, index=True),
)


class Role(Base, RoleMixin):
    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    description: Mapped[str] = mapped_column(String(200), default="")


class Account(Base, UserMixin):
    """The column names tf_…, fs_… and mf_… are those that Flask-Security looks for."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")  # printed on certificates
    title: Mapped[str] = mapped_column(String(200), default="")
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    may_export: Mapped[bool] = mapped_column(default=False, server_default=text("false"))  # names of signers, as files
    is_demonstration: Mapped[bool] = mapped_column(default=False)  # needs no second factor, in development only
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(String(64), unique=True)  # type: ignore[assignment]
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(JSON))
    created_at: Mapped[datetime] = mapped_column(Moment)

    roles: Mapped[list[Role]] = relationship(secondary=account_roles)  # type: ignore[assignment]
    webauthn: Mapped[list["Passkey"]] = relationship(  # type: ignore[assignment]
        back_populates="user", cascade="all, delete-orphan"
    )

    def has_any_role(self, *names: RoleName) -> bool:
        return any(role.name in names for role in self.roles)

    @property
    def is_of_staff(self) -> bool:
        """Now: an account that was disabled is of nobody."""
        return self.active and self.has_any_role(RoleName.STAFF, RoleName.ADMIN)

    @property
    def needs_second_factor(self) -> bool:
        """Staff and admins; the demonstration's accounts do without, and cannot sign in in production at all."""
        return self.has_any_role(RoleName.STAFF, RoleName.ADMIN) and not self.is_demonstration

    @property
    def has_second_factor(self) -> bool:
        """Signing in asks for it. Said of the demonstration's accounts, of which none is asked."""
        return self.has_codes or bool(self.webauthn) or self.is_demonstration

    @property
    def has_codes(self) -> bool:
        """An app shows codes for this account; beside it, or instead, there may be passkeys."""
        return bool(self.tf_totp_secret and self.tf_primary_method)

    @property
    def printed_name(self) -> str:
        """How a certificate names the person who sealed or checked."""
        named = ", ".join(filter(None, (self.name, self.title)))
        return named or f"account {self.id}"

    def check_tf_required(self, tf_setup_methods: list[Any], tf_fresh: bool) -> tuple[bool, list[Any]]:
        """Flask-Security asks this after the password: whether a code is needed now."""
        return bool(tf_setup_methods) or self.needs_second_factor, tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        """Whether the codes may not be switched off: they are all that there is."""
        return self.needs_second_factor and not self.webauthn


class Passkey(Base):
    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(default=0)
    transports: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(JSON))
    backup_state: Mapped[bool]
    device_type: Mapped[str] = mapped_column(String(64))
    extensions: Mapped[str | None] = mapped_column(String(255))
    create_datetime: Mapped[datetime] = mapped_column(Moment, default=_now)
    lastuse_datetime: Mapped[datetime] = mapped_column(Moment)
    name: Mapped[str] = mapped_column(String(64))  # as its owner calls it
    usage: Mapped[str] = mapped_column(String(64))  # always "secondary": a passkey alone opens nothing

    user: Mapped[Account] = relationship(back_populates="webauthn")

    def get_user_mapping(self) -> dict[str, Any]:
        """How Flask-Security finds the account of a passkey."""
        return {"id": self.account_id}


class SignUp(Base):
    """Somebody asks for a campaigner's account. Once staff have decided, only the row's number and dates are left."""

    __tablename__ = "sign_up"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    why: Mapped[str] = mapped_column(String(1000), default="")
    lang: Mapped[str] = mapped_column(String(20), default="en")
    asked_at: Mapped[datetime] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
