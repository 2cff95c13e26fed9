"""The printer: pages that say what they are, numbers that run on, and a refusal on any doubt."""

import io
import json
import re
from collections.abc import Callable, Collection
from pathlib import Path

import pikepdf
import pytest

from campaign.domain import names as names_room
from campaign.domain.packets.building import AFTER, BEFORE
from campaign.domain.printing import GlyphMissing, PrintRefused
from campaign.gateways import fonts, phrasebook, presses
from campaign.gateways import printer as press
from campaign.gateways.glyph_zero import examine
from campaign.gateways.printer import TypstPrinter, fixed_words, translated
from tests.gateways.situations import SEAL, pages, volume
from tests.pdfs import pages as read
from tests.pdfs import places, plain

PARTS = [*BEFORE, *AFTER]
MARGIN = 85.03937  # points
NAMES = [[f"Leïla Benhaddou {chr(65 + i % 26)}", "France", "2017-05-01", "N"] for i in range(90)]


@pytest.fixture(scope="module")
def printer(tmp_path_factory: pytest.TempPathFactory) -> TypstPrinter:
    """Without any font but those inside the engine: what runs here runs everywhere."""
    return TypstPrinter(tmp_path_factory.mktemp("no-fonts"))


@pytest.mark.feature(106)
@pytest.mark.parametrize("paper", ["a4", "us-letter"])
def test_the_seal_the_reference_and_the_cut_off_stand_on_every_page_and_page_numbers_run_on(
    printer: TypstPrinter, paper: str
) -> None:
    made = printer.parts(PARTS, pages(paper=paper))
    texts = [plain(text) for part in PARTS for text in read(made[part].pdf)]
    assert len(texts) == sum(made[part].pages for part in PARTS)
    for n, text in enumerate(texts, 1):
        assert SEAL in text
        assert "TJ-2017-001-A1" in text
        assert "9June2017,12:00UTC" in text
        assert f"Page{n}of{len(texts)}" in text
        assert "SPECIMEN" not in text


def test_a_specimen_says_so_on_every_page(printer: TypstPrinter) -> None:
    made = printer.parts([*PARTS, "press-sheet"], pages(specimen=True))
    sheet = printer.alone("signature-sheet", volume(NAMES, specimen=True))
    for printed in (*made.values(), sheet):
        for text in read(printed.pdf):
            assert plain(text).count("SPECIMEN–NOTFORDELIVERY") == 2


@pytest.mark.feature(106)
def test_row_numbers_run_on_and_each_sheet_adds_up_to_the_next(printer: TypstPrinter) -> None:
    (made,) = printer.volumes([volume(NAMES, first=4001)])
    texts = [plain(text) for text in read(made.pdf)]
    assert made.pages == len(texts) == 3
    assert "Volume1of1" in texts[0]
    assert "Sheet101of103" in texts[0]
    numbers = [int(n.replace(",", "")) for text in texts for n in re.findall(r"(4,\d{3})Leïla", text)]
    assert numbers == list(range(4001, 4091))
    forward = [re.findall(r"broughtforward([\d,]+)\+thissheet(\d+)=([\d,]+)", text)[0] for text in texts]
    assert forward == [("4,000", "40", "4,040"), ("4,040", "40", "4,080"), ("4,080", "10", "4,090")]


def test_a_volume_is_the_same_whatever_its_press_set_before(printer: TypstPrinter) -> None:
    one, two = volume(NAMES, first=4001), volume(NAMES[:50])
    alone = TypstPrinter(printer.folder, at_once=1)
    assert [made.pdf for made in alone.volumes([two, one, two, one])] == 2 * [
        printer.alone("signature-sheet", data).pdf for data in (two, one)
    ]


@pytest.mark.feature(106)
@pytest.mark.parametrize("turned", ["portrait", "landscape"])
def test_no_name_however_long_moves_another_from_its_number(printer: TypstPrinter, turned: str) -> None:
    """Numbers stand at the same places on a sheet of short names and on one of long names."""
    wide = ["W" * 20, "Щ" * 40, "Ǆ" * 11, "Anna " * 25, "A" * 100, "W " * 15, "Leïla"]
    rows = [[wide[i % len(wide)], "South Georgia & South Sandwich Islands", "2017-05-01", "N"] for i in range(40)]
    short, long = (
        _left_of_names(printer.alone("signature-sheet", volume(each, turned=turned)).pdf) for each in (NAMES[:40], rows)
    )
    assert len(short) >= 20
    assert short == long


