"""What the four roles may do over REST, as far as one can see it from outside."""

import pytest

from support.api import PASSWORD, Api, unique

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
