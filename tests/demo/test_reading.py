"""A typo in a data file is a sentence that says where, never a lost fact."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from campaign.demo import reading
from campaign.demo.reading import DataWrong
from campaign.domain import names


def spoilt(folder: Path, change: Any) -> Path:
    """A copy of the people's file in which the first record was changed."""
    people = json.loads((reading.FOLDER / "people.json").read_text(encoding="utf-8"))
    change(people[0])
    (folder / "people.json").write_text(json.dumps(people), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda p: p["facts"][0].update(valu="x"), r'people\.json\[0\]\.facts\[0\]: unknown key "valu"'),
        (lambda p: p.pop("role"), r"people\.json\[0\]: .*'role'"),
        (lambda p: p.update(status="in prison"), r"people\.json\[0\]\.status: 'in prison' is not a valid Status"),
        (lambda p: p.update(summary=" "), r"people\.json\[0\]\.summary"),
        (lambda p: p.update(facts={}), r"people\.json\[0\]\.facts: a list is needed"),
        (lambda p: p.update(names="Yorov"), r"people\.json\[0\]\.names: a record in braces"),
        (lambda p: p["facts"][0].update(as_of=2017), r"people\.json\[0\]\.facts\[0\]\.as_of: 2017"),
    ],
)
def test_a_typo_is_named_with_its_place(tmp_path: Path, change: Any, says: str) -> None:
    with pytest.raises(DataWrong, match=says):
        reading.people(spoilt(tmp_path, change))


def test_a_file_that_is_no_json_or_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataWrong, match=r"people\.json"):
        reading.people(tmp_path)
    (tmp_path / "people.json").write_text("[{", encoding="utf-8")
    with pytest.raises(DataWrong, match=r"people\.json"):
        reading.people(tmp_path)


def test_a_whole_copy_of_the_files_reads_the_same(tmp_path: Path) -> None:
    for path in reading.FOLDER.glob("*.json"):
        shutil.copy(path, tmp_path)
    assert reading.people(tmp_path) == reading.people()
    assert reading.campaigns(tmp_path) == reading.campaigns()


def test_invented_names_come_in_twenty_scripts_and_are_names_as_the_form_takes_them() -> None:
    listed = reading.names()
    assert len({pool.script for pool in listed.pools}) == 20
    for pool in listed.pools:
        for part in [*pool.given, *pool.family]:
            assert names.accepted(part) == part
    for name in listed.as_written:
        assert names.accepted(name) == name
