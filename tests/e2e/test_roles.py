"""What the four roles may do over REST, as far as one can see it from outside."""

import pytest

from support.api import PASSWORD, Api, unique
from support.process import wait_until

ROLES = ["administrator", "manager", "help-desk", "read-only"]


@pytest.fixture(scope="module", params=ROLES)
def caller(request, server) -> tuple[str, Api]:
    return request.param, Api(server.url, server.token(request.param))


def expect(caller, allowed: list[str], status: int) -> int:
    return status if caller[0] in allowed else 403


def test_everybody_sees_users(caller, api):
    user = api.user("seen")
    assert caller[1].get(f"/users/{user['id']}")["username"] == user["username"]


def test_who_makes_users_groups_and_connectors(caller):
    makers = ["administrator", "manager"]
    _, client = caller
    name = unique("made")
    client.call("POST", "/users", {"username": name, "email": f"{name}@example.com"}, expect(caller, makers, 201))
    client.call("POST", "/groups", {"name": name}, expect(caller, makers, 201))
    connector = {
        "name": name,
        "spEntityId": f"https://{name}.example.com",
        "acsUrls": [{"url": f"https://{name}.example.com/acs", "binding": "HTTP-POST", "index": 0, "isDefault": True}],
    }
    client.call("POST", "/connectors", connector, expect(caller, makers, 201))


def test_who_helps_a_user(caller, api):
    helpers = ["administrator", "manager", "help-desk"]
    user = api.user("helped")
    password = {"password": PASSWORD + " again"}
    caller[1].call("PUT", f"/users/{user['id']}/password", password, expect(caller, helpers, 204))
    caller[1].call("PATCH", f"/users/{user['id']}", {"state": "SUSPENDED"}, expect(caller, helpers, 200))


def test_c4_help_desk_does_not_move_people_between_departments(caller, api):
    user = api.user("moved")
    allowed = ["administrator", "manager"]
    caller[1].call("PATCH", f"/users/{user['id']}", {"department": "Sales"}, expect(caller, allowed, 200))


def test_who_grants_access(caller, api):
    user, group, connector = api.user("granted"), api.group("granting"), api.connector("granted")
    allowed = ["administrator", "manager"]
    caller[1].call("PUT", f"/groups/{group['id']}/members/{user['id']}", None, expect(caller, allowed, 204))
    caller[1].call("PUT", f"/connectors/{connector['id']}/groups/{group['id']}", None, expect(caller, allowed, 204))


def test_only_administrators_make_tokens(caller):
    body = {"name": unique("token"), "role": "read-only"}
    caller[1].call("POST", "/tokens", body, expect(caller, ["administrator"], 201))


def test_the_log_says_whose_role_did_not_permit_what(server):
    """ASVS 5.0, 16.3.2."""
    client = Api(server.url, server.token("read-only"))
    client.call("POST", "/groups", {"name": unique("refused")}, 403)

    def told():
        lines = [line for line in server.process.output().splitlines() if "a role does not permit this" in line]
        return [line for line in lines if "e2e read-only" in line and "Edit" in line and "Group" in line]

    wait_until(told, "the line of the log")
