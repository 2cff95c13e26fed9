"""The floor: what bare Flask costs here, under the same gunicorn and on the same database.

One template with one SELECT, and one INSERT committed. No form is checked, nothing is sealed, nobody is asked
twice; nothing that does the work can cost less on this machine at this hour.
"""

import os
import sqlite3
import threading
from typing import Any

import psycopg
from flask import Flask, render_template, request
from jinja2 import DictLoader

app = Flask(__name__)
DATABASE = os.environ.get("FLOOR_DATABASE", "")
MARK = "%s" if DATABASE.startswith("postgresql") else "?"
PARAGRAPH = "We ask you to open the library again, to keep it free of charge, and to say by when. " * 4
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title></head><body>
<nav><ul>{% for word in ["Home", "Petitions", "About", "Help"] %}<li><a href="/{{ word|lower }}">{{ word }}</a></li>
{% endfor %}</ul></nav><main><h1>{{ title }}</h1><p>{{ n }} of 200000 have signed.</p>
{% for paragraph in paragraphs %}<p>{{ paragraph }}</p>{% endfor %}<form method="post" action="/sign">
{% for name in ["name", "email", "country", "visibility"] %}<p><label for="{{ name }}">{{ name|capitalize }}</label>
<input id="{{ name }}" name="{{ name }}"></p>{% endfor %}<button>Sign</button></form></main></body></html>"""
SCHEMA = (
    "DROP TABLE IF EXISTS floor_petition",
    "DROP TABLE IF EXISTS floor_signature",
    "CREATE TABLE floor_petition (id int PRIMARY KEY, title text, n int)",
    "INSERT INTO floor_petition VALUES (1, 'Open the library again', 100000)",
    "CREATE TABLE floor_signature (petition_id int NOT NULL, name text NOT NULL, email text NOT NULL, "
    "token text NOT NULL UNIQUE, UNIQUE (petition_id, email))",
)
app.jinja_loader = DictLoader({"page.html": PAGE})
_local = threading.local()


def connect(url: str) -> Any:
    if url.startswith("postgresql"):
        return psycopg.connect(url, autocommit=True)
    connection = sqlite3.connect(url, isolation_level=None, timeout=20)
    connection.execute("PRAGMA journal_mode=WAL")
    return connection


def _database() -> Any:
    if not hasattr(_local, "connection"):
        _local.connection = connect(DATABASE)
    return _local.connection


@app.get("/page")
def page() -> str:
    asked = f"SELECT title, n FROM floor_petition WHERE id = {MARK}"  # noqa: S608 - a mark of ours
    title, n = _database().execute(asked, (1,)).fetchone()
    return render_template("page.html", title=title, n=n, paragraphs=[PARAGRAPH] * 6)


@app.post("/insert")
def insert() -> tuple[str, int]:
    marks = ", ".join([MARK] * 4)
    row = (1, request.form["name"], request.form["email"], os.urandom(16).hex())
    _database().execute(
        f"INSERT INTO floor_signature VALUES ({marks}) ON CONFLICT DO NOTHING",  # noqa: S608 - marks of ours
        row,
    )
    return "", 204
