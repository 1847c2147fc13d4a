from scheduling.models import *
from tests import factories
def test_x(dr_ramos, lupita):
    a = factories.booked(lupita)
    assert a.status == "booked"