@pytest.mark.feature(106)
@pytest.mark.parametrize("turned", ["portrait", "landscape"])
def test_a_number_of_seven_figures_stays_inside_its_column_where_noto_is_there(tmp_path: Path, turned: str) -> None:
    printer = _with_noto(tmp_path, fonts.TEXT)
    data = volume([["Anna", "France", "2017-05-01", "N"]], first=8_888_888, turned=turned)
    assert min(x for x, _ in places(printer.alone("signature-sheet", data).pdf)) > MARGIN - 0.01


@pytest.mark.feature(106)
@pytest.mark.parametrize("name", ["John שרה", "שרה John", "שרה", "John שרה John", "שרה 7"])
def test_a_name_of_two_directions_takes_nothing_of_its_line_with_it(printer: TypstPrinter, name: str) -> None:
    """Beside a long country, set small in a box, the day once went to the other side of such a name, and backwards."""
    country = "South Georgia & South Sandwich Islands"
    other, its = (printer.alone("signature-sheet", volume([[n, country, "2017-05-01", "N"]])).pdf for n in ("A", name))
    assert [place for place in places(its) if place[0] > 340] == [place for place in places(other) if place[0] > 340]


def _left_of_names(pdf: bytes) -> list[tuple[float, float]]:
    """The places where something is set in the margin and in the column of numbers."""
    return [place for place in places(pdf) if place[0] < 125]


@pytest.mark.feature(106)
@pytest.mark.parametrize("paper", ["a4", "us-letter"])
@pytest.mark.parametrize("turned", ["portrait", "landscape"])
@pytest.mark.parametrize("lang", ["en", "fr", "es"])
@pytest.mark.parametrize("in_noto", [False, True])
def test_no_words_for_a_line_without_a_name_move_another_in_any_language(
    tmp_path: Path, lang: str, turned: str, paper: str, in_noto: bool
) -> None:
    """In French the words for a script that is not shown once broke their line, and a Spanish sheet took two pages."""
    folder = _with_noto(tmp_path, fonts.TEXT).folder if in_noto else tmp_path
    printer = TypstPrinter(folder, words=phrasebook.words_of)
    told = [["", "France", "2017-05-01", "G"], *(["", "", "", form] for form in "CAHSWR")]
    place = {"first": 1_234_561, "turned": turned, "lang": lang, "paper": paper}
    plain_numbers, numbers = (
        {
            (x, y)
            for x, y in _left_of_names(printer.alone("signature-sheet", volume(rows, **place)).pdf)
            if abs(x - MARGIN) > 0.01
        }
        for rows in (NAMES[:40], [told[i % len(told)] for i in range(40)])
    )
    assert len(plain_numbers) >= 20
    assert plain_numbers <= numbers


@pytest.mark.feature(105)
def test_every_withheld_line_keeps_its_number_and_says_why(printer: TypstPrinter) -> None:
    rows = [["", "", "", form] for form in "CAHWR"] + [["", "Tuvalu", "2017-05-01", "G"]]
    text = plain(read(printer.alone("signature-sheet", volume(rows)).pdf)[0])
    for said in (
        "1counted,notshown",
        "2counted,namegivenforanotheraddressee",
        "3counted,nameunderreview",
        "4withdrawn",
        "5removed",
        "6namekeptinascriptthisprintcannotshowTuvalu",
    ):
        assert said in text
    assert "6lines:0names·0initials·4notshown·1withdrawn·1removed" in text
    assert "broughtforward0+thissheet4=4" in text


