"""The store keeps whole files for one account, or says plainly that it cannot."""

import stat
from pathlib import Path

import pytest

from campaign.domain.printing import StoreFull
from campaign.gateways.store import FileStore


def test_what_is_written_is_read_back_by_this_account_alone(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "store")
    store.write("packets/A1/lines/one.json", b"[1]")
    place = tmp_path / "store/packets/A1/lines/one.json"
    assert store.read("packets/A1/lines/one.json") == b"[1]"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert {stat.S_IMODE(p.stat().st_mode) for p in (place.parent, place.parents[1], place.parents[3])} == {0o700}
    assert store.names("packets/A1") == ["lines/one.json"]


@pytest.mark.parametrize("path", ["../out", "/etc/out", "a/../../out", ""])
def test_no_path_leads_out_of_the_store(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="stays inside"):
        FileStore(tmp_path / "store").write(path, b"x")


def test_a_full_disk_leaves_the_old_file_and_nothing_half_written(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    store.write("packets/a.pdf", b"old")
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    import signal

    heard = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(
        resource.RLIMIT_FSIZE, (1000, before[1])
    )  # the system refuses to write more, as a full disk does
    try:
        with pytest.raises(StoreFull):
            store.write("packets/a.pdf", b"new" * 10_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, heard)
    assert store.read("packets/a.pdf") == b"old"
    assert [p.name for p in (tmp_path / "packets").iterdir()] == ["a.pdf"]
