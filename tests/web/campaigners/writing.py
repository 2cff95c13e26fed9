"""What a campaigner types for one case, step by step."""

from campaign.database import db
from campaign.models.draft import Draft
from tests.web.staff.people import Person, token_on

PEOPLE = {
    "people-0-name": "Zarina Davlatova",
    "people-0-native": "Зарина Давлатова",
    "people-0-native_lang": "tg",
    "people-0-variants": "Zarina Davlatowa",
    "people-0-role": "Journalist",
    "people-0-status": "detained",
    "people-0-as_of": "2017-06",
    "people-0-facts-0-topic": "arrest",
    "people-0-facts-0-value": "Arrested in Khujand.",
    "people-0-facts-0-happened": "2016-02-03",
    "people-0-facts-0-as_of": "2017-06",
    "people-0-facts-0-source": "Open letter of June 2017",
    "people-0-facts-0-url": "https://news.example/letter",
}
CAMPAIGN = {
    "title": "Freedom for Zarina Davlatova",
    "slug": "zarina-davlatova",
    "country": "TJ",
    "summary": "She wrote about a mine, and was imprisoned for it.",
    "body": "## Her work\n\nShe wrote about a mine.",
}
LETTER = {
    "letter_title": "A letter for a journalist in prison",
    "salutation": "Excellency,",
    "text": "She did her work.\n\nShe was imprisoned for it.",
    "asks-0-text": "Ask for her release.",
    "asks-0-to": "the Secretary-General",
    "closing": "Respectfully,",
    "addressees": "sg",
    "goal": "500",
}
SAFETY = {
    "basis": "already_public",
    "proof": "The letter of June 2017 names her.",
    "risk": "Her brother still works for the paper; he is not named.",
}
STEPS = {"case": PEOPLE, "campaign": CAMPAIGN, "letter": LETTER, "safety": SAFETY}


def begun(person: Person, **form: str) -> str:
    """Begin a draft by the button; the address of the draft."""
    answer = person.send("/workspace/drafts", "/workspace", **form)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].rpartition("/")[0]


def saved(person: Person, path: str, step: str, **changed: str):
    """Send one step with the version that stands on its page."""
    form = {**STEPS[step], **changed}
    return person.send(f"{path}/{step}", f"{path}/{step}", version=str(draft(path).version), **form)


def written(person: Person, **begin: str) -> str:
    """Every step filled in and saved."""
    path = begun(person, **begin)
    for step in STEPS:
        assert saved(person, path, step).status_code == 303
    return path


def submitted(person: Person, **begin: str) -> str:
    path = written(person, **begin)
    answer = person.send(f"{path}/submit", f"{path}/send")
    assert answer.status_code == 303, answer.text
    return path


def draft(path: str) -> Draft:
    db.session.rollback()
    return db.session.get_one(Draft, int(path.rpartition("/")[2]))


__all__ = ["begun", "draft", "saved", "submitted", "token_on", "written"]
