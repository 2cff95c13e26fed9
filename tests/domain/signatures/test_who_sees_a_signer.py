"""The table “Who sees a signer”, cell by cell: what each signer chose, against every place where names can stand."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from campaign.database import db
from campaign.domain.packets.lining import Reader
from campaign.domain.signatures import unveiling
from campaign.domain.upkeep import exporting
from campaign.models.packet import Level
from campaign.models.signature import NameReview, Signature, Visibility
from tests.suspects import names_looked_at

PUBLIC, INITIALS, ADDRESSEE, COUNTED = map(Visibility, ("public", "initials", "addressee", "counted"))
NAME, SHORT, NO = "name, country", "initials, country", "-"
SHORT_ALONE = "initials"  # beside initials, the name of a dangerous country would point at somebody

# who: choice, country, further; then page, totals, initials named/other, full named/other, table named/other
TABLE = {
    "public": (PUBLIC, "FR", "", NAME, NO, SHORT, SHORT, NAME, NAME, NAME, NAME),
    "initials": (INITIALS, "FR", "", SHORT, NO, SHORT, SHORT, SHORT, SHORT, SHORT, SHORT),
    "addressee": (ADDRESSEE, "FR", "", NO, NO, SHORT, NO, NAME, NO, NAME, NO),
    "counted": (COUNTED, "FR", "", NO, NO, NO, NO, NO, NO, NO, NO),
    "public, in danger": (PUBLIC, "TJ", "", NO, NO, SHORT_ALONE, SHORT_ALONE, NAME, NAME, NAME, NAME),
    "initials, in danger": (INITIALS, "TJ", "", NO, NO, *[SHORT_ALONE] * 6),
    "addressee, in danger": (ADDRESSEE, "TJ", "", NO, NO, SHORT_ALONE, NO, NAME, NO, NAME, NO),
    "under sixteen": (COUNTED, "FR", "young", *[NO] * 8),
    "name held": (PUBLIC, "FR", "held", *[NO] * 8),
    "name refused": (PUBLIC, "FR", "refused", *[NO] * 8),
    "withdrawn": (PUBLIC, "FR", "withdrawn", *[NO] * 8),
    "removed": (PUBLIC, "FR", "removed", *[NO] * 8),
}
WHO = {who: f"{who.split()[0].strip(',').title()} Xsigner {chr(0x41 + n)}" for n, who in enumerate(TABLE)}


@pytest.fixture
def petition(make):
    """One signer for each line, and enough others that France may be named beside initials."""
    petition = make.open_petition(addressees=("sg", "hc"))
    for who, (choice, country, further, *_) in TABLE.items():
        signer = make.signer(WHO[who], country=country, visibility=choice)
        row = make.confirmed_signature(petition, replace(signer, is_young=further == "young"))
        reviews = {"held": NameReview.WAITING, "refused": NameReview.REFUSED}
        row.name_review = reviews.get(further)
    make.confirmed_signatures(10, petition)
    make.count(petition)
    numbers = list(TABLE)
    for row in list(db.session.scalars(select(Signature).where(Signature.number <= len(TABLE)))):
        further = TABLE[numbers[row.number - 1]][2]
        if further in {"withdrawn", "removed"}:
            make.withdraw(row, not_me=further == "removed")
    make.count(petition)
    unveiling.switch_on(petition)
    names_looked_at(petition)
    return petition


def said(who, shown, country):
    """What a line shows, in the words of the table."""
    whole = WHO[who]
    short = " ".join(f"{part[0]}." for part in whole.split())
    parts = [{"": "", whole: "name", short: "initials"}[shown], "country" if country else ""]
    assert not country or shown, f"{who}: a country without a name"
    return ", ".join(filter(None, parts)) or NO


def on_paper(make, petition, level, *, is_named):
    rules = exporting._rules(petition, "sg" if is_named else "nobody", {"TJ"})
    lines = Reader(petition.id, replace(rules, level=level), make.names).lines(1, len(TABLE))
    return {who: said(who, line.shown, line.country) for who, line in zip(TABLE, lines, strict=True)}


def in_a_table(make, petition, addressee):
    _head, *rows = exporting.table(petition, make.names, {"TJ"}, addressee_id=addressee, release=lambda: None)
    return {who: said(who, row[3], row[2]) for who, row in zip(TABLE, rows, strict=False)}


def on_the_page(petition):
    seen = {line.number: line for line in unveiling.page(petition.slug)}
    return {who: said(who, seen[n].text, seen[n].country) if n in seen else NO for n, who in enumerate(TABLE, start=1)}


@pytest.mark.feature(32, 34, 73, 105)
def test_each_signer_is_seen_where_and_as_the_table_says_and_nowhere_else(make, petition):
    found = [
        on_the_page(petition),
        on_paper(make, petition, Level.TOTALS, is_named=True),
        on_paper(make, petition, Level.INITIALS, is_named=True),
        on_paper(make, petition, Level.INITIALS, is_named=False),
        on_paper(make, petition, Level.FULL, is_named=True),
        on_paper(make, petition, Level.FULL, is_named=False),
        in_a_table(make, petition, "sg"),
        in_a_table(make, petition, ""),
    ]
    assert {who: tuple(column[who] for column in found) for who in TABLE} == {
        who: cells[3:] for who, cells in TABLE.items()
    }
