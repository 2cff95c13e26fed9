import re

import pytest
from flask.cli import FlaskGroup

from tests.house.rooms import ROOT

OURS = ("campaign", "templates", "static", "tests", "migrations", "bench", "docs")
FOREIGN = {".ttf", ".otf", ".woff", ".woff2", ".eot", ".map", ".jar", ".so", ".dll", ".exe", ".whl"}
README = (ROOT / "README.md").read_text("utf-8")
CODE = "\n".join(re.findall(r"```.*?```|`[^`]+`", README, re.DOTALL))
TARGETS = sorted(set(re.findall(r"\bmake ([a-z-]+)\b", CODE)))
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def files():
    return [p for folder in OURS for p in (ROOT / folder).glob("**/*") if p.is_file() and "__pycache__" not in p.parts]


def test_no_font_and_no_script_of_others_is_in_the_repository():
    assert [p.name for p in files() if p.suffix in FOREIGN or ".min." in p.name] == []


def test_every_script_and_style_is_written_to_be_read():
    for path in files():
        if path.suffix in {".js", ".css"}:
            longest = max((len(line) for line in path.read_text("utf-8").splitlines()), default=0)
            assert longest <= 500, path.name


@pytest.mark.parametrize("target", TARGETS)
def test_every_make_command_of_the_readme_exists(target):
    assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)


COMMANDS = sorted(set(re.findall(r"flask --app wsgi ([a-z]+)(?: ([a-z]+))?", README)))


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_flask_command_of_the_readme_exists(app, command):
    group, sub = command
    found = app.cli.get_command(None, group)
    if found is None:
        found = FlaskGroup(create_app=lambda: app).get_command(None, group)
    assert found is not None
    subs = getattr(found, "commands", None)
    if subs and sub:
        assert sub in subs
