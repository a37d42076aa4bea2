"""Members who give their real name."""

import pytest

from tests.members.people import member, signed_in
from tests.members.real_name import numbers

PATH = "/api/v1/real-name"


class Giver:
    """A member who gives their real name."""

    def __init__(self, client):
        self._client = client
        self.member_id = member()
        self.headers = signed_in(self.member_id)
        self.wish = numbers.wish()

    def give(self, **changed):
        self.wish |= changed
        return self._client.post(PATH, json=self.wish, headers=self.headers)

    def shown(self):
        return self._client.get("/api/v1/me/real-name", headers=self.headers)


@pytest.fixture
def giver(context, client):
    """Makes a member who has not given anything yet."""
    return lambda: Giver(client)
