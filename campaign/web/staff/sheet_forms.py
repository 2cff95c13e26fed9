"""The forms of paper sheets. The lines of a sheet are as many as the sheet has, so they are read one by one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from unicodedata import normalize

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import IntegerField, StringField
from wtforms.validators import NumberRange

from campaign.domain import names
from campaign.domain.names import NameRefused
from campaign.domain.paper.issuing import LEAST_LINES, MOST_LINES, MOST_SHEETS
from campaign.domain.paper.keying import Typed
from campaign.models.packet import Paper
from campaign.models.paper import LineState, SheetEnd, VoidReason
from campaign.web import countries, languages
from campaign.web.staff.forms import LINE, NEEDED, Choice

_FIELD = re.compile(r"(?:name|country|as|only)-(\d{1,3})")


class IssueForm(FlaskForm):
    sheets = IntegerField(validators=[NEEDED, NumberRange(1, MOST_SHEETS)], default=10)
    lines = IntegerField(validators=[NEEDED, NumberRange(LEAST_LINES, MOST_LINES)], default=20)
    words = Choice()
    paper = Choice([paper.value for paper in Paper])
    issued_to = StringField(validators=[NEEDED, LINE])


class PrintForm(FlaskForm):
    first = IntegerField(validators=[NEEDED, NumberRange(1)])
    last = IntegerField(validators=[NEEDED, NumberRange(1)])


class ReturnForm(FlaskForm):
    code = StringField(validators=[NEEDED, LINE])
    seen = IntegerField(validators=[NEEDED, NumberRange(0, 1000)])
    file = FileField()


class WriteOffForm(FlaskForm):
    why = Choice([why.value for why in SheetEnd])


class EndForm(FlaskForm):
    line = IntegerField(validators=[NEEDED])
    why = Choice(["withdrawn", *(why.value for why in VoidReason)])


@dataclass
class TypedLines:
    """What was typed, as it stood in the boxes, what it means, and what is wrong with a line."""

    boxes: dict[int, dict[str, str]] = field(default_factory=dict)
    lines: list[Typed] = field(default_factory=list)
    faults: dict[int, str] = field(default_factory=dict)

    def box(self, line: int, name: str) -> str:
        return self.boxes.get(line, {}).get(name, "")


def typed_lines(form: Mapping[str, str]) -> TypedLines:
    """Every line there is a box of, also beyond the last of the sheet: the domain refuses those in words."""
    found = TypedLines()
    for line in sorted({int(match[1]) for name in form if (match := _FIELD.fullmatch(name))}):
        boxes = {name: form.get(f"{name}-{line}", "").strip() for name in ("name", "country", "as", "only")}
        found.boxes[line] = boxes
        try:
            found.lines.append(_typed(line, boxes))
        except NameRefused as fault:
            found.faults[line] = gettext(fault.message_key) % fault.message_values
        except ValueError as fault:
            found.faults[line] = str(fault)
    return found


def _typed(line: int, boxes: Mapping[str, str]) -> Typed:
    """An empty name is an empty line, unless something else was said of it. Raises NameRefused, ValueError."""
    if boxes["as"] in set(VoidReason):
        return Typed(line, LineState.VOID, reason=VoidReason(boxes["as"]))
    if not boxes["name"]:
        if boxes["country"] or boxes["only"]:
            raise ValueError(gettext("Type the name too, or say why this line is void."))
        return Typed(line, LineState.EMPTY)
    country = _code_of(boxes["country"])
    return Typed(line, LineState.SIGNED, names.accepted(boxes["name"]), country, bool(boxes["only"]))


def _code_of(typed: str) -> str:
    """A code or a name, in English or in the reader's language; empty where nobody can read it. Raises ValueError."""
    if not typed:
        return ""
    for lang in ("en", languages.chosen()):
        known = countries.names(lang)
        if typed.upper() in known:
            return typed.upper()
        wanted = normalize("NFC", typed).casefold()
        for code, name in known.items():
            if name.casefold() == wanted:
                return code
    raise ValueError(gettext("This country is not on the list. Choose one of it, or leave it empty."))


VOID_WORDS = {
    VoidReason.UNREADABLE: _("void: cannot be read"),
    VoidReason.CROSSED_OUT: _("void: crossed out"),
    VoidReason.NO_SIGNATURE: _("void: no signature"),
    VoidReason.DOUBLE: _("void: the same person a second time"),
    VoidReason.SAME_HAND: _("void: written by somebody else’s hand"),
    VoidReason.FALSE_NAME: _("void: no person’s name"),
    VoidReason.MISTAKE: _("void: our mistake"),
}
END_WORDS = {
    SheetEnd.LOST: _("lost"),
    SheetEnd.BLANK: _("blank: nobody signed on it"),
    SheetEnd.DESTROYED: _("destroyed"),
    SheetEnd.ALTERED: _("its words were altered"),
}
