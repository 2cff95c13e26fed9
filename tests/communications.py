"""A case ready for the mandates: everything asked, everything written, an office confirmed."""

from datetime import timedelta

from campaign.database import db, unit_of_work
from campaign.domain.communications import communicating
from campaign.domain.communications.communicating import Written
from campaign.models.addressee import Addressee, AddresseeKind
from campaign.models.communication import Approach, Channel, Communication
from campaign.models.petition import Petition
from campaign.models.prisoner import Answer, Capacity, Consent, Prisoner, Question
from tests.make import NOON, Make

LATER = NOON + timedelta(hours=1)
WHY = "She was arrested for what she had written, and the court heard no witness of the defence."


def office(make: Make, id: str = "wgad", channels: tuple[str, ...] = ("wgad", "special_procedures")) -> Addressee:
    row = make.addressee(id, f"the office of {id}")
    with unit_of_work():
        row.channels, row.languages, row.kind = list(channels), ["en", "fr", "es"], AddresseeKind.THEMATIC
    return row


def consented(prisoner: Prisoner, *, government: Answer = Answer.YES, reports: Answer = Answer.YES) -> None:
    """The two questions are asked and answered, by a relative who stays unnamed."""
    with unit_of_work():
        for question, answer in ((Question.TO_GOVERNMENT, government), (Question.UN_REPORTS, reports)):
            prisoner.consents.append(
                Consent(
                    question=question,
                    answer=answer,
                    given_by="Zarina Unmistakable",
                    capacity=Capacity.RELATIVE,
                    given_on=NOON.date(),
                    channel="in a letter",
                    proof="in the safe of the office",
                )
            )


def person(petition: Petition) -> Prisoner:
    return petition.campaign.prisoners[0]


def drafted(petition: Petition, channel: Channel = Channel.WGAD, lang: str = "en") -> Communication:
    with unit_of_work():
        return communicating.draft(person(petition), petition, channel, lang=lang, by="Anna", at=LATER)


def written(words: Communication, **about: object) -> Communication:
    """Everything staff must write, unless the test says otherwise."""
    fields: dict[str, object] = {
        "approach": Approach.REGULAR if words.channel is Channel.WGAD else Approach.ALLEGATION,
        "lang": words.lang,
        "mandates": tuple(words.mandates),
        "summary": "Arrested for what she wrote.",
        "categories": {"II": {"why": WHY, "articles": ["UDHR 19", "ICCPR 19"]}},
        "requests": ("release", "lawyer"),
    }
    with unit_of_work():
        communicating.write(words, Written(**fields | about))  # type: ignore[arg-type]
    return words


def ready(make: Make, channel: Channel = Channel.WGAD, lang: str = "en", signatures: int = 3) -> Communication:
    """A communication that nothing stands in the way of."""
    office(make)
    petition = make.counted_petition(signatures)
    consented(person(petition))
    words = written(drafted(petition, channel, lang))
    db.session.commit()
    return words
