"""Who may open what: one table of every address, and what each sort of person gets there.

200 is theirs; 302 leads on or to signing in; 404 is what does not exist or is not theirs, which looks the same; 405 is
the wrong way of asking; 401 and 403 are for programs. A new address has no row yet, and the last test says so.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from navigation import cases, intake
from navigation.cases import Report
from navigation.models import CaseKind, Tier
from scheduling import accounts, relatives, schedules
from scheduling.models import Relation, Role
from tests import factories
from tests.factories.feeds import feed

WHO = ["nobody", "patient", "other patient", "clinician", "coordinator", "navigator", "other organization"]

# name, how it is asked, of what, and what those above get, in their order
TABLE = """
home                      GET   -      200  200  200  200  200  200  200
ask                       GET   -      200  200  200  200  200  200  200
now                       GET   -      200  200  200  200  200  200  200
death                     GET   -      200  200  200  200  200  200  200
sign_in                   GET   -      200  200  200  200  200  200  200
sign_in_code              GET   -      302  302  302  302  302  302  302
healthz                   GET   -      503  503  503  503  503  503  503
signs                     GET   need   404  200  404  404  404  404  404
tongue                    GET   need   404  200  404  404  404  404  404
case                      GET   case   404  200  404  404  200  200  404
case_state                GET   case   404  200  404  404  200  200  404
case_now                  GET   case   404  200  404  404  200  200  404
times                     GET   -      302  302  302  302  302  302  302
hold_time                 POST  -      422  422  422  422  422  422  422
hold                      GET   hold   404  200  404  404  404  404  404
hold_code                 GET   hold   404  302  404  404  404  404  404
hold_code_again           POST  hold   404  302  404  404  404  404  404
hold_extend               POST  hold   404  302  404  404  404  404  404
message_in                POST  -      401  401  401  401  401  401  401
message_state             POST  -      401  401  401  401  401  401  401
visits                    GET   -      302  200  200  200  200  200  200
contact                   GET   -      302  200  200  404  200  200  404
visit                     GET   visit  404  200  404  200  200  200  404
visit_state               GET   visit  404  200  404  200  200  200  404
visit_calendar            GET   visit  404  200  404  200  200  200  404
visit_cancel              GET   visit  404  200  404  200  200  200  404
visit_cancel              POST  visit  404  302  404  302  302  302  404
visit_note                GET   visit  302  404  404  200  404  404  404
visit_move                GET   visit  404  200  404  200  200  200  404
visit_move_confirm        GET   visit  404  422  404  422  422  422  404
visit_move_confirm        POST  visit  404  422  404  422  422  422  404
visit_missed              POST  visit  302  404  404  409  409  404  404
lost_link                 GET   -      200  200  200  200  200  200  200
end_relative              POST  relative 404 302 404 404 404 404 404
calendar_address          GET   -      302  200  200  200  200  200  200
calendar_feed             GET   link   404  404  404  404  404  404  404
visit_finish              POST  visit  302  404  404  409  404  404  404
room                      GET   visit  404  200  404  200  404  404  404
wait                      GET   -      302  302  302  302  302  302  302
wait_code                 GET   -      302  302  302  302  302  302  302
wait_entry                GET   wait   302  200  404  404  200  200  404
wait_leave                POST  wait   404  302  404  404  302  302  404
wait_list                 GET   -      302  404  404  404  200  200  200
wait_urgency              POST  wait   302  404  404  404  404  404  404
offer                     GET   offer  404  200  404  404  200  200  404
offer                     POST  offer  404  302  404  404  302  302  404
open_link                 GET   link   302  302  302  302  302  302  302
volunteer                 GET   -      200  200  200  200  200  200  200
apply_clinician           GET   -      200  200  200  200  200  200  200
apply_interpreter         GET   -      200  200  200  200  200  200  200
applied                   GET   -      200  200  200  200  200  200  200
volunteers                GET   -      302  404  404  404  404  404  404
one_volunteer             GET   doctor 302  404  404  404  404  404  404
verify_licence            POST  paper  302  404  404  404  404  404  404
approve_volunteer         POST  doctor 302  404  404  404  404  404  404
suspend_volunteer         POST  doctor 302  404  404  404  404  404  404
sessions                  GET   -      200  200  200  200  200  200  200
new_session               GET   -      302  404  404  200  404  404  404
session                   GET   talk   302  404  404  200  200  200  404
hold_place                POST  talk   302  302  302  302  302  302  302
cancel_session            POST  talk   302  404  404  302  302  302  404
day                       GET   -      302  404  404  200  404  404  404
day_parts                 GET   -      302  404  404  200  404  404  404
turns                     GET   -      302  404  404  404  404  404  404
turn_leave                GET   visit  302  404  404  404  404  404  404
turn_leave                POST  visit  302  404  404  404  404  404  404
hours                     GET   -      302  404  404  200  404  404  404
feeds                     GET   -      302  404  404  200  404  404  404
cover_feed                POST  feed   302  404  404  200  404  404  404
remove_feed               POST  feed   302  404  404  302  404  404  404
take_off                  POST  -      302  404  404  200  404  404  404
undo_off                  POST  off    302  404  404  302  404  404  404
give_extra                POST  -      302  404  404  200  404  404  404
forget_weeks              POST  -      302  404  404  302  404  404  404
pause                     POST  -      302  404  404  200  404  404  404
resume                    POST  -      302  404  404  302  404  404  404
set_terms                 POST  -      302  404  404  200  404  404  404
set_zone                  POST  -      302  404  404  200  404  404  404
board                     GET   -      302  404  404  404  200  200  200
board_cards               GET   -      302  404  404  404  200  200  200
staff_case                GET   code   302  404  404  404  200  200  404
take_case                 POST  code   302  404  404  404  302  404  404
note_case                 POST  code   302  404  404  404  200  404  404
resolve_case              POST  code   302  404  404  404  404  404  404
api-1:openapi-json        GET   -      200  200  200  200  200  200  200
api-1:api-root            GET   -      404  404  404  404  404  404  404
api-1:list_slots          GET   -      422  422  422  422  422  422  422
api-1:create_hold         POST  -      422  422  422  422  422  422  422
api-1:list_appointments   GET   -      401  200  200  200  200  200  200
api-1:create_appointment  POST  -      422  422  422  422  422  422  422
api-1:get_appointment     GET   visit  404  200  404  200  200  200  404
api-1:cancel_appointment  POST  visit  404  200  404  200  200  200  404
api-1:reschedule_appointment POST visit 422 422  422  422  422  422  422
api-1:mint_room_token     POST  visit  404  200  404  200  404  404  404
api-1:assess              POST  -      200  200  200  200  200  200  200
api-1:list_cases          GET   -      401  200  200  200  200  200  200
api-1:open_case           POST  -      201  201  201  201  201  201  201
api-1:get_case            GET   code   404  200  404  404  200  200  404
api-1:timeline            GET   code   404  200  404  404  200  200  404
api-1:acknowledge         POST  code   401  404  404  404  200  404  404
api-1:note                POST  code   422  422  422  422  422  422  422
api-1:resolve             POST  code   401  404  404  404  200  404  404
"""


def rows() -> Iterator[tuple[str, str, str, list[int]]]:
    """Yield name, method, of what, and the expected answers."""
    for line in TABLE.strip().splitlines():
        name, method, of, *answers = line.split()
        yield name, method, of, [int(answer) for answer in answers]


@pytest.fixture
def people(acompana, lupita, beto, dr_ramos, tomas, carmen) -> dict[str, object]:
    elsewhere = factories.organization("casa-pacifico", states=["CA"])
    return {
        "nobody": None,
        "patient": factories.user_of(lupita),
        "other patient": factories.user_of(beto),
        "clinician": dr_ramos.user,
        "coordinator": tomas,
        "navigator": carmen,
        "other organization": factories.staff("Joel", elsewhere, Role.COORDINATOR),
    }


@pytest.fixture
def things(clock, lupita, people) -> dict[str, list[object]]:
    """One of everything an address can be about, most of it Lupita's, a quarter of an hour before her visit."""
    lupitas = factories.viewer(people["patient"], at=clock.at)
    visit = factories.booked(lupita)
    report = Report(CaseKind.MEDICAL, Tier.RED, callback="+17135550142", state="TX")
    case = cases.open(report, by=lupitas, at=clock.at)
    need = intake.begin("", language="es", state="TX", zone="America/Chicago", by=lupitas, at=clock.at)
    tuesday = clock.at.date() + timedelta(days=1)
    doctor = people["clinician"].clinician
    off, _ = schedules.take_off(doctor.actor.schedule, tuesday, tuesday, by=lupitas, at=clock.at)
    _grant, secret = accounts.grant_link("appointment", visit.uuid, at=clock.at)
    clock.move(minutes=45)
    held = factories.hold(factories.viewer(people["patient"]), at=clock.at)
    entry = factories.waits(lupita, at=clock.at)
    factories.offers_go_out(clock.at)
    about = {"name": "Abuela", "state": "TX", "zone": "America/Chicago"}
    hers = relatives.patient_for(people["patient"], about=about, relation=Relation.CHILD, by=lupitas, at=clock.at)
    return {
        "-": [],
        "relative": [hers.uuid],
        "visit": [visit.uuid],
        "hold": [held.uuid],
        "wait": [entry.uuid],
        "offer": [entry.offers.get().uuid],
        "case": [case.uuid],
        "code": [case.code],
        "need": [need.uuid],
        "feed": [feed(doctor).uuid],
        "off": [off.uuid],
        "link": [secret],
        "doctor": [doctor.uuid],
        "talk": [factories.talk(doctor, doctor.actor.schedule.organization).uuid],
        "paper": [doctor.uuid, doctor.licences.get().pk],
    }


