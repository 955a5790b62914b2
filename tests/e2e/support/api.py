"""A small REST client, and makers for the objects that most tests need."""

import itertools

import requests

PASSWORD = "violet anchor, 27 lanterns"

_numbers = itertools.count(1)


def unique(name: str) -> str:
    """Tests share a server; a number keeps their names apart."""
    return f"{name}-{next(_numbers)}"


class Api:
    """`/api/v1` as one holder of a token sees it."""

    def __init__(self, base_url: str, token: str | None):
        self.base_url = base_url
        self._session = requests.Session()
        self._session.trust_env = False
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def send(self, method: str, path: str, **arguments) -> requests.Response:
        return self._session.request(method, f"{self.base_url}/api/v1{path}", timeout=30, **arguments)

    def call(self, method: str, path: str, body=None, expect: int = 200):
        """Sends JSON, insists on the status, gives the JSON of the answer (None for an empty one)."""
        answer = self.send(method, path, json=body)
        assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def get(self, path: str, expect: int = 200):
        return self.call("GET", path, expect=expect)

    def post(self, path: str, body, expect: int = 201):
        return self.call("POST", path, body, expect)

    def put(self, path: str, body=None, expect: int = 204):
        return self.call("PUT", path, body, expect)

    def patch(self, path: str, body, expect: int = 200):
        return self.call("PATCH", path, body, expect)

    def delete(self, path: str, expect: int = 204):
        return self.call("DELETE", path, expect=expect)

    # Makers. Each returns the resource as the service answered it.

    def user(self, username: str, groups=(), **fields):
        username = unique(username)
        user = self.post(
            "/users",
            {"username": username, "email": f"{username}@example.com", "password": PASSWORD} | fields,
        )
        for group in groups:
            self.put(f"/groups/{group['id']}/members/{user['id']}")
        return user

    def group(self, name: str, attributes=(), connectors=()):
        group = self.post("/groups", {"name": unique(name), "attributes": list(attributes)})
        for connector in connectors:
            self.put(f"/connectors/{connector['id']}/groups/{group['id']}")
        return group

    def dynamic_group(self, name: str, *conditions, connectors=(), **fields):
        """A group that follows (field, operator, values) at once, unless `fields` says otherwise."""
        body = {
            "name": unique(name),
            "membershipMethod": "DYNAMIC_AUTOMATED",
            "memberQuery": query(*conditions),
        }
        group = self.post("/groups", body | fields)
        for connector in connectors:
            self.put(f"/connectors/{connector['id']}/groups/{group['id']}")
        return group

    def connector(self, name: str, **fields):
        """A connector whose service provider has an entity ID and an ACS address of its own."""
        name = unique(name)
        service_provider = {
            "spEntityId": f"https://{name}.example.com/metadata",
            "acsUrls": [
                {
                    "url": f"https://{name}.example.com/acs",
                    "binding": "HTTP-POST",
                    "index": 0,
                    "isDefault": True,
                }
            ],
        }
        return self.post("/connectors", {"name": name} | service_provider | fields)


def query(*conditions: tuple[str, str, list[str]]) -> dict:
    """A `memberQuery` of these conditions, which must all hold."""
    return {
        "filters": [
            {"field": field, "operator": operator, "values": list(values)} for field, operator, values in conditions
        ]
    }


def text(name: str, value: str) -> dict:
    """A custom attribute of type String."""
    return {"name": name, "type": "string", "value": value}


def json_object(name: str, value: dict) -> dict:
    """A custom attribute of type JSON."""
    return {"name": name, "type": "json", "value": value}


def mapping(sp_attribute_name: str, path: str) -> dict:
    """A mapping of a custom attribute of the user or the group."""
    return {"spAttributeName": sp_attribute_name, "source": {"type": "CUSTOM", "path": path}}


def field_mapping(sp_attribute_name: str, field: str) -> dict:
    """A mapping of one of the user's directory fields."""
    return {"spAttributeName": sp_attribute_name, "source": {"type": "USER_FIELD", "field": field}}


def constant_mapping(sp_attribute_name: str, value: str) -> dict:
    return {"spAttributeName": sp_attribute_name, "source": {"type": "CONSTANT", "value": value}}
