"""Which organization answers: one that serves the place and has somebody on call now, else the default one."""

from datetime import timedelta

import pytest

from navigation import cases
from scheduling.models import Organization
from tests import factories
from tests.factories import AT, help

pytestmark = pytest.mark.usefixtures("acompana")


def routed(state: str, at=AT) -> str:
    return cases.route(state, at=at).slug


def test_a_place_that_is_served_and_staffed_goes_there(casa, joel):
    help.on_call(joel, casa)
    assert routed("CA") == "casa-pacifico"


def test_a_place_that_is_served_by_nobody_on_call_goes_to_the_default(casa, joel):
    assert routed("CA") == "acompana"


def test_a_shift_that_is_over_staffs_nobody(casa, joel):
    help.on_call(joel, casa, since=AT - timedelta(hours=12), until=AT)
    assert routed("CA") == "acompana"


def test_a_shift_that_has_not_begun_staffs_nobody(casa, joel):
    help.on_call(joel, casa, since=AT + timedelta(seconds=1))
    assert routed("CA") == "acompana"


@pytest.mark.parametrize("state", ["", "ZZ", "WY"])
def test_a_place_that_nobody_serves_goes_to_the_default(casa, joel, state):
    help.on_call(joel, casa)
    assert routed(state) == "acompana"


def test_of_two_that_serve_a_place_the_staffed_one_answers(casa, joel):
    factories.organization("aurora", ["CA"])
    help.on_call(joel, casa)
    assert routed("CA") == "casa-pacifico"


def test_a_report_goes_to_whoever_answers_for_its_state(casa, joel):
    help.on_call(joel, casa)
    assert help.case(state="OR").organization == casa


def test_a_named_organization_is_not_routed_away(acompana, casa, joel):
    help.on_call(joel, casa)
    assert help.case(acompana, state="OR").organization == acompana


def test_the_default_is_the_one_the_deployment_names(casa, settings):
    settings.DEFAULT_ORGANIZATION = "casa-pacifico"
    assert routed("") == "casa-pacifico"


def test_without_its_default_organization_a_deployment_is_loud():
    Organization.objects.all().delete()
    with pytest.raises(Organization.DoesNotExist):
        routed("")
