"""Dynamic groups from outside: a change over REST decides the very next sign-on that pysaml2 asks for.

Rule numbers are those of docs/behaviour.md.
"""

import pytest
from saml2 import BINDING_HTTP_REDIRECT

from support.api import Api, query, unique
from support.browser import Browser
from support.service_provider import ServiceProvider

DENVER = ("location", "equals", ["Denver"])


class Office:
    """The Denver group of one test, and the application that it opens."""

    def __init__(self, server, api):
        self.server = server
        self.api = api
        # Tests share a server: each has a Denver of its own.
        self.denver = unique("Denver")
        self.wiki = api.connector("wiki")
        self.group = api.dynamic_group("Denver", ("location", "equals", [self.denver]), connectors=[self.wiki])
        self.sp = ServiceProvider(server.url, self.wiki)

    def person(self, name: str, **fields) -> tuple[dict, Browser]:
        """A user, signed in."""
        user = self.api.user(name, **fields)
        browser = Browser(self.server.url)
        browser.sign_in(browser.open("/login"), user["username"])
        return user, browser

    def moves(self, user: dict, location: str):
        self.api.patch(f"/users/{user['id']}", {"location": location})

    def exempts(self, include=(), exclude=()):
        lists = {"include": [one["id"] for one in include], "exclude": [one["id"] for one in exclude]}
        self.api.patch(f"/groups/{self.group['id']}", {"memberQueryExemptions": lists})

    def members(self) -> list[tuple[str, str]]:
        items = self.api.get(f"/groups/{self.group['id']}/members")["items"]
        return [(item["user"]["username"], item["source"]) for item in items]

    def lets_in(self, browser: Browser) -> bool:
        """A new AuthnRequest of the service provider, which verifies what comes back."""
        request_id, info = self.sp.request(BINDING_HTTP_REDIRECT)
        page = browser.follow(info)
        if page.status == 403:
            assert not page.has_saml_form
            return False
        self.sp.receive(page.saml_form(), request_id)
        return True


@pytest.fixture
def office(server, api) -> Office:
    return Office(server, api)


def test_a39_jason_moves_and_is_out_at_once(office):
    jason, browser = office.person("jason", location=office.denver)
    assert office.lets_in(browser)
    office.moves(jason, "Chicago")
    assert not office.lets_in(browser)
    assert office.members() == []


def test_a39_a50_jason_is_listed_and_stays_until_he_is_not(office):
    jason, browser = office.person("jason", location=office.denver)
    office.exempts(include=[jason])
    office.moves(jason, "Chicago")
    assert office.lets_in(browser)
    assert office.members() == [(jason["username"], "MANUAL_INCLUDE")]
    office.exempts()
    assert not office.lets_in(browser)


def test_a40_mark_stays_whatever_the_list_says_unless_he_is_excluded(office):
    mark, browser = office.person("mark", location=office.denver)
    for include, source in [([], "RULE"), ([mark], "MANUAL_INCLUDE"), ([], "RULE")]:
        office.exempts(include=include)
        assert office.members() == [(mark["username"], source)]
        assert office.lets_in(browser)
    office.exempts(exclude=[mark])
    assert not office.lets_in(browser)


def test_a41_stacy_joins_when_she_becomes_denver(office):
    stacy, browser = office.person("stacy", location="Austin")
    assert not office.lets_in(browser)
    office.moves(stacy, office.denver)
    assert office.lets_in(browser)


def test_a41_stacy_is_excluded_and_never_added(office):
    stacy, browser = office.person("stacy", location="Austin")
    office.exempts(exclude=[stacy])
    office.moves(stacy, office.denver)
    assert not office.lets_in(browser)
    assert office.members() == []


def test_a25_the_fl_technical_writers(server, api):
    florida = unique("Florida")
    titles = ["Technical Writer 2", "Technical Writer 3"]
    for name, title, location in [
        ("ann", titles[0], florida),
        ("ben", titles[1], florida),
        ("cleo", "Technical Writer 1", florida),
        ("dan", titles[0], "Georgia"),
    ]:
        api.user(name, jobTitle=title, location=location)
    writers = api.dynamic_group(
        "FL Technical Writers", ("jobTitle", "equals", titles), ("location", "equals", [florida])
    )
    members = api.get(f"/groups/{writers['id']}/members")["items"]
    assert [item["user"]["username"].split("-")[0] for item in members] == ["ann", "ben"]
    assert "Job Title equals" in members[0]["cause"]["text"]


def test_a4_a_rule_edit_decides_the_next_sign_on(office):
    _, browser = office.person("jason", location=office.denver)
    group = f"/groups/{office.group['id']}"
    for location, expected in [("nowhere", False), (office.denver, True)]:
        office.api.patch(group, {"memberQuery": query(("location", "equals", [location]))})
        assert office.lets_in(browser) == expected


def test_a36_what_is_accepted_opens_the_application(server, office):
    office.api.patch(f"/groups/{office.group['id']}", {"membershipMethod": "DYNAMIC_REVIEW_REQUIRED"})
    jason, browser = office.person("jason", location=office.denver)
    suggestions = f"/groups/{office.group['id']}/suggestions"
    assert [item["op"] for item in office.api.get(suggestions)["items"]] == ["add"]
    assert not office.lets_in(browser)
    selection = {"userIds": [jason["id"], "nobody"]}
    reader = Api(server.url, server.token("read-only"))
    reader.call("POST", f"{suggestions}/accept", selection, 403)
    manager = Api(server.url, server.token("manager"))
    answer = manager.post(f"{suggestions}/accept", selection, 200)
    assert answer == {"suggestionsFound": [jason["id"]], "suggestionsNotFound": ["nobody"]}
    assert office.lets_in(browser)


def test_a43_the_26th_exemption(office):
    people = [office.api.post("/users", new_person())["id"] for _ in range(26)]
    answer = office.api.send(
        "PATCH", f"/groups/{office.group['id']}", json={"memberQueryExemptions": {"include": people}}
    )
    assert answer.status_code == 422
    assert answer.json()["detail"] == "This group has reached its exemption limit"


def new_person() -> dict:
    username = unique("many")
    return {"username": username, "email": f"{username}@example.com"}


def test_a27_a48_the_preview_tells_joins_leaves_and_stays(office):
    jason, _ = office.person("jason", location=office.denver)
    stacy, _ = office.person("stacy", location=unique("Austin"))
    office.exempts(include=[jason])
    body = {"memberQuery": query(("location", "equals", [stacy["location"]])), "groupId": office.group["id"]}
    preview = office.api.post("/groups/preview", body, 200)
    assert [preview[name] for name in ("matching", "joins", "leaves", "stays")] == [1, 1, 1, 0]
    assert preview["exemptionsReflected"] is False
    after = preview["afterExemptions"]
    assert [after[name] for name in ("matching", "joins", "leaves", "stays")] == [2, 1, 0, 1]
    assert office.members() == [(jason["username"], "MANUAL_INCLUDE")]


def test_c5_who_may_write_rules(server, office):
    for role, status in [("manager", 200), ("help-desk", 403), ("read-only", 403)]:
        caller = Api(server.url, server.token(role))
        caller.call("PATCH", f"/groups/{office.group['id']}", {"memberQuery": query(DENVER)}, status)