@pytest.fixture
def browsers(people) -> dict[str, Client]:
    """A browser for each; it remembers what it held, so that somebody's own holds and needs are theirs."""
    made = {}
    for who, user in people.items():
        browser = Client()
        if user is not None:
            browser.force_login(user)
            session = browser.session
            session["holder"] = factories.viewer(user).holder
            session.save()
        made[who] = browser
    return made


def ask(browser: Client, method: str, address: str) -> int:
    """Return the answer's status, and let whatever it did be undone."""
    with transaction.atomic():
        answer = browser.generic(method, address, "{}", content_type="application/json" if "/api/" in address else "")
        transaction.set_rollback(True)
    return answer.status_code


def test_everybody_gets_what_the_table_says(things, browsers):
    wrong = []
    for name, method, of, expected in rows():
        address = reverse(name, args=things[of])
        got = [ask(browsers[who], method, address) for who in WHO]
        if got != expected:
            wrong.append(f"{name} {method} {of} {' '.join(map(str, got))}")
    assert wrong == []


def test_every_address_has_its_row():
    named = {name for name, *_ in rows()}
    assert sorted(set(addresses()) - named) == []


def test_every_row_has_its_address():
    named = {name for name, *_ in rows()}
    assert sorted(named - set(addresses())) == []


def test_whoever_asks_only_whether_a_page_is_there_gets_its_answer(things, browsers):
    """Those who preview links and watch over services ask with HEAD, and must not be told that it is forbidden."""
    pages = [(name, of) for name, method, of, _ in rows() if method == "GET" and not name.startswith("api-1:")]
    different = []
    for name, of in pages:
        address = reverse(name, args=things[of])
        if ask(browsers["patient"], "HEAD", address) != ask(browsers["patient"], "GET", address):
            different.append(name)
    assert different == []


@pytest.mark.parametrize("address", ["/tablero/%00/", "/l/%00", "/api/v1/cases/%00", "/casos/%00/", "/tablero/é/"])
def test_an_address_nobody_could_have_been_given_leads_nowhere(browsers, address):
    assert ask(browsers["coordinator"], "GET", address) == 404


def addresses() -> Iterator[str]:
    """Yield the names of our addresses; allauth's are its own, and the demo's are not there outside of it."""
    for name in _named(get_resolver()):
        if not name.startswith(("account_", "mfa_", "demo")):
            yield name


def _named(resolver, space: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _named(pattern, f"{pattern.namespace}:" if pattern.namespace else space)
        elif pattern.name:
            yield f"{space}{pattern.name}"
