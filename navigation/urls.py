"""Addresses of this floor's pages. Nothing in them tells on anybody."""

from django.urls import path

from navigation.views import board, emergency, home, tongue

urlpatterns = [
    path("", home.home, name="home"),
    path("pedir/", home.ask, name="ask"),
    path("pedir/<uuid:uuid>/", home.signs, name="signs"),
    path("pedir/<uuid:uuid>/lengua/", tongue.tongue, name="tongue"),
    path("ahora/", emergency.now, name="now"),
    path("familia/", emergency.death, name="death"),
    path("casos/<uuid:uuid>/", emergency.case, name="case"),
    path("casos/<uuid:uuid>/ahora/", emergency.case_now, name="case_now"),
    path("casos/<uuid:uuid>/estado/", emergency.case_state, name="case_state"),
    path("tablero/", board.board, name="board"),
    path("tablero/cartas/", board.board_cards, name="board_cards"),
    path("tablero/<str:code>/", board.staff_case, name="staff_case"),
    path("tablero/<str:code>/tomar/", board.take, name="take_case"),
    path("tablero/<str:code>/nota/", board.note, name="note_case"),
    path("tablero/<str:code>/cerrar/", board.resolve, name="resolve_case"),
]
