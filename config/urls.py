"""Every address of the service."""

from django.conf import settings
from django.urls import include, path

from config import health
from config.api import api
from scheduling.views import accounts

handler404 = "scheduling.problems.not_found"
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("api/v1/", api.urls),
    path("cuenta/email/", accounts.absent),
    path("cuenta/", include("allauth.urls")),
    path("", include("navigation.urls")),
    path("", include("scheduling.urls")),
    path("", include("realtime.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("config.demo.urls")))
