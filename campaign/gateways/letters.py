"""Writing the letters: a folder per kind under `templates/letters/`, plain text first and complete.

No letter names a prisoner or a petition: a mailbox is read over shoulders. What is not asked for any more
when its turn comes is not sent.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import policy
from typing import Any

from flask import render_template
from flask_babel import force_locale
from flask_mail import Message
from sqlalchemy import select

from campaign.database import db
from campaign.domain.accounts import teaming
from campaign.domain.drafts import proposing, sponsoring
from campaign.domain.giving import attending
from campaign.domain.joint_letters import cosigning
from campaign.domain.links import Links, Purpose
from campaign.domain.news import asking
from campaign.domain.printing import Printer
from campaign.domain.sealing import Opener, Seal
from campaign.domain.signatures import confirming, nudging, withdrawing
from campaign.domain.signatures.signing import pending_since
from campaign.domain.supporters import relinking, subscribing, suppressing
from campaign.gateways import accounts, receipts
from campaign.models.account import Account
from campaign.models.campaign import Campaign
from campaign.models.donation import Donor
from campaign.models.draft import Cosponsor, Draft
from campaign.models.joint_letter import Approval, Invitation
from campaign.models.letter import Letter
from campaign.models.petition import Petition
from campaign.models.release import Release
from campaign.models.signature import Signature, SignatureState

_TO_AUTHORS = {"draft-confirm", "draft-approved", "draft-rejected"}
_WITH_PASSWORD_LINK = {"account-reset-password", "account-invited"}
_TO_SIGNATORIES = {cosigning.ASKED, cosigning.ASKED_ANEW, cosigning.REMINDER, cosigning.DECIDED}
_TO_ASKERS = {asking.CONFIRM, asking.MOVE}
_REPLIES = {"confirm-signature"}
_ALIVE = {SignatureState.PENDING, SignatureState.CONFIRMED, SignatureState.HELD}


_AS_SENT = policy.compat32.clone(linesep="\r\n")
_UNFOLDED = _AS_SENT.clone(max_line_length=None)  # some look for the link to unsubscribe in the first line alone


class Sheet(Message):
    """Flask-Mail's message in the same bytes for half the work: its policy parses each header again at every look.

    `return_path` is where it comes back to, if it cannot be delivered; without one, to its sender.
    """

    return_path: str | None = None

    def _message(self) -> Any:
        message = super()._message()
        message.policy = _UNFOLDED if self.extra_headers and "List-Id" in self.extra_headers else _AS_SENT
        return message


@dataclass(frozen=True)
class Writer:
    """What writing a letter needs: the site's address and sender, its links, the key of the addresses and the seal."""

    site_url: str
    site_name: str
    sender: str
    postal_address: str
    links: Links
    opener: Opener
    seal: Seal
    printer: Callable[[], Printer]
    bounces: str  # the mailbox for what comes back

    def write(self, letter: Letter, *, at: datetime) -> Message | None:
        """The letter, or None if nobody wants it any more. Raises SealBroken if the address cannot be read."""
        if letter.kind in _TO_AUTHORS:
            reader = self._to_author(letter, at)
        elif letter.kind in receipts.KINDS:
            reader = self._to_donor(letter)
        elif letter.kind == "cosponsor-confirm":
            reader = self._to_cosponsor(letter, at)
        elif letter.kind in _TO_SIGNATORIES:
            reader = self._to_signatory(letter, at)
        elif letter.kind in _TO_ASKERS:
            reader = self._to_asker(letter, at)
        elif letter.kind == asking.MOVING:
            reader = self._to_mover(letter)
        else:
            reader = self._to_signer(letter, at) if letter.signature_id else self._to_others(letter)
        if reader is None:
            return None
        message = self.sheet(letter, *reader)
        if letter.signature_id is not None:
            message.return_path = self.return_path(db.session.get_one(Signature, letter.signature_id).public_id)
        return message

    def sheet(self, letter: Letter, address: str, words: dict[str, Any]) -> Sheet:
        """The folder of its kind with these words, in its language."""
        with force_locale(letter.lang):
            folder = f"letters/{letter.kind}"
            words |= {"site_name": self.site_name, "site_url": self.site_url, "postal_address": self.postal_address}
            message = Sheet(
                subject=render_template(f"{folder}/subject.txt", **words).strip(),
                recipients=[address],
                body=render_template(f"{folder}/body.txt", **words).strip() + "\n",
                html=render_template(f"{folder}/body.html", **words),
                sender=(self.site_name, self.sender),
                date=letter.posted_at.timestamp(),
                extra_headers={"Auto-Submitted": "auto-generated"},
            )
        for each in words.get("attached", ()):
            message.attach(each.name, "application/pdf", each.pdf)
        message.msgId = f"<{letter.public_id.hex()}@{self.sender.rpartition('@')[2]}>"
        return message

    def return_path(self, public_id: bytes) -> str:
        """An address that tells whose letter came back, by a token that only this site can make."""
        local, _, domain = self.bounces.rpartition("@")
        return f"{local}+{self.links.return_token(public_id)}@{domain}"

    def link(self, purpose: Purpose, public_id: bytes, version: int) -> str:
        return f"{self.site_url}/{purpose.name.lower()}/{self.links.token(purpose, public_id, version)}"

    def _to_signer(self, letter: Letter, at: datetime) -> tuple[str, dict[str, Any]] | None:
        row = db.session.get(Signature, letter.signature_id)
        if row is None or row.email_box is None or not _is_wanted(letter.kind, row, at):
            return None
        words = {
            "confirm_link": self.link(Purpose.CONFIRM, row.public_id, row.link_version),
            "own_link": self.link(Purpose.SIGNATURE, row.public_id, row.link_version),
        }
        if letter.kind == confirming.WELCOME:
            words |= self._of_news(row)
        address = self.opener.open(row.email_box, row.public_id)
        campaign = db.session.get_one(Petition, row.petition_id).campaign
        if letter.kind not in _REPLIES and self._has_left(campaign, address, row.subscription_key, row.person_key):
            return None
        return address, words

    def _of_news(self, row: Signature) -> dict[str, Any]:
        """The link that ends the news this signature asked for."""
        news = subscribing.of_signature(row.public_id)
        stop = self.link(Purpose.UNSUBSCRIBE, news.public_id, news.link_version) if news is not None else ""
        return {"stop_link": stop}

    def _has_left(self, campaign: Campaign, address: str, *known: bytes | None) -> bool:
        """Asked last, with the address open, of every letter that is no reply to what its reader did herself."""
        keys = {key for key in known if key is not None}
        if campaign.hash_secret is not None:
            keys.add(self.seal.subscription_key(campaign.hash_secret, address))
            keys.add(self.seal.person_key(campaign.hash_secret, address))
        return suppressing.is_listed(campaign.id, keys)

    def _to_author(self, letter: Letter, at: datetime) -> tuple[str, dict[str, Any]] | None:
        """Whoever writes a draft: an account of its team, or a visitor whose address lies in the draft's own box."""
        draft = db.session.get(Draft, int(letter.params["draft"]))
        if draft is None or (letter.kind == "draft-confirm" and not proposing.awaits_confirming(draft, at=at)):
            return None
        if letter.account_id is not None:
            words = {"reason": draft.reason_sentence, "draft_link": f"{self.site_url}/workspace/drafts/{draft.id}/send"}
            writer = next((who for who in teaming.writers(draft) if who.id == letter.account_id), None)
            return (writer.email, words) if writer else None
        if draft.email_box is None:
            return None
        own = self.link(Purpose.PROPOSAL, draft.public_id, draft.link_version)
        words = {"reason": draft.reason_sentence, "draft_link": own}
        return self.opener.open(draft.email_box, draft.public_id), words

    def _to_donor(self, letter: Letter) -> tuple[str, dict[str, Any]] | None:
        found = receipts.written(letter, self.opener, self.printer)
        if found is None:
            return None
        donor = found[1].pop("donor")
        return found[0], {**found[1], "own_link": self.giving_link(donor)}

    def giving_link(self, donor: Donor) -> str:
        return f"{self.site_url}/giving/{self.links.token(Purpose.DONOR, donor.public_id, donor.link_version)}"

    def _to_cosponsor(self, letter: Letter, at: datetime) -> tuple[str, dict[str, Any]] | None:
        row = db.session.get(Cosponsor, int(letter.params["cosponsor"]))
        if row is None or row.email_box is None or not sponsoring.awaits(row, at=at):
            return None
        return self.opener.open(row.email_box, row.public_id), {
            "own_link": self.link(Purpose.COSPONSORING, row.public_id, 1)
        }

    def _to_signatory(self, letter: Letter, at: datetime) -> tuple[str, dict[str, Any]] | None:
        """Whoever signs a joint letter for an organisation, while there is something to decide or to tell."""
        known = select(Invitation).where(Invitation.public_id == bytes.fromhex(letter.params["invitation"]))
        row = db.session.scalar(known)
        if row is None or row.email_box is None or not cosigning.is_wanted(letter.kind, row, at=at):
            return None
        words = {
            "organisation": row.organisation.name,
            "deadline": row.letter.deadline,
            "approved": row.approval is Approval.APPROVED,
            "sha256": row.letter.text.sha256 if row.letter.text else "",
            "own_link": self.link(Purpose.COSIGN, row.public_id, row.link_version),
        }
        return self.opener.open(row.email_box, row.public_id), words

    def _to_asker(self, letter: Letter, at: datetime) -> tuple[str, dict[str, Any]] | None:
        """Whoever asked for news, or for them at this address."""
        if letter.email_box is None or not asking.is_wanted(letter.public_id, at=at):
            return None
        words = {"asked_link": self.link(Purpose.ASKED, letter.public_id, 1)}
        return self.opener.open(letter.email_box, letter.public_id), words

    def _to_mover(self, letter: Letter) -> tuple[str, dict[str, Any]] | None:
        """The address that somebody wants to leave, as it was then; its box is that of the subscription."""
        row = subscribing.of_public_id(bytes.fromhex(letter.params["subscription"]))
        if row is None or letter.email_box is None:
            return None
        words = {"own_link": self.link(Purpose.SUBSCRIPTION, row.public_id, row.link_version)}
        return self.opener.open(letter.email_box, row.public_id), words

    def _to_others(self, letter: Letter) -> tuple[str, dict[str, Any]] | None:
        if letter.account_id is not None:
            account = db.session.get(Account, letter.account_id)
            if account is None or not account.active:
                return None
            return account.email, {**letter.params, **self._account_links(letter, account)}
        if letter.email_box is None:
            return None
        if letter.kind == "packet-for-you":
            return self._to_recipient(letter)
        address = self.opener.open(letter.email_box, letter.public_id)
        if letter.kind == withdrawing.LAST_LETTER:
            campaign = db.session.get_one(Campaign, int(letter.params["campaign"]))
            return None if self._has_left(campaign, address) else (address, {})
        if letter.kind == "addressee-reminder":
            return address, dict(letter.params)
        links = self._own_links(address)
        return (address, {"own_links": links}) if links else None

    def _to_recipient(self, letter: Letter) -> tuple[str, dict[str, Any]] | None:
        """A named recipient of a packet, while access is open; the address lies in the release's own box."""
        row = db.session.get(Release, int(letter.params["release"]))
        if row is None or row.email_box is None or row.closed_at is not None:
            return None
        words = {**letter.params, "recipient_link": self.link(Purpose.RECIPIENT, row.public_id, 1)}
        return self.opener.open(row.email_box, row.public_id), words

    def _account_links(self, letter: Letter, account: Account) -> dict[str, str]:
        """The one-time link, made only now, so that no valid token ever lies in the database."""
        links = {"sign_in_link": f"{self.site_url}/account/login", "team_link": f"{self.site_url}/workspace"}
        if letter.kind in _WITH_PASSWORD_LINK:
            links["reset_link"] = accounts.password_link(self.site_url, account)
        if letter.kind == "release-approved":
            token = self.links.token(Purpose.STAFF, bytes.fromhex(letter.params["release"]), 1)
            links["release_link"] = f"{self.site_url}/staff/release/{token}"
        return links

    def _own_links(self, address: str) -> list[str]:
        rows = relinking.signatures_of(address, seal=self.seal)
        news = subscribing.of_address(address, seal=self.seal)
        links = [self.link(Purpose.SIGNATURE, row.public_id, row.link_version) for row in rows]
        links += [self.link(Purpose.SUBSCRIPTION, row.public_id, row.link_version) for row in news]
        return links + [self.giving_link(donor) for donor in attending.donors_of(address, seal=self.seal)]


def _is_wanted(kind: str, row: Signature, at: datetime) -> bool:
    if kind in {"confirm-signature", nudging.KIND}:
        is_over = db.session.get_one(Petition, row.petition_id).closed_because is not None
        return row.state is SignatureState.PENDING and row.created_at >= pending_since(at) and not is_over
    return row.state in _ALIVE and not row.wants_silence
