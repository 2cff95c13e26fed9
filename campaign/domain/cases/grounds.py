"""Grounds: the five categories of arbitrary detention, the articles beneath them, and what may be asked for.

Staff tick a category and write why; the articles are a list to pick from, so that a wrong number is hard to write.
The wording of categories I and II is as quoted in an Opinion of the Working Group; the others are in our words.
"""

from typing import Any

from campaign.domain.phrasing import N_, said

CATEGORIES: dict[str, str] = {
    "I": N_("There is no legal basis for the deprivation of liberty."),
    "II": N_("The person is held for exercising rights and freedoms that international law guarantees."),
    "III": N_("The norms of a fair trial were broken so gravely that the detention is arbitrary."),
    "IV": N_(
        "An asylum seeker, migrant or refugee is held for long by administrative order without review by a court."
    ),
    "V": N_(
        "The detention discriminates, for example by origin, religion, opinion, gender, orientation or disability."
    ),
}

ARTICLES: dict[str, tuple[str, ...]] = {
    "I": ("UDHR 3", "UDHR 9", "ICCPR 9", "ICCPR 15"),
    "II": (
        *("UDHR 7", "UDHR 13", "UDHR 14", "UDHR 18", "UDHR 19", "UDHR 20", "UDHR 21"),
        *("ICCPR 12", "ICCPR 18", "ICCPR 19", "ICCPR 21", "ICCPR 22", "ICCPR 25", "ICCPR 26", "ICCPR 27"),
    ),
    "III": ("UDHR 9", "UDHR 10", "UDHR 11", "ICCPR 9", "ICCPR 14"),
    "IV": ("UDHR 9", "UDHR 14", "ICCPR 9", "ICCPR 13"),
    "V": ("UDHR 1", "UDHR 2", "UDHR 7", "ICCPR 2", "ICCPR 26", "ICCPR 27"),
}

CITED = {"UDHR": N_("UDHR, art. {n}"), "ICCPR": N_("ICCPR, art. {n}")}


def article(code: str) -> dict[str, Any]:
    """UDHR 19, as the language of the communication writes it."""
    instrument, _space, number = code.partition(" ")
    return said(CITED[instrument], n=number)


INSTRUMENTS = (
    N_("UDHR: Universal Declaration of Human Rights. ICCPR: International Covenant on Civil and Political Rights."),
)

REQUESTS: dict[str, str] = {
    "release": N_("Immediate and unconditional release."),
    "lawyer": N_("Access to a lawyer of the person’s own choice, in confidence."),
    "doctor": N_("An independent medical examination and the treatment that it calls for."),
    "family": N_("Regular contact with the family."),
    "investigation": N_("A prompt, independent investigation, with its findings made public."),
    "remedy": N_("An effective remedy, with compensation."),
    "whereabouts": N_("To be told without delay where the person is."),
    "safety": N_("Protection for the family, the lawyers and all who speak for the person."),
}
