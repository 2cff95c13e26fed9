"""What gunicorn and `flask --app wsgi` import."""

import gc
import os
import sys

gc.disable()  # while modules are read there is nothing to collect, and looking for it takes a fifth of the start

from campaign import readiness
from campaign.app import create_app
from campaign.settings import SettingsWrong

try:
    app = create_app()
except SettingsWrong as wrong:
    print("The settings cannot be used:", *wrong.faults, sep="\n  ", file=sys.stderr)
    raise SystemExit(1) from None

gc.enable()
gc.freeze()  # what was loaded stays, and is not looked through again each time that garbage is collected
gc.set_threshold(10_000, 20, 50)  # nearly all of ours goes without it

# A command may be the one that mends the database; a server must find it whole.
if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
    with app.app_context():
        faults = readiness.faults(app.extensions["collaborators"].settings)
    if faults:
        print("The site cannot start:", *faults, sep="\n  ", file=sys.stderr)
        raise SystemExit(1)
