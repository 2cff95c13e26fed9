"""Of a PDF its pages come out of the sieve; one that acts, hides files or is none does not get in."""

import io

import pikepdf
import pytest

from campaign.domain.cases.enclosing import PdfActs, PdfBroken, PdfLocked
from campaign.gateways.sieve import PdfSieve
from tests.gateways import papers


@pytest.mark.feature(6)
def test_what_a_pdf_says_of_its_makers_goes_in_and_does_not_come_out():
    upload = papers.pdf()
    assert all(told in upload for told in papers.TELLS)
    made = PdfSieve().pdf(upload)
    assert [told for told in papers.TELLS if told in made] == []
    with pikepdf.open(io.BytesIO(made)) as read:
        (page,) = read.pages
        (note,) = page.obj.Annots
        assert str(note.A.URI) == "https://news.example/"
        assert pikepdf.PdfImage(page.Resources.XObject.Photo).as_pil_image().size == (50, 40)
        assert set(read.Root.keys()) == {"/Type", "/Pages"}


@pytest.mark.feature(6)
@pytest.mark.parametrize("change", [papers.with_a_script, papers.that_starts_a_program, papers.with_a_file_inside])
def test_a_pdf_that_acts_or_holds_other_files_is_refused(change):
    with pytest.raises(PdfActs):
        PdfSieve().pdf(papers.pdf(change))


def test_a_locked_and_a_broken_pdf_are_refused_and_an_archive_behind_one_is_left_out():
    with pytest.raises(PdfLocked):
        PdfSieve().pdf(papers.pdf(encryption=pikepdf.Encryption(owner="a", user="b")))
    for broken in (b"%PDF-1.7 nothing", papers.pdf()[:400]):
        with pytest.raises(PdfBroken):
            PdfSieve().pdf(broken)
    assert b"PK\x03\x04" not in PdfSieve().pdf(papers.pdf() + b"PK\x03\x04 an archive")
