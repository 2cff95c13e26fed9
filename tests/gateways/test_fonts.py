"""Fonts for print: named after what is there, fetched without root, never demanded."""

from pathlib import Path

import pytest

from campaign.gateways import fonts


def test_a_machine_without_noto_sets_packets_in_the_fonts_inside_the_engine() -> None:
    assert fonts.stack({"Libertinus Serif", "DejaVu Sans Mono", "New Computer Modern Math"}) == {
        "serif": ["Libertinus Serif"],
        "sans": ["Libertinus Serif"],
        "display": ["Libertinus Serif"],
        "mono": ["DejaVu Sans Mono"],
        "symbols": ["DejaVu Sans Mono", "New Computer Modern Math"],
    }


def test_no_family_is_asked_for_that_is_not_there() -> None:
    there = {"Noto Serif", "Noto Naskh Arabic", "Noto Sans Symbols 2", "Libertinus Serif"}
    stacks = fonts.stack(there)
    assert stacks["serif"] == ["Noto Serif", "Noto Naskh Arabic", "Libertinus Serif"]
    assert stacks["symbols"][0] == "Noto Sans Symbols 2"
    for use in ("serif", "sans", "display"):
        assert set(stacks[use]) <= there


def test_the_report_says_per_script_what_can_be_shown(tmp_path: Path) -> None:
    (tmp_path / "NotoSerif-Regular.ttf").touch()
    (tmp_path / "NotoSerifSC_400Regular.ttf").touch()
    report = fonts.by_script(tmp_path)
    assert {label for label, shown in report.items() if shown} == {
        "Latin, Greek, Cyrillic",
        "Chinese, Japanese, Korean",
    }


def test_fetching_goes_on_without_what_cannot_be_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # neither apt-get nor npm
    monkeypatch.setenv("CAMPAIGN_INSTANCE", str(tmp_path))
    monkeypatch.setattr(fonts, "DEBIAN_FOLDERS", ())
    assert fonts.main() == 0
    assert "not found; packets are set without them" in capsys.readouterr().out


def test_debians_installed_files_are_linked_and_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    debian, folder = tmp_path / "debian", tmp_path / "fonts"
    debian.mkdir()
    (debian / "NotoSerifThai-Regular.ttf").touch()
    monkeypatch.setattr(fonts, "DEBIAN_FOLDERS", (debian,))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert fonts.fetch(folder)["Thai"] == "machine"
    assert (folder / "NotoSerifThai-Regular.ttf").is_symlink()
    assert fonts.fetch(folder)["Thai"] == "already here"
