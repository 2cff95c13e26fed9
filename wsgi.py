"""What gunicorn and `flask --app wsgi` import."""

import sys

from campaign.app import create_app
from campaign.settings import SettingsWrong

try:
    app = create_app()
except SettingsWrong as wrong:
    print("The settings cannot be used:", *wrong.faults, sep="\n  ", file=sys.stderr)
    raise SystemExit(1) from None
