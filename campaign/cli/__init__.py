"""Commands for those who run the site: `flask --app wsgi …`. One clear line on error, exit status 1."""

from flask import Flask

from campaign.cli.accounts import accounts
from campaign.cli.backup import backup, restore
from campaign.cli.communications import new_communication
from campaign.cli.demo import demo
from campaign.cli.doctor import doctor
from campaign.cli.donations import donations
from campaign.cli.forget import forget
from campaign.cli.joint_letters import seal_joint_letter
from campaign.cli.keys import keys
from campaign.cli.mail import mail
from campaign.cli.packets import packets
from campaign.cli.signatures import signatures
from campaign.cli.work import recount, serve, worker


def init_app(app: Flask) -> None:
    packets.add_command(new_communication)
    packets.add_command(seal_joint_letter)
    every = (
        backup, demo, doctor, donations, forget, keys, mail, packets, recount, restore, serve, signatures, worker,
    )  # fmt: skip
    for command in every:
        app.cli.add_command(command)
    if "security" in app.blueprints:  # accounts are opened where people sign in
        app.cli.add_command(accounts)
