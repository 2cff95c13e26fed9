import json

import pytest
import structlog

from campaign import logs

pytestmark = pytest.mark.parametrize("house", ["sqlite"], indirect=True)


def written(capsys, settings, text):
    """The line that a fault with these words leaves in the log."""
    logs.configure(settings)
    try:
        raise ValueError(text)
    except ValueError:
        structlog.get_logger().error("request failed", route="/sign", exc_info=True)
    return capsys.readouterr().out


def test_a_fault_is_logged_with_its_kind_and_its_place_and_never_with_its_words(capsys, production, tools):
    line = json.loads(written(capsys, production, "no such person: leila@post.example"))
    logs.configure(tools.settings)
    assert line["route"] == "/sign"
    assert line["fault"] == "ValueError"
    assert line["at"].endswith("written")
    assert "leila" not in json.dumps(line)


def test_the_causes_of_a_fault_are_named_as_well(capsys, production, tools):
    logs.configure(production)
    try:
        try:
            raise KeyError("leila@post.example")
        except KeyError as cause:
            raise RuntimeError("Leila") from cause
    except RuntimeError:
        structlog.get_logger().error("request failed", exc_info=True)
    line = json.loads(capsys.readouterr().out)
    logs.configure(tools.settings)
    assert line["fault"] == "RuntimeError from KeyError"
