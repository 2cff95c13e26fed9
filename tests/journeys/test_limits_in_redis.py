"""Limits where several processes share one Redis, and what is left of them when it is gone."""

import shutil
import socket
import subprocess
import time

import pytest

from campaign.domain.limits import DEFAULTS
from tests.journeys.test_flood import FORM, send

REDIS = shutil.which("redis-server")
HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def redis_server(tmp_path):
    if REDIS is None:
        pytest.skip("redis-server is not installed")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [REDIS, "--port", str(port), "--save", "", "--dir", str(tmp_path), "--bind", "127.0.0.1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    process.url = f"redis://127.0.0.1:{port}/0"
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield process
    process.kill()
    process.wait()


@pytest.mark.feature(39)
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_three_processes_count_together_and_go_on_limiting_when_redis_is_gone(make, tools, living, redis_server):
    petition, stamp = make.open_petition(), tools.links.stamp(make.now())
    site = living(LIMITS_URL=redis_server.url)
    site.start_web(processes=3)

    def form(n):
        fields = FORM | {"name": "", "email": f"nobody.{n}@nowhere-{n}.example", "stamp": stamp}
        return send(site, f"/petitions/{petition.slug}/sign", fields, HEADERS)

    answers = [form(n) for n in range(60)]
    statuses = [status for status, _ in answers]
    assert statuses == [303] * DEFAULTS["signing.minute"] + [429] * 30
    assert 1 <= int(answers[-1][1]) <= 60

    redis_server.kill()
    redis_server.wait()
    statuses = [form(n)[0] for n in range(100, 250)]
    assert set(statuses) == {303, 429}  # each process by itself, and none answers 500
    assert statuses.count(303) <= 3 * DEFAULTS["signing.minute"]
