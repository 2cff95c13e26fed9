"""A case for the mandates: what it takes to seal one, and what never stands in it."""

import json
from datetime import timedelta

import pytest

from campaign.collaborators import Collaborators, phrases
from campaign.database import db, unit_of_work
from campaign.domain import frozen
from campaign.domain.communications import blocks, communicating, filing, restating
from campaign.domain.communications.filing import Filed
from campaign.domain.packets import delivering, packing
from campaign.domain.packets.preflight import Code
from campaign.models.communication import Channel, Communication
from campaign.models.packet import PacketState
from campaign.models.prisoner import Answer, Conflict, Decision, Fact, Question, Topic
from campaign.models.signature import Visibility
from tests.communications import LATER, consented, drafted, office, person, ready, written
from tests.make import NOON, Make


def look(words: Communication, tools: Collaborators, *, blocking: bool = True) -> set[Code]:
    survey = communicating.look_over(words, tools.desk(), phrases(words.lang), tools.store, at=LATER)
    return {f.code for f in survey.findings if f.blocks is blocking}


def sealed(words: Communication, tools: Collaborators) -> Communication:
    with unit_of_work():
        communicating.seal(words, tools.desk(), phrases(words.lang), tools.store, by="Samir", at=LATER)
    return words


def text(words: Communication) -> str:
    assert words.packet.contents is not None
    return blocks.whole(words.packet.contents, phrases(words.lang))


@pytest.mark.feature(120)
def test_it_is_sealed_only_when_both_questions_were_answered_and_the_first_with_yes(
    make: Make, tools: Collaborators
) -> None:
    office(make)
    petition = make.counted_petition(2)
    words = written(drafted(petition))
    assert look(words, tools) == {Code.TO_GOVERNMENT_UNANSWERED, Code.UN_REPORTS_UNANSWERED}
    with pytest.raises(packing.NotReady):
        sealed(words, tools)
    db.session.rollback()
    consented(person(petition), government=Answer.ALREADY_PUBLIC, reports=Answer.NO)
    assert look(words, tools) == {Code.TO_GOVERNMENT_UNANSWERED}, "that a name was public answers nothing"
    asked = {c.question: c for c in person(petition).consents}
    with unit_of_work():
        asked[Question.TO_GOVERNMENT].answer = Answer.NO
    assert look(words, tools) == {Code.TO_GOVERNMENT_REFUSED}
    with unit_of_work():
        asked[Question.TO_GOVERNMENT].answer = Answer.YES
        asked[Question.TO_GOVERNMENT].expires_on = NOON.date() - timedelta(days=1)
    assert look(words, tools) == {Code.UN_CONSENT_EXPIRED}
    with unit_of_work():
        asked[Question.TO_GOVERNMENT].expires_on = NOON.date() + timedelta(days=9)
        asked[Question.TO_GOVERNMENT].capacity = None
    assert look(words, tools) == {Code.CONSENT_FROM_WHOM}
    assert Code.UN_CONSENT_ENDS in look(words, tools, blocking=False)
    with unit_of_work():
        asked[Question.TO_GOVERNMENT].capacity = asked[Question.UN_REPORTS].capacity
    assert sealed(words, tools).packet.state is PacketState.SEALED


@pytest.mark.feature(120)
def test_no_signer_no_relative_no_proof_and_no_confidential_fact_stands_in_it(make: Make, tools: Collaborators) -> None:
    words = ready(make, signatures=0)
    petition = words.packet.petition
    make.confirmed_signature(petition, make.signer("Perpetua Unmistakable", visibility=Visibility.PUBLIC))
    make.count(petition)
    known = words.prisoner.facts[0]
    with unit_of_work():
        words.prisoner.facts += [
            _fact(known, Topic.PLACE, "Cell nineteen of the secret wing.", confidential=True),
            _fact(known, Topic.HEALTH, "Epilepsy."),  # nobody agreed that health is spoken of
        ]
    sealed(words, tools)
    kept = json.dumps([words.packet.contents, words.packet.frozen], ensure_ascii=False)
    for secret in ("Perpetua", "Unmistakable", "in the safe", "nineteen", "Epilepsy"):
        assert secret not in kept
    assert "1 counted signature\n" in text(words)
    assert "a relative" in text(words)
    assert "Names are withheld for the signers’ safety." in text(words)


