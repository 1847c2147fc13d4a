"""Addresses of this floor's pages. Nothing in them tells on anybody."""

from django.urls import path

from scheduling.views import booking, day, messages, notes, times, vetting, visits

urlpatterns = [
    path("horas/", times.times, name="times"),
    path("apartar/", times.hold, name="hold_time"),
    path("apartar/<uuid:uuid>/", booking.hold, name="hold"),
    path("apartar/<uuid:uuid>/clave/", booking.hold_code, name="hold_code"),
    path("apartar/<uuid:uuid>/otra-clave/", booking.send_again, name="hold_code_again"),
    path("apartar/<uuid:uuid>/mas-tiempo/", booking.extend, name="hold_extend"),
    path("mensajes/entrada/", messages.incoming, name="message_in"),
    path("mensajes/estado/", messages.state, name="message_state"),
    path("citas/", visits.visits, name="visits"),
    path("citas/<uuid:uuid>/", visits.visit, name="visit"),
    path("citas/<uuid:uuid>/estado/", visits.visit_state, name="visit_state"),
    path("citas/<uuid:uuid>/cancelar/", visits.cancel, name="visit_cancel"),
    path("citas/<uuid:uuid>/calendario.ics", visits.calendar_file, name="visit_calendar"),
    path("citas/<uuid:uuid>/nota/", notes.note, name="visit_note"),
    path("citas/<uuid:uuid>/terminar/", day.finish, name="visit_finish"),
    path("l/<str:secret>", visits.open_link, name="open_link"),
    path("entrar/", visits.sign_in, name="sign_in"),
    path("entrar/clave/", visits.sign_in_code, name="sign_in_code"),
    path("voluntarios/", vetting.volunteer, name="volunteer"),
    path("voluntarios/medicina/", vetting.apply_clinician, name="apply_clinician"),
    path("voluntarios/interpretes/", vetting.apply_interpreter, name="apply_interpreter"),
    path("voluntarios/gracias/", vetting.applied, name="applied"),
    path("voluntarios/lista/", vetting.volunteers, name="volunteers"),
    path("voluntarios/<uuid:uuid>/", vetting.one, name="one_volunteer"),
    path("voluntarios/<uuid:uuid>/cedula/<int:licence>/", vetting.verify, name="verify_licence"),
    path("voluntarios/<uuid:uuid>/aprobar/", vetting.approve, name="approve_volunteer"),
    path("voluntarios/<uuid:uuid>/suspender/", vetting.suspend, name="suspend_volunteer"),
    path("dia/", day.day, name="day"),
    path("dia/partes/", day.day_parts, name="day_parts"),
    path("horario/", day.hours, name="hours"),
    path("horario/descanso/", day.take_off, name="take_off"),
    path("horario/descanso/<uuid:uuid>/deshacer/", day.undo, name="undo_off"),
]
