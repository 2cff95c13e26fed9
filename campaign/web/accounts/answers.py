"""How Flask-Security's views answer: with our pages, and 422 where a form has errors, so that nothing is committed."""

from typing import Any

from flask import render_template, request
from wtforms import Form

Answer = str | tuple[str, int]


def render(template: str, **context: Any) -> Answer:
    page = render_template(template, **context)
    forms = [value for value in context.values() if isinstance(value, Form)]
    refused = request.method == "POST" and any(form.errors for form in forms)
    return (page, 422) if refused else page