@pytest.mark.feature(120)
def test_every_answer_carries_its_source_and_what_nobody_knows_is_said(make: Make, tools: Collaborators) -> None:
    words = ready(make)
    known = words.prisoner.facts[0]
    with unit_of_work():
        words.prisoner.facts.append(_fact(known, Topic.ARREST, "None was shown.", answers="warrant"))
    sealed(words, tools)
    said = text(words)
    assert "1 Date of arrest: 28 September 2015 [1]" in said
    assert "4 Was a warrant or other decision shown?: None was shown. [1]" in said
    assert "3 Forces that carried out the arrest: not known" in said
    assert "[1] Open letter, Three organisations, 2017-06-09" in said
    assert "Family name: not known" in said, "a name of three words is not divided by guess"
    headings = [f"### {n}. " in said for n in ("I", "II", "III", "IV", "V", "VI", "VII")]
    assert all(headings)


def test_what_sources_disagree_about_is_printed_as_disputed_and_blocks_until_it_is_decided(
    make: Make, tools: Collaborators
) -> None:
    words = ready(make)
    known = words.prisoner.facts[0]
    with unit_of_work():
        other = _fact(known, Topic.ARREST, "Arrested at home.")
        words.prisoner.facts.append(other)
        conflict = Conflict(prisoner=words.prisoner, about="Where she was arrested.", facts=[known, other])
        db.session.add(conflict)
    assert Code.CONFLICT_OPEN in look(words, tools)
    with unit_of_work():
        conflict.decision, conflict.reason = Decision.BOTH, "Neither was there."
    sealed(words, tools)
    assert "Arrested at home. (sources disagree) [1]" in text(words)
    assert "Neither was there." in text(words)


@pytest.mark.feature(120)
def test_each_thing_that_is_missing_blocks_with_its_own_sentence(make: Make, tools: Collaborators) -> None:
    words = ready(make)
    assert look(words, tools) == set()
    written(words, summary=" ".join(["word"] * 201))
    assert look(words, tools) == {Code.SUMMARY_TOO_LONG}
    written(words, summary="", categories={}, requests=())
    assert look(words, tools) == {Code.SUMMARY_MISSING, Code.NO_CATEGORY, Code.NO_REQUEST}
    written(words, lang="ru")
    assert look(words, tools) == {Code.LANGUAGE_NOT_TAKEN, Code.NO_FIXED_WORDS}
    written(words, categories={"III": {"why": " ", "articles": []}}, lang="en")
    assert look(words, tools) == {Code.CATEGORY_WITHOUT_REASON}
    written(words)
    mandate = words.packet.addressee
    with unit_of_work():
        mandate.last_confirmed_on = NOON.date() - timedelta(days=31)
    assert look(words, tools) == {Code.ADDRESSEE_UNCONFIRMED}


def test_a_specimen_is_printed_without_consent_and_warns_where_others_are_stopped(
    make: Make, tools: Collaborators
) -> None:
    office(make)
    petition = make.counted_petition(1)
    with unit_of_work():
        petition.campaign.is_demonstration = True
    words = written(drafted(petition), categories={})
    assert words.packet.is_specimen
    assert look(words, tools) == set()
    assert {Code.TO_GOVERNMENT_UNANSWERED, Code.UN_REPORTS_UNANSWERED} <= look(words, tools, blocking=False)
    sealed(words, tools)
    assert text(words).count("not recorded") == 7
    with unit_of_work():
        words.packet.state = PacketState.BUILT
    with pytest.raises(filing.NotSent):
        filing.submit(words, Filed(Channel.WGAD), by="Anna", at=LATER)


