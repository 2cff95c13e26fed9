"""A packet as its reader meets it: whom the letter is about, in which language it speaks, how a full page is kept."""

from typing import Any

import pytest

from campaign.gateways import phrasebook
from campaign.gateways.printer import TypstPrinter
from tests.gateways.situations import pages, volume
from tests.pdfs import pages as read
from tests.pdfs import places, plain

OFFICE = ["Secretary-General of the United Nations", "New York, NY 10017"]


@pytest.fixture(scope="module")
def printer(tmp_path_factory: pytest.TempPathFactory) -> TypstPrinter:
    return TypstPrinter(tmp_path_factory.mktemp("no-fonts"), words=phrasebook.words_of)


def _person(name: str, status: str, **more: Any) -> dict[str, Any]:
    held = status == "detained"
    like: dict[str, Any] = pages()["glance"]["people"][0]
    return like | {"name": name, "status": status, "held": held, "since": None, "days": None, "died": None} | more


@pytest.mark.feature(121)
def test_the_letter_takes_neither_the_dead_nor_the_freed_nor_the_disputed_for_prisoners(printer: TypstPrinter) -> None:
    """The joint letter of 2017 did: one of its prisoners had been in Germany, one was free, a father had died."""
    data = pages()
    data["glance"]["people"] = [
        _person("Anna Held", "detained"),
        _person("Boris Freed", "released"),
        _person("Clara Abroad", "exiled", status_as_of="2017-05-31", whereabouts_disputed=True),
        _person("David Dead", "died", died="2016-06-12"),
    ]
    data["glance"]["facts_as_of"] = "2017-06-09"
    made = printer.parts(["cover-letter", "press-sheet"], data)
    letter, press = (plain(" ".join(read(made[part].pdf))) for part in ("cover-letter", "press-sheet"))
    assert plain("about 4 people. On 9 June 2017 – in prison: Anna Held; in exile: Clara Abroad (as of") in letter
    assert plain("31 May 2017; sources differ); released: Boris Freed; died 12 June 2016: David Dead.") in letter
    assert plain("died 12 June 2016") in press


@pytest.mark.feature(121)
@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ["Secretary-General of the United Nations", "Excellency,", "Level: full names"]),
        ("fr", ["Secrétaire général de l’Organisation des Nations Unies", "Excellence,", "Niveau : noms complets"]),
        ("es", ["Secretario General de las Naciones Unidas", "Excelencia:", "Nivel: nombres completos"]),
    ],
)
def test_a_letter_greets_and_names_the_office_in_its_own_language(
    printer: TypstPrinter, lang: str, said: list[str]
) -> None:
    data = pages(lang=lang, addressee={"lines": OFFICE})
    data["packet"] |= {"level": "full"}
    data["letter"]["asks"] = [
        {"words": "that you write to him;", "of": "the Secretary-General"},
        {"words": "that lawyers be left in peace.", "of": "the Government"},
    ]
    text = plain(read(printer.alone("cover-letter", data).pdf)[0])
    for each in said:
        assert plain(each) in text
    assert plain("write to him;2.") in text, "nobody is told that they are asked what they are asked"
    if lang == "en":
        assert plain("(asked of: the Government)") in text


@pytest.mark.feature(117)
def test_no_name_on_paper_however_long_runs_into_the_next_column(printer: TypstPrinter) -> None:
    shown = {"names": 1, "initials": 0, "not_shown": 0, "withdrawn": 0, "void": 0}

    def lines_of(name: str) -> int:
        rows = [["12/1", name, "France", "2017-05-01", "name"]]
        data = pages(paper_lines={"no": 1, "of": 1, "rows": rows, "lines": 1, "shown": shown})
        return len({y for x, y in places(printer.alone("signed-on-paper", data).pdf) if 142 < x < 150})

    assert lines_of("A" * 100) >= lines_of("Anna") + 3
    assert lines_of("Anna " * 15) >= lines_of("Anna") + 1


def test_an_address_of_the_web_is_printed_as_it_is_though_spanish_repeats_a_hyphen_at_a_break(
    printer: TypstPrinter,
) -> None:
    data = pages(lang="es")
    address = "https://example.org/" + "-".join(f"word{n}" for n in range(40))
    data["cases"][0]["sources"] = [f"Un informe muy largo, {address}"]
    assert plain(address) in plain(read(printer.alone("case-sheet", data).pdf)[0])


@pytest.mark.parametrize("paper", ["a4", "us-letter"])
def test_a_full_case_gives_up_air_before_it_runs_onto_a_second_page(printer: TypstPrinter, paper: str) -> None:
    data = pages(lang="es", paper=paper)
    event = {"date": "2015-09-28", "k": "charge", "v": "Charged with his work as a lawyer.", "uncertain": False}
    full = data["cases"][0] | {"events": [event | {"s": [1]}] * 15, "sources": ["A letter, " + "with words " * 20] * 5}
    data["cases"] = [full, data["cases"][0]]
    made = printer.alone("case-sheet", data)
    assert made.pages == 2
    texts = [plain(text) for text in read(made.pdf)]
    assert all(plain("Hechos tal como eran en el día indicado.") in text for text in texts)


@pytest.mark.feature(71)
def test_the_first_words_over_a_section_end_with_a_sign_that_there_are_more(printer: TypstPrinter) -> None:
    """They were cut off by the edge of their line, and the accents of capitals with them."""
    data = volume([["Élodie", "France", "2017-05-01", "N", 1]], turned="landscape")
    data["volume"] |= {
        "sections": [{"code": "FR", "name": "France", "lines": 1, "sheet": 1, "sheets": 1, "whole": 1}],
        "first_sheet": 1,
        "sheets": 1,
    }
    data["petition"]["first_lines"] = "À vous nous écrivons " * 20 + "…"
    text = plain(read(printer.alone("signature-sheet", data).pdf)[0])
    assert text.count(plain("À vous nous écrivons")) in range(1, 10)
    assert "…" in text
