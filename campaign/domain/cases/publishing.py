"""The words people sign: the sentence they tick, and the hash by which a version is known for ever."""

from collections.abc import Sequence

from campaign.domain.frozen import canonical, digest
from campaign.models.petition import PetitionText


def consent_sentence(addressee_titles: Sequence[str]) -> str:
    """The sentence a signer ticks; it names every addressee, because it allows a disclosure to each of them.

    A signature shows a political opinion, which the law protects most: agreement has to be explicit and to
    name who receives it. An addressee added later applies to later signers only, with a new version.
    """
    if not addressee_titles:
        raise ValueError("nobody is addressed")
    *others, last = [_with_article(title) for title in addressee_titles]
    named = f"{', '.join(others)} and {last}" if others else last
    return (
        "I agree that this site keeps my signature, which shows a political opinion of mine, and hands it to "
        f"{named} as far as my choice above allows."
    )


def text_hash(text: PetitionText) -> str:
    """SHA-256 of the canonical JSON of what is signed, in hexadecimal: sorted keys, UTF-8, no spaces.

    A change of one letter in the words, the consent or the addressees is another version.
    """
    signed = {
        "addressee_ids": list(text.addressee_ids),
        "asks": [{"text": ask["text"], "to": ask["to"]} for ask in text.asks],
        "asks_lead": text.asks_lead,
        "closing": text.closing,
        "consent": text.consent,
        "lang": text.lang,
        "occasion": text.occasion,
        "paragraphs": list(text.paragraphs),
        "salutation": text.salutation,
        "title": text.title,
    }
    return digest(canonical(signed))


def _with_article(title: str) -> str:
    return title if title.casefold().startswith("the ") else f"the {title}"
