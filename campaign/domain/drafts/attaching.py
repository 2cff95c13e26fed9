"""Attaching: images and files join a draft with their words, by the number of the version like all that is saved.

They get short names for the text, image-1 or file-1, by which it can place them. A name that was given in a draft is
not given again in it while something still bears it, so that the text never shows another picture by surprise.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from campaign.domain.cases import enclosing, proposal
from campaign.domain.cases.enclosing import Desk, FileRefused, Upload
from campaign.domain.cases.proposal import MOST_FILES, Content, FileProposed
from campaign.domain.drafts import drafting
from campaign.models.account import Account
from campaign.models.draft import Draft


class TooManyFiles(FileRefused):
    """One campaign holds at most 30 images and files. Take one out first."""


def save(
    draft: Draft, content: Content, upload: Upload | None, *, version: int, by: Account, at: datetime, desk: Desk
) -> None:
    """Keep the words, one more upload if there is one, and delete what was taken out.

    Raises NotBeingWritten, SavedElsewhere, FileRefused, PictureRefused, StoreFull.
    """
    drafting.refuse_other(draft, version=version)
    before = _names(draft)
    if upload is not None:
        if len(content.files) >= MOST_FILES:
            raise TooManyFiles
        row = enclosing.keep(upload, account_id=by.id, at=at, desk=desk)
        file = FileProposed(name=row.name, mark=next_mark(content.files, row.kind.value), kind=row.kind.value)
        content = replace(content, files=(*content.files, file))
    drafting.save(draft, content, version=version, by=by, at=at)
    enclosing.drop_unused(before - _names(draft), store=desk.store)


def discard(draft: Draft, *, by: Account, at: datetime, desk: Desk) -> None:
    """Throw the draft away with every word, and with what only it holds of images and files.

    Raises AuthorOnly, NotBeingWritten.
    """
    before = _names(draft)
    drafting.discard(draft, by=by, at=at)
    enclosing.drop_unused(before, store=desk.store)


def holds(draft: Draft, name: str) -> bool:
    """Whether that name is one of this draft's: nothing else is handed out under its address."""
    return name in _names(draft)


def _names(draft: Draft) -> set[str]:
    return {file.name for file in proposal.read(draft.content).files}


def next_mark(files: Iterable[FileProposed], kind: str) -> str:
    """The first name above all that are given."""
    numbers = [int(file.mark.rpartition("-")[2]) for file in files if file.kind == kind]
    return f"{kind}-{max(numbers, default=0) + 1}"
