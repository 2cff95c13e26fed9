import json
import logging

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


def test_what_the_web_server_says_of_a_request_names_neither_its_network_nor_what_was_in_it(caplog, tools):
    logs.configure(tools.settings)
    server = logging.getLogger("gunicorn.error")
    server.warning("Invalid request from ip=192.0.2.7: Invalid HTTP request line: '/confirm/leila'")
    try:
        raise ValueError("leila@post.example")
    except ValueError:
        server.exception("Error handling request %s %s", "GET", "/confirm/leila")
        server.exception("Socket error processing request.")
    assert "192.0.2.7" not in caplog.text
    assert "leila" not in caplog.text
    said = [record.getMessage() for record in caplog.records]
    assert said[0] == "a request could not be read"
    assert said[1].startswith("a request failed: ValueError at ")
    assert said[2].startswith("Socket error processing request.: ValueError at ")


def test_a_fault_that_a_library_logs_in_production_is_told_by_kind_and_place_too(capfd, production, tools):
    before = list(logging.getLogger().handlers)
    logs.configure(production)
    try:
        raise ValueError("leila@post.example")
    except ValueError:
        logging.getLogger("huey").exception("Unhandled exception in task %s.", 7)
    logging.getLogger().handlers = before
    logs.configure(tools.settings)
    said = capfd.readouterr().err
    assert "Unhandled exception in task 7." in said
    assert "ValueError at tests/test_logs.py" in said
    assert "leila" not in said
