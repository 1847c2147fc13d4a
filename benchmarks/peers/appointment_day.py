"""django-appointment as its documentation sets it up: one staff member, 9 to 17 in half hours; one day asked for."""

import json
import os
import statistics
import time
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from importlib.metadata import version

from django.conf import settings

DATABASE = "peer_appointment"

settings.configure(
    SECRET_KEY="peer",
    ALLOWED_HOSTS=["*"],
    USE_TZ=True,
    TIME_ZONE="America/Chicago",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    ROOT_URLCONF="appointment_urls",
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "appointment",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": DATABASE,
            "USER": "postgres",
            "HOST": os.environ["PEER_HOST"],
            "CONN_MAX_AGE": None,
        }
    },
    APPOINTMENT_BASE_TEMPLATE="base.html",
    APPOINTMENT_WEBSITE_NAME="peer",
    APPOINTMENT_LEAD_TIME=(9, 0),
    APPOINTMENT_FINISH_TIME=(17, 0),
    APPOINTMENT_SLOT_DURATION=30,
    APPOINTMENT_BUFFER_TIME=0,
    USE_DJANGO_Q_FOR_EMAILS=False,
)

import psycopg  # noqa: E402

with psycopg.connect(host=os.environ["PEER_HOST"], user="postgres", dbname="postgres", autocommit=True) as connection:
    connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    connection.execute(f"CREATE DATABASE {DATABASE}")

import sys  # noqa: E402
import types  # noqa: E402

import django  # noqa: E402

django.setup()
from django.urls import include, path  # noqa: E402

urls = types.ModuleType("appointment_urls")
urls.urlpatterns = [path("appointment/", include("appointment.urls"))]
sys.modules["appointment_urls"] = urls

from appointment.models import Appointment, AppointmentRequest, Service, StaffMember, WorkingHours  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection as database  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

call_command("migrate", verbosity=0, interactive=False)
call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)  # it brings no migrations of its own
User = get_user_model()
service = Service.objects.create(name="Visit", duration=timedelta(minutes=30), price=0)
staff = StaffMember.objects.create(user=User.objects.create_user("ramos", first_name="Ramos"))
staff.services_offered.add(service)
for weekday in range(1, 6):
    WorkingHours.objects.create(staff_member=staff, day_of_week=weekday, start_time=clock(9), end_time=clock(17))
day = datetime.now(UTC).date() + timedelta(days=7)
while day.weekday() > 4:
    day += timedelta(days=1)
for number, (hour, minute) in enumerate(((10, 0), (11, 30), (14, 0))):
    begins = datetime.combine(day, clock(hour, minute))
    asked = AppointmentRequest.objects.create(
        date=day,
        start_time=begins.time(),
        end_time=(begins + timedelta(minutes=30)).time(),
        service=service,
        staff_member=staff,
    )
    client = User.objects.create_user(f"client{number}")
    Appointment.objects.create(client=client, appointment_request=asked, phone="+17135550142", amount_to_pay=0)

browser = Client(headers={"x-requested-with": "XMLHttpRequest"})
address = f"/appointment/ajax/available_slots/?selected_date={day}&staff_member={staff.pk}"


def ask():
    return browser.get(address)


answer = ask()
assert answer.status_code == 200, answer.content[:500]
times = []
for _ in range(100):
    begun = time.perf_counter()
    ask()
    times.append((time.perf_counter() - begun) * 1000)
with CaptureQueriesContext(database) as captured:
    found = ask().json()
print(
    json.dumps(
        {
            "version": version("django-appointment"),
            "times": len(found["available_slots"]),
            "queries": len(captured),
            "p50": statistics.median(times),
        }
    )
)
