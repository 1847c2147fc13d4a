"""Identifying and free text is a plain str in Python and ciphertext in the database, and cannot be searched by."""

import pickle

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Q

from scheduling.fields import Ciphertext, EncryptedTextField
from scheduling.models import Appointment, DataKey, Patient, User
from tests import factories
from tests.factories import user_of

pytestmark = pytest.mark.django_db


def stored(row, column):
    """Return what really lies in the table."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {row._meta.db_table} WHERE id = %s", [row.pk])
        return cursor.fetchone()[0]


def test_a_name_comes_back_as_it_was_typed(lupita):
    assert Patient.objects.get(pk=lupita.pk).preferred_name == "Lupita"


def test_a_text_can_be_read_at_once_after_it_was_written():
    fresh = User.objects.create(phone="+17135550199", preferred_name="Ñuñez")
    assert (fresh.preferred_name, fresh.phone) == ("Ñuñez", "+17135550199")


@pytest.mark.parametrize("column", ["preferred_name", "phone"])
def test_the_stored_bytes_do_not_contain_the_text(lupita, column):
    assert getattr(lupita, column) not in stored(lupita, column)


def test_the_reason_of_a_visit_is_stored_under_the_patients_key(lupita, dr_ramos):
    visit = factories.booked(lupita, reason="me duele el pecho")
    sealed = stored(visit, "reason")
    assert "pecho" not in sealed
    assert sealed.startswith(f"{lupita.data_key_id}.")
    assert Appointment.objects.get(pk=visit.pk).reason == "me duele el pecho"


def test_empty_text_stays_empty_so_that_a_constraint_can_see_it(lupita):
    assert stored(lupita, "email") == ""
    assert Patient.objects.get(pk=lupita.pk).email == ""


def test_a_text_that_was_changed_is_sealed_anew(lupita):
    before = stored(lupita, "preferred_name")
    lupita.preferred_name = "Guadalupe"
    lupita.save()
    assert stored(lupita, "preferred_name") != before
    assert Patient.objects.get(pk=lupita.pk).preferred_name == "Guadalupe"


def test_a_row_saved_without_opening_its_texts_keeps_them_as_they_lie(lupita):
    before = stored(lupita, "preferred_name")
    Patient.objects.get(pk=lupita.pk).save()
    assert stored(lupita, "preferred_name") == before


def test_somebody_who_wrote_ciphertext_looking_text_gets_it_back(lupita):
    lupita.preferred_name = f"{lupita.data_key_id}.AAAA"
    lupita.save()
    assert Patient.objects.get(pk=lupita.pk).preferred_name == f"{lupita.data_key_id}.AAAA"


# --- reading lists ---------------------------------------------------------------------------------------------------


def test_a_list_is_read_with_one_query_names_and_all(lupita, beto, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert sorted(patient.preferred_name for patient in Patient.objects.all()) == ["Beto", "Lupita"]


def test_a_text_nobody_reads_is_never_opened(lupita):
    listed = Patient.objects.get(pk=lupita.pk)
    assert isinstance(listed.__dict__["preferred_name"], Ciphertext)
    assert "_secret" not in listed.data_key.__dict__


def test_a_text_is_opened_once(lupita, monkeypatch):
    listed = Patient.objects.get(pk=lupita.pk)
    assert listed.preferred_name == "Lupita"
    monkeypatch.setattr(type(listed.data_key), "unseal", None)
    assert listed.preferred_name == "Lupita"


def test_a_text_left_out_of_the_query_is_fetched_when_read(lupita):
    assert Patient.objects.defer("preferred_name").get(pk=lupita.pk).preferred_name == "Lupita"


def test_a_plain_list_of_values_gives_only_what_lies_there(lupita):
    [value] = Patient.objects.filter(pk=lupita.pk).values_list("preferred_name", flat=True)
    assert "Lupita" not in value


def test_a_row_that_was_pickled_opens_as_before(lupita):
    again = pickle.loads(pickle.dumps(Patient.objects.get(pk=lupita.pk)))
    assert again.preferred_name == "Lupita"


def test_the_field_itself_can_be_asked_for_on_the_model():
    assert isinstance(Patient._meta.get_field("phone"), EncryptedTextField)
    assert Patient.phone.field.name == "phone"


# --- what cannot be done ---------------------------------------------------------------------------------------------

SEARCHES = {
    "equal": Q(phone="+17135550142"),
    "one of": Q(phone__in=["+17135550142"]),
    "contains": Q(phone__contains="555"),
    "contains, any case": Q(phone__icontains="555"),
    "any case": Q(phone__iexact="+17135550142"),
    "begins": Q(phone__startswith="+1"),
    "greater": Q(phone__gt="+1"),
    "matches": Q(phone__regex="^.1713"),
}


@pytest.mark.parametrize("search", SEARCHES.values(), ids=SEARCHES)
def test_looking_for_an_encrypted_text_is_an_error_and_not_an_empty_answer(lupita, search):
    with pytest.raises(TypeError, match=r"User\.phone is encrypted"):
        User.objects.filter(search).exists()


def test_the_error_is_the_same_across_a_join(lupita):
    with pytest.raises(TypeError, match=r"User\.phone is encrypted"):
        Patient.objects.filter(representatives__user__phone="+17135550142").exists()


def test_whether_there_is_any_text_may_be_asked(lupita):
    assert User.objects.filter(pk=user_of(lupita).pk).exclude(phone="").exists()
    assert not User.objects.filter(phone__isnull=True).exists()


def test_writing_past_the_instance_is_an_error_and_writes_nothing(lupita):
    with pytest.raises(TypeError, match=r"Patient\.preferred_name is encrypted"), transaction.atomic():
        Patient.objects.filter(pk=lupita.pk).update(preferred_name="Guadalupe")
    assert Patient.objects.get(pk=lupita.pk).preferred_name == "Lupita"


def test_writing_many_past_their_instances_is_an_error(lupita):
    lupita.preferred_name = "Guadalupe"
    with pytest.raises(TypeError, match=r"Patient\.preferred_name is encrypted"):
        Patient.objects.bulk_update([lupita], ["preferred_name"])


def encrypted_fields():
    fields = [field for model in apps.get_models() for field in model._meta.get_fields()]
    return [field for field in fields if isinstance(field, EncryptedTextField)]


def test_no_list_is_sorted_and_no_index_made_by_an_encrypted_text():
    for field in encrypted_fields():
        meta = field.model._meta
        named = {str(name).lstrip("-") for name in meta.ordering} | {one for i in meta.indexes for one in i.fields}
        assert field.name not in named, field
        assert not (field.unique or field.db_index), field


def test_every_encrypted_text_lies_in_a_row_that_names_its_key():
    fields = encrypted_fields()
    assert len(fields) >= 15
    assert all(field.model._meta.get_field("data_key").related_model is DataKey for field in fields)
