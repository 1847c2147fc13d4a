"""Addresses of the sockets."""

from django.urls import path, re_path

from realtime import consumers, signalling

websocket_urlpatterns = [
    path("ws/board/", consumers.Board.as_asgi()),
    path("ws/cases/<uuid:uuid>/", consumers.OneCase.as_asgi()),
    path("ws/appointments/<uuid:uuid>/", consumers.OneAppointment.as_asgi()),
    path("ws/day/", consumers.Day.as_asgi()),
    path("ws/rooms/<uuid:uuid>/", signalling.Room.as_asgi()),
    re_path("", consumers.Nowhere.as_asgi()),
]
