"""Addresses of this floor's pages."""

from django.urls import path

from realtime.views import rooms

urlpatterns = [path("citas/<uuid:uuid>/sala/", rooms.room, name="room")]