@pytest.mark.feature(120)
def test_a_case_that_lies_elsewhere_warns_of_double_filing(make: Make, tools: Collaborators) -> None:
    words = ready(make)
    assert Code.DOUBLE_FILING not in look(words, tools, blocking=False)
    with unit_of_work():
        filing.enter(
            words.prisoner,
            Filed(Channel.TREATY_BODY, body="Human Rights Committee", filed_on="2016-05", reference="2680/2015"),
            by="Anna",
            at=LATER,
        )
    assert Code.DOUBLE_FILING in look(words, tools, blocking=False)
    sealed(words, tools)
    assert "May 2016 | Treaty body (Human Rights Committee) | 2680/2015 | not known" in text(words)


def test_a_change_asks_for_a_second_look_and_a_seal_ends_all_changes(make: Make, tools: Collaborators) -> None:
    words = ready(make)
    with unit_of_work():
        packing.check(words.packet, by="Samir", at=LATER)
    written(words, summary="Arrested for a book.")
    assert words.packet.state is PacketState.DRAFT
    sealed(words, tools)
    with pytest.raises(packing.AlreadySealed):
        written(words)
    assert words.packet.reference.endswith("-B1")
    assert words.packet.frozen is not None
    assert words.packet.seal == frozen.seal_of(words.packet.frozen)


def test_it_is_neither_sealed_as_signatures_nor_delivered_as_a_letter(make: Make, tools: Collaborators) -> None:
    words = ready(make)
    with pytest.raises(packing.OtherKind):
        packing.seal(words.packet, tools.desk(), by="Samir", at=LATER)
    with pytest.raises(delivering.FiledNotDelivered):
        delivering.prepare(words.packet, place="office", by="Anna", at=LATER)


def test_it_states_the_total_of_a_petition_that_names_the_person(make: Make) -> None:
    office(make)
    one, other = make.counted_petition(1), make.counted_petition(1)
    with pytest.raises(communicating.NotThisPerson):
        communicating.draft(person(one), other, Channel.WGAD, lang="en", by="Anna", at=LATER)


def _fact(like: Fact, topic: Topic, value: str, **about: object) -> Fact:
    fields = {"confidence": like.confidence, "as_of": "2017", "position": 9}
    known = {"last_checked_on": like.last_checked_on, "last_checked_by": "Staff", "sources": list(like.sources)}
    return Fact(topic=topic, value=value, **fields | known | about)


@pytest.mark.feature(120)
def test_a_statement_is_told_in_the_language_of_the_mandate_until_the_record_changes(
    make: Make, tools: Collaborators
) -> None:
    words = ready(make, Channel.SPECIAL_PROCEDURES, "fr")
    fact = words.prisoner.facts[0]
    assert Code.FACTS_NOT_TRANSLATED in look(words, tools, blocking=False)
    with unit_of_work():
        told = {piece.key: "Arrêtée à son bureau." for piece in restating.pieces(words)}
        assert restating.write(words, told | {"fact-999999": "rien"}) == len(told)
        words.translations = {**words.translations, "role": {"of": words.prisoner.role, "is": "Avocate"}}
    assert Code.FACTS_NOT_TRANSLATED not in look(words, tools, blocking=False)
    made = blocks.whole(communicating.gathered(words, tools.desk().sender, at=LATER), phrases("fr"))
    assert "28 septembre 2015 : Arrêtée à son bureau. [1]" in made.replace("\u00a0", " ")
    assert fact.value not in made
    with unit_of_work():
        fact.value = "Arrested in the street."
    made = blocks.whole(communicating.gathered(words, tools.desk().sender, at=LATER), phrases("fr"))
    assert "Arrested in the street. [1]" in made
    assert "Arrêtée" not in made, "what it stood for is no longer said"
