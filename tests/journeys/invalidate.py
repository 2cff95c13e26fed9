"""What the worker does at the bell of removals, as a program that ends with it."""

from campaign import worker
from campaign.app import create_app

if __name__ == "__main__":
    with create_app().app_context():
        worker.invalidate()
