"""The secrets of a deployment: given by the environment, or made once beside the embedded data and kept."""

import base64
import json
import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import keys

ONE, OTHER = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))


@pytest.fixture(autouse=True)
def _bare(monkeypatch):
    """Nothing is given."""
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.delenv("DATA_KEYS", raising=False)


def test_without_a_folder_each_must_be_given():
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        keys.secret_key(None)
    with pytest.raises(ImproperlyConfigured, match="DATA_KEYS"):
        keys.keyring(None)


def test_what_is_given_is_used_and_nothing_is_kept(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "given")
    monkeypatch.setenv("DATA_KEYS", f"new:{ONE},old:{OTHER}")
    assert keys.secret_key(tmp_path) == "given"
    assert list(keys.keyring(tmp_path).items()) == [("new", bytes([1]) * 32), ("old", bytes([2]) * 32)]
    assert list(tmp_path.iterdir()) == []


def test_what_was_made_once_is_kept(tmp_path):
    folder = tmp_path / "data"
    assert keys.secret_key(folder) == keys.secret_key(folder)
    assert keys.keyring(folder) == keys.keyring(folder)
    assert len(keys.secret_key(folder)) >= 50


def test_two_folders_have_two_secrets(tmp_path):
    assert keys.secret_key(tmp_path / "a") != keys.secret_key(tmp_path / "b")
    assert keys.keyring(tmp_path / "a") != keys.keyring(tmp_path / "b")


def test_only_their_owner_may_read_them(tmp_path):
    keys.secret_key(tmp_path)
    keys.keyring(tmp_path)
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_no_draft_is_left_behind(tmp_path):
    keys.secret_key(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_two_that_start_at_once_agree(tmp_path, monkeypatch):
    path = tmp_path / "secret_key"

    def slow() -> str:
        path.write_text("the other was faster")
        return "mine"

    assert keys._kept(path, slow) == "the other was faster"


@pytest.mark.parametrize("given", ["k1", "k1:", ":" + ONE, "k1:notbase64!", f"k1:{ONE[:-4]}", f"k1:{ONE}AAAA"])
def test_a_key_that_is_none_is_refused_without_repeating_it(monkeypatch, given):
    monkeypatch.setenv("DATA_KEYS", given)
    with pytest.raises(ImproperlyConfigured, match="is not id:base64 of 32 bytes") as refused:
        keys.keyring(None)
    assert ONE not in str(refused.value)


def test_the_keyring_is_kept_apart_from_the_data(tmp_path):
    keys.keyring(tmp_path)
    assert json.loads((tmp_path / "keyring.json").read_text())[0].startswith("k1:")
    assert [path.name for path in tmp_path.iterdir()] == ["keyring.json"]
