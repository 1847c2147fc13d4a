"""A data key belongs to one person; once destroyed, nothing under it is ever read again, in backups neither."""

import pytest
from django.db import connection

from scheduling.models import DataKey, Patient
from scheduling.sealing import Unreadable
from tests.factories import AT

pytestmark = pytest.mark.django_db


def destroy(key):
    DataKey.objects.filter(pk=key.pk).update(sealed=None, destroyed_at=AT)


def stored(table, column, pk):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE id = %s", [pk])
        return cursor.fetchone()[0]


def test_each_person_has_a_key_of_their_own(lupita, beto):
    assert lupita.data_key_id != beto.data_key_id
    assert bytes(lupita.data_key.sealed) != bytes(beto.data_key.sealed)


def test_a_text_sealed_under_a_key_opens_under_it():
    key = DataKey.objects.create()
    assert key.unseal(key.seal("Lupita")) == "Lupita"


def test_the_key_read_again_opens_what_it_sealed():
    key = DataKey.objects.create()
    sealed = key.seal("Lupita")
    assert DataKey.objects.get(pk=key.pk).unseal(sealed) == "Lupita"


def test_another_persons_key_opens_nothing(lupita, beto):
    with pytest.raises(Unreadable):
        beto.data_key.unseal(lupita.data_key.seal("Lupita"))


def test_a_person_whose_key_was_destroyed_reads_as_empty(lupita):
    destroy(lupita.data_key)
    again = Patient.objects.get(pk=lupita.pk)
    assert (again.preferred_name, again.phone) == ("", "")


def test_the_texts_of_everybody_else_stay_readable(lupita, beto):
    destroy(lupita.data_key)
    assert Patient.objects.get(pk=beto.pk).preferred_name == "Beto"


def test_what_lies_in_the_database_stays_there_unreadable_after_the_key_is_gone(lupita):
    before = stored("scheduling_patient", "preferred_name", lupita.pk)
    destroy(lupita.data_key)
    assert stored("scheduling_patient", "preferred_name", lupita.pk) == before
    assert stored("scheduling_datakey", "sealed", lupita.data_key_id) is None


def test_nothing_new_can_be_sealed_under_a_destroyed_key(lupita):
    destroy(lupita.data_key)
    again = Patient.objects.get(pk=lupita.pk)
    again.preferred_name = "Guadalupe"
    with pytest.raises(Unreadable):
        again.save()


def test_the_master_key_is_not_in_the_database(lupita, settings):
    sealed = bytes(stored("scheduling_datakey", "sealed", lupita.data_key_id))
    assert not any(master in sealed for master in settings.DATA_KEYS.values())
