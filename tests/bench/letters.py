"""Run beside the site: sends every letter that waits, by the worker's own function, and says what it cost."""

import json

from campaign.app import create_app
from campaign.worker import send_letters
from tests.bench.spending import spending


def main() -> None:
    with create_app().app_context():
        with spending() as spent:
            letters = send_letters()
        print(json.dumps({"letters": letters, **vars(spent)}))


if __name__ == "__main__":
    main()
