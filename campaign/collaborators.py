"""What the edge hands to the rooms below: keys, links, the post. Built once by `app.py` from the settings.

A public node without private keys gets openers that open nothing; nothing else differs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from flask import current_app
from flask_babel import force_locale, gettext

from campaign.domain.giving.acknowledging import Books
from campaign.domain.links import Links
from campaign.domain.packets.contents import Sender
from campaign.domain.packets.packing import Desk
from campaign.domain.sealing import Lock, Opener, Seal
from campaign.domain.signatures.proving import Prover
from campaign.gateways import fonts, phrasebook
from campaign.gateways.letters import Writer
from campaign.gateways.mailer import Mailbox, PostOffice, SmtpOffice
from campaign.gateways.payments import Till
from campaign.gateways.printer import TypstPrinter, translated
from campaign.gateways.store import FileStore
from campaign.settings import Settings

if TYPE_CHECKING:
    from campaign.gateways.signatory import Signatory

Bell = Callable[[str], None]


@dataclass(frozen=True)
class Collaborators:
    settings: Settings
    seal: Seal
    links: Links
    prover: Prover
    mail_opener: Opener
    names_opener: Opener
    writer: Writer
    post_office: PostOffice
    till: Till | None  # None: nobody gives by card
    ring: Bell  # asks the worker to look at something now

    def desk(self) -> Desk:
        """What packets are made with: a printer that looks at the fonts anew, and the names key if it is here."""
        settings = self.settings
        return Desk(
            printer=TypstPrinter(fonts.folder_in(settings.instance), words=_fixed_words),
            opener=self.names_opener if self.names_opener.key_ids else None,
            sender=Sender(settings.operator, (settings.mail_postal_address, settings.mail_from), settings.site_url),
            signer=self.signatory,
            lock=self.seal.names,
        )

    @property
    def signatory(self) -> "Signatory | None":
        """Who signs for the organisation; None without a certificate, and then nothing of it is loaded either."""
        if (signing := self.settings.signing) is None:
            return None
        from campaign.gateways.signatory import Signatory

        return Signatory(signing.pkcs12, signing.passphrase_file)

    def books(self) -> Books:
        """What booking a gift needs."""
        return Books(self.seal, self.settings.operator, self.settings.about.address)

    @property
    def store(self) -> FileStore:
        return FileStore(self.settings.store)


def _fixed_words(lang: str) -> dict[str, str]:
    """The fixed words of a packet in its own language, whoever has it printed."""
    with force_locale(lang):
        return {**phrasebook.words_of(lang), **translated(gettext)}


def phrases(lang: str) -> phrasebook.Phrasebook:
    """The fixed words of a communication; English where there is no table, which its preflight says."""
    return phrasebook.Phrasebook(lang if lang in phrasebook.LANGUAGES else "en")


def build(settings: Settings, ring: Bell) -> Collaborators:
    links = Links(settings.secret_key)
    mail_opener = Opener(settings.mail_private_keys)
    seal = Seal(Lock(settings.mail_public_key), Lock(settings.names_public_key), settings.hash_key)
    return Collaborators(
        settings=settings,
        seal=seal,
        links=links,
        prover=Prover(settings.secret_key),
        mail_opener=mail_opener,
        names_opener=Opener(settings.names_private_keys),
        writer=Writer(
            site_url=settings.site_url,
            site_name=settings.site_name,
            sender=settings.mail_from,
            postal_address=settings.mail_postal_address,
            links=links,
            opener=mail_opener,
            seal=seal,
            printer=lambda: TypstPrinter(fonts.folder_in(settings.instance), words=_fixed_words),
            bounces=settings.mail_bounces,
        ),
        post_office=SmtpOffice(settings.mail_url) if settings.mail_url else Mailbox(settings.instance / "mailbox"),
        till=_till(settings),
        ring=ring,
    )


def _till(settings: Settings) -> Till | None:
    giving = settings.giving
    if not giving.key or not giving.webhook_secret:
        return None
    return Till(giving.key, giving.webhook_secret, base=giving.api_base, descriptor=giving.descriptor)


def collaborators() -> Collaborators:
    """Those of the running app."""
    return cast(Collaborators, current_app.extensions["collaborators"])


def now() -> datetime:
    """The one clock of the edge."""
    return datetime.now(UTC)
