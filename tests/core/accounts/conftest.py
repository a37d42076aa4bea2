"""Accounts that sign in for real."""

from dataclasses import dataclass, field
from datetime import timedelta

import pyotp
import pytest

from app.core import staff
from app.core.auth import open_session
from app.core.db import in_transaction
from app.core.staff import TOTP_SECONDS
from app.core.world import new_id, now
from tests.core.test_staff import SIGN_IN

API = "/api/v1"
PASSWORD = "correct horse battery"


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


@dataclass
class Holder:
    """Somebody with an account and an authenticator; each code is used once."""

    client: object
    id: object
    new: staff.NewStaff
    headers: dict = field(default_factory=dict)
    ahead: int = -1
    last: str = ""

    def code(self, secret=None):
        """A code that was not used: of the time step before this one, of this one, of the next."""
        moment = now() + timedelta(seconds=TOTP_SECONDS * self.ahead)
        self.last = pyotp.TOTP(secret or self.new.totp_secret).at(moment)
        self.ahead += 1
        return self.last

    def sign_in(self, password=PASSWORD, secret=None):
        wish = {"username": self.new.username, "password": password}
        # From an address of their own: sign-ins from one are counted.
        place = {"REMOTE_ADDR": f"10.{'.'.join(str(byte) for byte in self.id.bytes[-3:])}"}
        wish |= {"totp": self.code(secret)}
        answer = self.client.post(SIGN_IN, json=wish, environ_overrides=place)
        if answer.status_code == 201:
            self.headers = bearer(answer.json["token"])
        return answer

    def call(self, method, path, body=None, **headers):
        wanted = {"method": method, "headers": self.headers | headers}
        return self.client.open(API + path, **wanted, **({"json": body} if body else {}))


@pytest.fixture
def hire(context, client):
    """Opens accounts, and a session of each."""

    def hired(*roles, **more):
        name = f"{'-'.join(roles)}-{new_id().hex}"
        new = staff.NewStaff(name, PASSWORD, frozenset(roles), **more)
        holder = Holder(client, in_transaction(lambda: staff.create(new)), new)
        caller = in_transaction(lambda: staff.principal_named(name))
        holder.headers = bearer(in_transaction(lambda: open_session(caller)).token)
        return holder

    return hired
