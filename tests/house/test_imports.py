import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.rooms import ROOT, imports, name

DOORS = {"stripe": "campaign/gateways/payments.py", "typst": "campaign/gateways/printer.py"}
ROOMS = sorted(ROOT.glob("campaign/**/*.py"))


def test_imports_go_down_the_house_and_never_up():
    linter = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize(("library", "door"), DOORS.items())
def test_one_file_alone_speaks_to_the_printer_and_one_to_the_payments(library, door):
    users = {name(path) for path in ROOMS if any(each.partition(".")[0] == library for each in imports(path))}
    assert users <= {door}


def test_settings_are_read_from_the_environment_at_the_edge_alone():
    readers = {name(path) for path in ROOMS if "campaign.settings.read" in imports(path)}
    assert readers <= {"campaign/app.py", "campaign/cli/doctor.py"}


def test_nobody_imports_the_package_by_the_name_of_our_commonest_variable():
    plain = [name(path) for path in ROOMS if re.search(r"^import campaign$", path.read_text("utf-8"), re.MULTILINE)]
    assert plain == []
