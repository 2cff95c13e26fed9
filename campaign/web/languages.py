"""Languages: a path prefix (`/fr/petitions/…`) chosen by the reader, never by the browser's guess.

The prefix is moved into SCRIPT_NAME before Flask looks, so that no route knows of it and every `url_for`
keeps it. The first language has no prefix.
"""

from collections.abc import Callable, Iterable
from typing import Any

from babel import Locale
from flask import Flask, request
from flask_babel import Babel, get_locale

LANGUAGES = ("en",)  # those with a catalogue under translations/, the site's first one first


class LanguagePrefix:
    def __init__(self, wrapped: Callable[..., Iterable[bytes]]) -> None:
        self.wrapped = wrapped

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["campaign.root"] = environ.get("SCRIPT_NAME", "")
        head, _, rest = environ.get("PATH_INFO", "").lstrip("/").partition("/")
        if head in LANGUAGES[1:]:
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + "/" + head
            environ["PATH_INFO"] = "/" + rest
            environ["campaign.language"] = head
        return self.wrapped(environ, start_response)


def chosen() -> str:
    return str(request.environ.get("campaign.language", LANGUAGES[0]))


def address(lang: str, path: str) -> str:
    """The path of a page as the interface of that language has it; `path` as `url_for` made it for this request."""
    root = str(request.environ.get("campaign.root", ""))
    prefix = f"/{lang}" if lang in LANGUAGES[1:] else ""
    return root + prefix + path.removeprefix(request.script_root)


def init_app(app: Flask) -> None:
    Babel(app, locale_selector=chosen, default_translation_directories="translations")
    app.wsgi_app = LanguagePrefix(app.wsgi_app)  # type: ignore[method-assign]

    @app.context_processor
    def languages() -> dict[str, Any]:
        locale = get_locale() or Locale("en")
        return {"lang": str(locale).replace("_", "-"), "text_direction": locale.text_direction}