def test_a_case_with_any_number_of_facts_flows_on_instead_of_failing(printer: TypstPrinter) -> None:
    data = pages()
    case = data["cases"][0]
    long = {"k": "charge", "v": "word " * 300 + "x" * 400, "uncertain": True, "s": list(range(1, 30))}
    value = {"date": None, **long}
    data["cases"] = [
        {
            **case,
            "facts": [long] * 9,
            "disputed": [{"k": "x", "both": True, "values": [value], "reason": "", "by": "", "on": None}],
        },
        {**case, "facts": [], "events": [], "variants": [], "sources": [], "since": None, "days": None},
    ]
    data["letter"]["occasion"] = "A long occasion. " * 200
    made = printer.parts(PARTS, data)
    assert made["case-sheet"].pages > 3
    assert made["cover-letter"].pages == 2
    assert made["receipt"].pages == 2


def test_the_same_data_give_the_same_bytes(printer: TypstPrinter) -> None:
    first, second = (printer.parts(PARTS, pages()) for _ in range(2))
    assert first == second


def test_every_part_is_pdf_a_and_what_is_read_aloud_is_pdf_ua(printer: TypstPrinter) -> None:
    made = printer.parts(PARTS, pages())
    made["signature-sheet"] = printer.alone("signature-sheet", volume(NAMES[:2]))
    for part, printed in made.items():
        with pikepdf.open(io.BytesIO(printed.pdf)) as document, document.open_metadata() as about:
            assert about["pdfaid:part"] == "2"
            assert ("pdfuaid:part" in about) is (part != "signature-sheet")
            embedded = [
                "/FontFile3" in d or "/FontFile2" in d
                for page in document.pages
                for font in page.Resources.Font.values()
                for d in [font.DescendantFonts[0].FontDescriptor]
            ]
        assert all(embedded)


@pytest.mark.feature(114)
def test_a_letter_without_a_glyph_is_refused_and_never_printed_as_an_empty_box(printer: TypstPrinter) -> None:
    assert printer.missing(["Łukasz Żółć", "Ёров"]) == set()
    assert printer.missing(["佐藤 花子"]) == set("佐藤花子")
    assert printer.missing(["Anna"]) == set()
    with pytest.raises(GlyphMissing) as refusal:
        printer.alone("signature-sheet", volume([["佐藤 花子", "Japan", "2017-05-01", "N"]]))
    assert refusal.value.characters == frozenset("佐藤花子")
    assert "佐" not in str(refusal.value)


THIRTY = [
    "Łukasz Żółć",
    "Αλέξανδρος",
    "Бузургмеҳр Ёров",
    "Հրանտ Դինք",
    "გიორგი ბერიძე",
    "שרה בן־דוד",
    "فرزانهٔ می\u200cرزایی",
    "ئادىل تۇرسۇن",
    "ኃይሌ ገብረሥላሴ",
    "नरेन्द्र क्षितिज",
    "বাংলা ক্ষমা",
    "ਜਸਵਿੰਦਰ ਕੌਰ",
    "ગુજરાતી ક્ષમા",
    "தமிழ்ச்செல்வன்",
    "కృష్ణవేణి",
    "ಕನ್ನಡ ಕ್ಷಮಾ",
    "മലയാളം",
    "සිංහල ක්ෂ",
    "ฐิติรัตน์",
    "ສົມພອນ",
    "မောင်အောင်",
    "សុខ ចាន់ណា",
    "བསྟན་འཛིན།",
    "ᠮᠣᠩᠭᠣᠯ",
    "王小明",
    "佐藤 花子",
    "김철수",
    "ܐܒܪܗܡ",
    "ނަސީދު",
    "ⵜⵉⴼⵉⵏⴰⵖ",
    "ᏣᎳᎩ",
]


def _with_noto(folder: Path, scripts: Collection[fonts.Script]) -> TypstPrinter:
    fonts._from_machine(scripts, folder)
    if not all(script.present(folder) for script in scripts):
        pytest.skip("no Noto fonts of Debian on this machine")
    return TypstPrinter(folder)


@pytest.mark.feature(114)
def test_names_in_thirty_scripts_are_set_without_an_empty_box_where_noto_is_there(tmp_path: Path) -> None:
    with_noto = _with_noto(tmp_path, fonts.ALL)
    assert with_noto.missing(THIRTY) == set()
    made = with_noto.alone("signature-sheet", volume([[name, "Norway", "2017-05-01", "N"] for name in THIRTY]))
    assert examine(made.pdf) == (1, [])


