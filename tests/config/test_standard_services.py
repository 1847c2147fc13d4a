"""The distributed layout: what one process says over Redis, another hears; what one wakes, another works on."""

import os

import pytest
from channels.layers import get_channel_layer
from django.conf import settings

from config.celery import app
from realtime import groups
from scheduling.models import Queue, SweepRun
from tests.processes import ROOT, environment, python, said, stop, until

pytestmark = pytest.mark.standard

TELL = """
import django
django.setup()
from realtime import groups
groups.push("case.1b4e28ba", "case.changed", "1b4e28ba")
"""


@pytest.fixture
def distributed(tmp_path):
    """The environment of another process of this service, on the same services and the same database as the tests."""
    kept = {name: os.environ[name] for name in ("REDIS_URL", "SECRET_KEY", "DATA_KEYS")}
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    address = f"{server}/{settings.DATABASES['default']['NAME']}"
    return {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings"} | kept


def test_the_services_are_the_standard_ones():
    assert not settings.EMBEDDED
    assert get_channel_layer().__class__.__name__ == "RedisPubSubChannelLayer"
    assert app.conf.broker_url == os.environ["REDIS_URL"]


async def test_what_one_process_says_another_hears(distributed, tmp_path):
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add("case.1b4e28ba", channel)
    said(python(tmp_path, "-c", TELL, **distributed))
    assert await layer.receive(channel) == {"type": "look.again", "kind": "case.changed", "id": "1b4e28ba"}
    await layer.group_discard("case.1b4e28ba", channel)


def test_nobody_listening_is_no_error():
    groups.push("case.nobody", "case.changed", "nobody")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("queue", Queue)
def test_what_one_process_wakes_a_worker_does(distributed, tmp_path, queue):
    """A queue has workers of its own: those of the other leave its tasks alone."""
    name = {Queue.PAGES: "escalate", Queue.WORK: "lapse_holds"}[queue]
    command = ["-m", "celery", "-A", "config", "worker", "--pool", "solo", "--queues", queue.value]
    worker = python(tmp_path, *command, "--hostname", f"{queue}@{tmp_path.name}", **distributed)
    try:
        app.send_task("sweep", [name], queue=queue.value)
        until(lambda: SweepRun.objects.filter(name=name).exists(), f"{name} ran")
    finally:
        stop(worker)


def test_a_service_without_secrets_does_not_start(tmp_path, distributed):
    bare = environment(tmp_path) | {name: distributed[name] for name in ("DATABASE_URL", "REDIS_URL")}
    process = python(tmp_path, "manage.py", "check", **bare)
    out, err = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "SECRET_KEY: expected a long random text" in err
    assert str(ROOT) not in out
