"""Who members are does not hang on the key that signs sessions and codes."""

import hmac

import pytest

from app.core.config import settings
from app.members import service
from app.members.identities import identity_key, union_key
from tests.members.people import OFFICIAL_ACCOUNT, register, stranger

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def changed(monkeypatch):
    """Changes a setting for one test."""

    def change(name, value):
        monkeypatch.setenv(name, value)
        settings.cache_clear()

    yield change
    monkeypatch.undo()
    settings.cache_clear()


def test_members_are_found_again_under_another_secret_key(changed):
    person = stranger()
    member_id = register(person, unionid=f"u{person}").member_id
    changed("SECRET_KEY", "another-secret-key-that-is-long-enough")
    assert service.member_of(OFFICIAL_ACCOUNT, person) == member_id
    assert register(stranger(), unionid=f"u{person}").member_id == member_id


def test_hashes_change_with_the_identity_key_only(changed):
    before = identity_key("app", "openid"), union_key("unionid")
    changed("SECRET_KEY", "another-secret-key-that-is-long-enough")
    assert (identity_key("app", "openid"), union_key("unionid")) == before
    changed("IDENTITY_KEY", "another-identity-key-that-is-long-enough")
    assert not {identity_key("app", "openid"), union_key("unionid")} & set(before)


def test_an_older_installation_keeps_its_hashes_with_its_former_secret_key(changed):
    """The hash that was made when SECRET_KEY alone was known, computed beside the product."""
    secret = "a-secret-key-from-before-the-identity-key"
    key = hmac.digest(secret.encode(), b"blind:members.openid", "sha256")
    changed("IDENTITY_KEY", secret)
    assert identity_key("app", "openid") == hmac.digest(key, b"app\nopenid", "sha256")
