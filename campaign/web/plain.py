"""Signs that turn the reading direction of what stands around them can forge a text, and no keyboard needs them.

A name that has one is refused (domain/names.py), and a draft is kept without them (domain/cases/proposal.py). So are all
forms of staff, what somebody writes about themselves, and reports of visitors. Marks that only steer a single word, as
Persian and Hebrew need them, stay.
"""

from flask import request
from werkzeug.datastructures import ImmutableMultiDict

TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def take_out_turning_signs() -> None:
    """From every field of this form, before anything reads it."""
    if request.method != "POST":
        return
    typed = [(name, value, value.translate(TURNING)) for name, value in request.form.items(multi=True)]
    if any(value != plain for _name, value, plain in typed):
        request.form = ImmutableMultiDict([(name, plain) for name, _value, plain in typed])
