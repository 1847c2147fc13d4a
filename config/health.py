"""Whether the service is well: database, broker, and the age of every sweep's last run."""

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse

from config.celery import app
from scheduling import clock, sweeps


def healthz(request: HttpRequest) -> JsonResponse:
    """Return 200 when all is well and 503 when something is not; never cached, no personal data."""
    try:
        runs = [vars(health) for health in sweeps.health(clock.database_now())]
        database = True
    except DatabaseError:
        runs, database = [], False
    broker = _broker()
    well = database and broker and not any(run["late"] for run in runs)
    body = {"status": "ok" if well else "unwell", "database": database, "broker": broker, "sweeps": runs}
    body["layout"] = "embedded" if settings.EMBEDDED else "distributed"
    response = JsonResponse(body, status=200 if well else 503)
    response["Cache-Control"] = "no-store"
    return response


def _broker() -> bool:
    try:
        with app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=2)
    except Exception:
        return False
    return True
