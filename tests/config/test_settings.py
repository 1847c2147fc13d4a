"""The environment alone decides how the service runs: embedded and a demo, or distributed and neither."""

import json
from pathlib import Path

import pytest

from tests.processes import PATIENCE, python, said

GIVEN = {
    "DATABASE_URL": "postgresql://acompana@127.0.0.1:1/acompana",
    "SECRET_KEY": "x" * 50,
    "DATA_KEYS": "k1:" + "A" * 43 + "=",
}
READ = """
import json, sys, django
django.setup()
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in json.loads(sys.argv[1])}))
"""


def settings_of(data: Path, *names: str, **environment: str) -> dict[str, object]:
    """Return settings as a fresh process finds them."""
    process = python(data, "-c", READ, json.dumps(names), DJANGO_SETTINGS_MODULE="config.settings", **environment)
    found: dict[str, object] = json.loads(said(process))
    return found


def refusal(data: Path, **environment: str) -> str:
    """Return the last line of what a process says that cannot start."""
    process = python(data, "-c", READ, "[]", DJANGO_SETTINGS_MODULE="config.settings", **environment)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    return err.strip().splitlines()[-1]


def test_with_nothing_set_it_is_a_demo_of_its_own(tmp_path):
    found = settings_of(tmp_path, "EMBEDDED", "DEMO", "SECOND_FACTOR_REQUIRED", "SMS_GATEWAY", "CELERY_BROKER_URL")
    assert found == {
        "EMBEDDED": True,
        "DEMO": True,
        "SECOND_FACTOR_REQUIRED": False,
        "SMS_GATEWAY": "scheduling.gateways.outbox",
        "CELERY_BROKER_URL": "memory://localhost/",
    }


def test_with_a_database_it_is_no_demo_and_staff_need_a_second_factor(tmp_path):
    names = ["EMBEDDED", "DEMO", "SECOND_FACTOR_REQUIRED", "SMS_GATEWAY", "EMAIL_GATEWAY"]
    assert settings_of(tmp_path, *names, **GIVEN) == {
        "EMBEDDED": False,
        "DEMO": False,
        "SECOND_FACTOR_REQUIRED": True,
        "SMS_GATEWAY": "scheduling.gateways.missing",
        "EMAIL_GATEWAY": "scheduling.gateways.smtp",
    }


def test_with_redis_sockets_and_sweeps_go_through_it(tmp_path):
    found = settings_of(tmp_path, "CELERY_BROKER_URL", "CHANNEL_LAYERS", REDIS_URL="redis://127.0.0.1:6379/9", **GIVEN)
    assert found["CELERY_BROKER_URL"] == "redis://127.0.0.1:6379/9"
    assert found["CHANNEL_LAYERS"]["default"]["BACKEND"].endswith("RedisPubSubChannelLayer")


def test_behind_https_cookies_travel_only_there(tmp_path):
    names = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS"]
    found = settings_of(tmp_path, *names, SITE_URL="https://acompana.example", **GIVEN)
    assert all(found.values())


@pytest.mark.parametrize("missing", ["SECRET_KEY", "DATA_KEYS"])
def test_a_deployment_without_its_secrets_does_not_start(tmp_path, missing):
    assert missing in refusal(tmp_path, **{name: value for name, value in GIVEN.items() if name != missing})


@pytest.mark.parametrize(
    ("name", "value"), [("DATABASE_URL", "mysql://x"), ("DATABASE_POOL", "many"), ("DEBUG", "perhaps")]
)
def test_nonsense_does_not_start_and_is_named(tmp_path, name, value):
    assert name in refusal(tmp_path, **GIVEN | {name: value})


ADDRESSES = """
import django
django.setup()
from django.urls import Resolver404, resolve
for path in ("/demo/", "/demo/outbox"):
    try:
        print(resolve(path).url_name)
    except Resolver404:
        print("nothing")
"""


@pytest.mark.parametrize(
    ("environment", "found"), [({}, ["demo", "demo_outbox"]), (GIVEN, ["nothing", "nothing"])], ids=["demo", "real"]
)
def test_pages_of_the_demo_exist_only_in_the_demo(tmp_path, environment, found):
    process = python(tmp_path, "-c", ADDRESSES, DJANGO_SETTINGS_MODULE="config.settings", **environment)
    assert said(process).split() == found
