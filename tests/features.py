"""Which rows of the feature list have a test: `pytest --features` collects the marks and prints the list."""

import collections
from pathlib import Path

import pytest

LIST = Path(__file__).with_name("features.txt")


def rows() -> dict[int, str]:
    """Number and short wording of each row."""
    lines = [line.partition("\t") for line in LIST.read_text("utf-8").splitlines() if line[:1].isdigit()]
    return {int(number): words for number, _, words in lines}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--features", action="store_true", help="print which features have a test, and run none")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("features"):
        return
    proofs: dict[int, set[str]] = collections.defaultdict(set)
    for item in items:
        for mark in item.iter_markers("feature"):
            for number in mark.args:
                proofs[number].add(item.nodeid.partition("[")[0])
    items.clear()
    config.stash[PROOFS] = dict(proofs)


PROOFS = pytest.StashKey[dict[int, set[str]]]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if PROOFS not in config.stash:
        return
    proofs, known = config.stash[PROOFS], rows()
    say = terminalreporter.write_line
    for number, words in known.items():
        n = len(proofs.get(number, ()))
        say(f"{number:>4}  {words}" + (f"  · {n} test{'s' if n > 1 else ''}" if n else "  – no test"))
    proven = sum(1 for number in known if number in proofs)
    say(f"{proven} of {len(known)} features have a test")
    for number in sorted(set(proofs) - set(known)):
        say(f"no such feature: {number}", red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if PROOFS in session.config.stash:
        session.exitstatus = pytest.ExitCode.OK


if __name__ == "__main__":
    raise SystemExit(pytest.main(["--features", "-p", "no:randomly"]))