@pytest.mark.feature(114)
def test_every_name_that_the_table_accepts_prints_without_an_empty_box_where_noto_is_there(tmp_path: Path) -> None:
    with_noto = _with_noto(tmp_path, fonts.ALL)
    table = json.loads((Path(__file__).parents[1] / "names" / "accepted.json").read_text())
    names = [names_room.accepted(row["name"]) for row in table]
    assert with_noto.missing(names) == set()
    made = with_noto.alone("signature-sheet", volume([[name, "France", "2017-05-01", "N"] for name in names]))
    assert examine(made.pdf)[1] == []


def test_a_font_that_is_not_there_is_a_refusal_though_the_engine_only_warns(tmp_path: Path) -> None:
    set_up = press._Press(tmp_path, pages())
    assert set_up.set("custody-log").pages == 1
    data = json.loads(set_up._json)
    data["fonts"]["serif"].insert(0, "No Such Family")
    set_up._json = json.dumps(data)
    with pytest.raises(PrintRefused, match="a warning"):
        set_up.set("custody-log")


def test_a_name_of_two_lines_is_refused_as_it_would_move_all_below(printer: TypstPrinter) -> None:
    with pytest.raises(PrintRefused):
        printer.alone("signature-sheet", volume([["Anna\u2028Anna", "France", "2017-05-01", "N"]]))


def test_a_refusal_quotes_no_text_of_the_page(printer: TypstPrinter) -> None:
    broken = volume([["Perpetua Unmistakable", "France", "2017-05-01", "?"]])
    with pytest.raises(PrintRefused) as refusal:
        printer.alone("signature-sheet", broken)
    assert "Perpetua" not in str(refusal.value) + repr(refusal.value.__cause__) + repr(refusal.value.__context__)
    assert refusal.value.where.startswith("signature-sheet.typ")


def test_the_printing_process_is_given_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, printer: TypstPrinter
) -> None:
    seen: dict[str, dict[str, str]] = {}
    begin = presses.subprocess.Popen

    def noted(command: list[str], **how: object) -> object:
        seen["env"] = dict(how["env"])  # type: ignore[call-overload]
        return begin(command, **how)  # type: ignore[call-overload]

    monkeypatch.setenv("CAMPAIGN_NAMES_PRIVATE_KEY", "secret")
    monkeypatch.setattr(press, "Child", presses.Child)  # a new one, not one kept from another test
    monkeypatch.setattr(presses.subprocess, "Popen", noted)
    printer.alone("custody-log", pages())
    assert not [name for name in seen["env"] if name.startswith("CAMPAIGN")]


def test_every_fixed_sentence_of_the_templates_can_be_translated(printer: TypstPrinter) -> None:
    words = fixed_words()
    assert "Certificate" in words
    assert "{n} counted signatures" in words
    french = translated(lambda s: "Attestation" if s == "Certificate" else s)
    assert french == {"Certificate": "Attestation"}
    made = TypstPrinter(printer.folder, words=lambda lang: french if lang == "en" else {}).alone("certificate", pages())
    assert "Attestation" in plain(read(made.pdf)[0])


def test_the_templates_hold_no_sentence_outside_the_catalogue() -> None:
    """Words between content brackets or in plain strings that are shown must come from data or tr()."""
    shown: Callable[[str], list[str]] = re.compile(r"\[([A-Z][a-z]+ [a-z]+[^\]#]*)\]").findall
    assert {p.name: shown(p.read_text()) for p in press.TEMPLATES.glob("*.typ")} == {
        p.name: [] for p in press.TEMPLATES.glob("*.typ")
    }


def test_data_reach_the_page_unchanged_whatever_they_hold(printer: TypstPrinter) -> None:
    odd = '#panic("x") $a$ *b* \\ <c> @d `e` [f] "g" // h'
    text = plain(read(printer.parts(["cover-letter"], pages(sender={"name": odd, "lines": []}))["cover-letter"].pdf)[0])
    assert plain(odd) in text
