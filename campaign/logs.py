"""Logs hold ids, counts and route names: never a name, an address, a text or a filled-in path.

What other libraries say goes through the same sieve. The web server, left alone, writes down the network address of
whoever sends a request that it cannot read, and quotes it; and a fault that leaves the site is told with its path.
"""

import logging
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import structlog

from campaign.settings import ROOT, Settings


def configure(settings: Settings) -> None:
    """Production keeps a fault's kind and place; its words may quote what somebody typed."""
    tell = [_name_fault] if settings.is_production else [structlog.processors.format_exc_info]
    render = structlog.processors.JSONRenderer() if settings.is_production else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *tell,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )
    server = logging.getLogger("gunicorn.error")
    server.filters = [each for each in server.filters if not isinstance(each, _Unquoting)]
    server.addFilter(_Unquoting())
    if settings.is_production:
        _name_faults_of_others()


class _Unquoting(logging.Filter):
    """What the web server says of a request, without the request: neither where it came from nor what was in it."""

    _SAYS = (("Invalid request", "a request could not be read"), ("Error handling request", "a request failed"))

    def filter(self, record: logging.LogRecord) -> bool:
        for begins, plain in self._SAYS:
            if str(record.msg).startswith(begins):
                record.msg, record.args = plain, ()
        if record.exc_info:
            record.msg, record.exc_info, record.exc_text = f"{record.msg}: {_told(record.exc_info[1])}", None, None
        return True


class _Naming(logging.Formatter):
    """Tells a fault of a library by its kind and place, as ours are told."""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # what another handler made of it quotes the fault
        told = super().format(record)
        record.exc_text = None
        return told

    def formatException(self, ei: Any) -> str:
        return _told(ei[1])


def _name_faults_of_others() -> None:
    """Flask, huey and all that log without being asked how: one handler, which quotes no fault."""
    root = logging.getLogger()
    root.handlers = [each for each in root.handlers if not isinstance(each.formatter, _Naming)]
    handler = logging.StreamHandler()
    handler.setLevel(logging.WARNING)
    handler.setFormatter(_Naming("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root.addHandler(handler)


def _told(fault: BaseException | None) -> str:
    if fault is None:
        return ""
    frames = traceback.extract_tb(fault.__traceback__)
    places = " > ".join(f"{_file(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{' from '.join(type(each).__name__ for each in _causes(fault))} at {places}"


def _name_fault(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    given = event.pop("exc_info", None)
    info = sys.exc_info() if given is True else given
    fault = info[1] if isinstance(info, tuple) else info
    if isinstance(fault, BaseException):
        event["fault"] = " from ".join(type(each).__name__ for each in _causes(fault))
        frames = traceback.extract_tb(fault.__traceback__)
        event["at"] = " > ".join(f"{_file(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames)
    return event


def _causes(fault: BaseException | None) -> Iterator[BaseException]:
    while fault is not None:
        yield fault
        fault = fault.__cause__ or fault.__context__


def _file(name: str) -> str:
    path = Path(name)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
