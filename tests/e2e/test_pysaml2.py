"""pysaml2 as service provider: it accepts what Vestibule issues and sees the inherited values.

Rule numbers are those of docs/behaviour.md.
"""

import pytest
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.response import StatusInvalidNameidPolicy, StatusNoAuthnContext, StatusNoPassive
from saml2.saml import (
    NAMEID_FORMAT_EMAILADDRESS,
    NAMEID_FORMAT_KERBEROS,
    NAMEID_FORMAT_PERSISTENT,
    NAMEID_FORMAT_TRANSIENT,
    NAMEID_FORMAT_UNSPECIFIED,
)

from support.api import constant_mapping, field_mapping, json_object, mapping, text
from support.browser import Browser
from support.process import wait_until
from support.service_provider import ServiceProvider

PASSWORD_TRANSPORT = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
CERTIFICATE_CONTEXT = {
    "authn_context_class_ref": ["urn:oasis:names:tc:SAML:2.0:ac:classes:X509"],
    "comparison": "exact",
}
OTHER_INFO = {"userSettings": {"role": "admin", "permissions": "rw", "description": "Very clever"}}


class World:
    """One application, and Jason in Team-A and, added later, Team-B."""

    def __init__(self, server, api, **connector):
        self.server = server
        self.api = api
        self.connector = api.connector(
            "wiki",
            **{
                "nameId": {"source": "email", "format": NAMEID_FORMAT_EMAILADDRESS},
                "attributeMappings": [
                    mapping("team", "TeamName"),
                    mapping("role", "otherInfo.userSettings.role"),
                    field_mapping("mail", "email"),
                    constant_mapping("env", "prod"),
                ],
            }
            | connector,
        )
        self.team_a = api.group("Team-A", [text("TeamName", "team-a")], [self.connector])
        self.team_b = api.group(
            "Team-B", [text("TeamName", "team-b"), json_object("otherInfo", OTHER_INFO)], [self.connector]
        )
        self.jason = api.user("jason", [self.team_a, self.team_b])
        self.sp = ServiceProvider(server.url, self.connector)

    @property
    def start(self) -> str:
        return f"/saml/start/{self.connector['slug']}"

    def signed_in(self) -> Browser:
        """A browser in which Jason is signed in."""
        browser = Browser(self.server.url)
        page = browser.sign_in(browser.open("/login"), self.jason["username"])
        assert page.status == 200 and not page.asks_for_password
        return browser

    def released(self, browser: Browser | None = None) -> dict[str, list[str]]:
        """The attributes that the service provider sees after a sign-on."""
        form = (browser or self.signed_in()).open(self.start).saml_form()
        return self.sp.receive(form).attributes


@pytest.fixture
def world(server, api) -> World:
    return World(server, api)


@pytest.mark.parametrize("sign", ["ASSERTION", "RESPONSE", "BOTH"])
@pytest.mark.parametrize("binding", [BINDING_HTTP_REDIRECT, BINDING_HTTP_POST], ids=["redirect", "post"])
def test_b1_a_request_is_answered_with_inherited_values(server, api, browser, binding, sign):
    world = World(server, api, sign=sign)
    relay_state = "/deep?x=1&y=ä b"
    request_id, info = world.sp.request(binding, relay_state, nameid_format=NAMEID_FORMAT_EMAILADDRESS)

    page = browser.sign_in(browser.follow(info), world.jason["username"])

    form = page.saml_form()
    assert form.relay_state == relay_state
    received = world.sp.receive(form, request_id)
    assert (received.name_id, received.name_id_format) == (world.jason["email"], NAMEID_FORMAT_EMAILADDRESS)
    assert received.attributes == {
        "team": ["team-b"],
        "role": ["admin"],
        "mail": [world.jason["email"]],
        "env": ["prod"],
    }
    (context, _, _), *_ = received.response.authn_info()
    assert context == PASSWORD_TRANSPORT
    assert received.response.session_info()["session_index"]
    assert "no-store" in page.headers["Cache-Control"]


@pytest.mark.parametrize("binding", [BINDING_HTTP_REDIRECT, BINDING_HTTP_POST], ids=["redirect", "post"])
def test_who_is_signed_in_is_not_asked_again(world, binding):
    browser = world.signed_in()
    request_id, info = world.sp.request(binding)
    form = browser.follow(info).saml_form()
    assert form.relay_state is None
    world.sp.receive(form, request_id)


def test_the_identity_provider_can_begin(server, api):
    world = World(server, api, defaultRelayState="/home")
    browser = world.signed_in()

    form = browser.open(world.start).saml_form()
    assert form.relay_state == "/home"
    received = world.sp.receive(form)
    assert received.name_id == world.jason["email"]
    assert received.response.in_response_to is None

    assert browser.open(f"{world.start}?RelayState=%2Freports%3Fq%3D1").saml_form().relay_state == "/reports?q=1"


def test_a_stranger_who_begins_at_the_identity_provider_signs_in_first(world, browser):
    page = browser.open(world.start)
    assert page.asks_for_password
    world.sp.receive(browser.sign_in(page, world.jason["username"]).saml_form())


def test_b1_leaving_the_group_ends_the_inheritance(world):
    browser = world.signed_in()
    world.api.delete(f"/groups/{world.team_b['id']}/members/{world.jason['id']}")
    released = world.released(browser)
    assert released["team"] == ["team-a"]
    assert "role" not in released


def test_b2_what_is_not_mapped_is_not_released(server, api):
    world = World(server, api, attributeMappings=[constant_mapping("env", "prod")])
    assert world.released() == {"env": ["prod"]}


def test_b8_the_attribute_added_last_wins(world):
    browser = world.signed_in()
    attributes = f"/groups/{world.team_a['id']}/attributes"
    assert world.released(browser)["team"] == ["team-b"]

    # A changed value is no new attribute, and neither is a new membership or a new binding.
    world.api.patch(f"{attributes}/TeamName", {"value": "team-a2"})
    world.api.delete(f"/groups/{world.team_a['id']}/members/{world.jason['id']}")
    world.api.put(f"/groups/{world.team_a['id']}/members/{world.jason['id']}")
    world.api.delete(f"/connectors/{world.connector['id']}/groups/{world.team_a['id']}")
    world.api.put(f"/connectors/{world.connector['id']}/groups/{world.team_a['id']}")
    assert world.released(browser)["team"] == ["team-b"]

    # Deleted and added again, it is.
    world.api.delete(f"{attributes}/TeamName")
    world.api.post(attributes, text("TeamName", "team-a3"))
    assert world.released(browser)["team"] == ["team-a3"]


def test_b9_a_group_that_is_not_bound_gives_nothing(world):
    world.api.group("Team-C", [text("TeamName", "team-c")])
    unbound = world.api.group("Team-D", [text("TeamName", "team-d")])
    world.api.put(f"/groups/{unbound['id']}/members/{world.jason['id']}")
    browser = world.signed_in()
    assert world.released(browser)["team"] == ["team-b"]

    world.api.put(f"/connectors/{world.connector['id']}/groups/{unbound['id']}")
    assert world.released(browser)["team"] == ["team-d"]


def test_b10_a_change_between_two_sign_ons_of_one_session_shows(world):
    browser = world.signed_in()
    assert world.released(browser)["team"] == ["team-b"]
    world.api.patch(f"/groups/{world.team_b['id']}/attributes/TeamName", {"value": "renamed"})
    assert world.released(browser)["team"] == ["renamed"]


def test_b17_the_users_own_attribute_wins_as_a_whole(world):
    browser = world.signed_in()
    user = f"/users/{world.jason['id']}"
    world.api.patch(user, {"attributes": [text("TeamName", "mine")]})
    released = world.released(browser)
    assert (released["team"], released["role"]) == (["mine"], ["admin"])

    # His own otherInfo has no userSettings.role: then there is none, and the group is not asked.
    world.api.patch(user, {"attributes": [json_object("otherInfo", {"Location": "Denver"})]})
    released = world.released(browser)
    assert released["team"] == ["team-b"]
    assert "role" not in released


def test_b19_to_b24_what_a_path_yields(server, api):
    info = {
        "userSettings": {"role": "admin"},
        "level": 7,
        "active": True,
        "nothing": None,
        "empty": "",
        "list": ["a", {"b": 1}, 2, False, ["nested"], None],
        "objects": [{"a": 1}],
    }
    names = ["userSettings.role", "level", "active", "empty", "list"]
    silent = ["userSettings", "nothing", "objects", "missing", "UserSettings.role", "list.0"]
    world = World(
        server,
        api,
        attributeMappings=[mapping(n, f"otherInfo.{n}") for n in names + silent] + [mapping("bare", "otherInfo")],
    )
    world.api.patch(f"/users/{world.jason['id']}", {"attributes": [json_object("otherInfo", info)]})
    assert world.released() == {
        "userSettings.role": ["admin"],
        "level": ["7"],
        "active": ["true"],
        "empty": [""],
        "list": ["a", "2", "false"],
    }


def test_b26_mappings_of_one_name_become_one_attribute(server, api):
    world = World(
        server,
        api,
        attributeMappings=[constant_mapping("Role", "one"), mapping("Role", "TeamName"), constant_mapping("role", "x")],
    )
    assert world.released() == {"Role": ["one", "team-b"], "role": ["x"]}


def test_c1_without_a_bound_group_there_is_a_page_and_no_assertion(world, browser):
    stacy = world.api.user("stacy")
    request_id, info = world.sp.request(BINDING_HTTP_REDIRECT)
    page = browser.sign_in(browser.follow(info), stacy["username"])
    assert page.status == 403
    assert not page.has_saml_form
    assert world.connector["name"] in page.html

    # The same session, once a group of hers is bound, is let in: access is decided at each sign-on.
    world.api.put(f"/groups/{world.team_a['id']}/members/{stacy['id']}")
    world.sp.receive(browser.open(world.start).saml_form())


def test_c1_a_connector_that_is_off_lets_nobody_in(world):
    browser = world.signed_in()
    world.api.patch(f"/connectors/{world.connector['id']}", {"status": "INACTIVE"})
    page = browser.open(world.start)
    assert 400 <= page.status < 500
    assert not page.has_saml_form


@pytest.mark.parametrize("state", ["SUSPENDED", "STAGED"])
def test_c6_suspension_ends_sign_on_and_the_session(world, state):
    browser = world.signed_in()
    world.api.patch(f"/users/{world.jason['id']}", {"state": state})
    assert not browser.open(world.start).has_saml_form

    wait_until(lambda: browser.open("/").asks_for_password, "the session to end", seconds=1)
    page = browser.sign_in(browser.open("/login"), world.jason["username"])
    assert page.status == 401 and page.asks_for_password


def test_a_user_without_access_sees_no_tile(world):
    stacy = world.api.user("stacy")
    browser = Browser(world.server.url)
    portal = browser.sign_in(browser.open("/login"), stacy["username"])
    assert world.connector["name"] not in portal.html
    assert world.connector["name"] in world.signed_in().open("/").html


def test_is_passive_without_a_session_is_answered_no_passive(world, browser):
    request_id, info = world.sp.request(BINDING_HTTP_REDIRECT, is_passive="true")
    form = browser.follow(info).saml_form()
    with pytest.raises(StatusNoPassive):
        world.sp.receive(form, request_id)


def test_is_passive_with_a_session_signs_on(world):
    request_id, info = world.sp.request(BINDING_HTTP_REDIRECT, is_passive="true")
    world.sp.receive(world.signed_in().follow(info).saml_form(), request_id)


def test_force_authn_asks_for_the_password_again(world):
    browser = world.signed_in()
    request_id, info = world.sp.request(BINDING_HTTP_REDIRECT, force_authn="true")
    page = browser.follow(info)
    assert page.asks_for_password and not page.has_saml_form
    world.sp.receive(browser.sign_in(page, world.jason["username"]).saml_form(), request_id)


def test_a_context_that_a_password_does_not_meet_is_answered_no_authn_context(world):
    request_id, info = world.sp.request(BINDING_HTTP_REDIRECT, requested_authn_context=CERTIFICATE_CONTEXT)
    form = world.signed_in().follow(info).saml_form()
    with pytest.raises(StatusNoAuthnContext):
        world.sp.receive(form, request_id)


def name_id(world: World, browser: Browser, wanted: str | None) -> tuple[str, str]:
    request_id, info = world.sp.request(BINDING_HTTP_REDIRECT, nameid_format=wanted)
    received = world.sp.receive(browser.follow(info).saml_form(), request_id)
    return received.name_id, received.name_id_format


def test_a_persistent_name_id_is_kept_and_is_another_for_each_service_provider(server, api):
    world = World(server, api)
    other = api.connector("other")
    api.put(f"/connectors/{other['id']}/groups/{world.team_a['id']}")
    browser = world.signed_in()

    first = name_id(world, browser, NAMEID_FORMAT_PERSISTENT)
    assert first[1] == NAMEID_FORMAT_PERSISTENT
    assert world.jason["username"] not in first[0]
    assert name_id(world, world.signed_in(), NAMEID_FORMAT_PERSISTENT) == first

    world.sp = ServiceProvider(server.url, other)
    assert name_id(world, browser, NAMEID_FORMAT_PERSISTENT)[0] != first[0]


def test_a_persistent_name_id_can_be_an_own_attribute_of_the_user(server, api):
    """As Microsoft 365 wants it; SAML Core 8.3.7. What a group gives would call many people by one name."""
    world = World(server, api, nameId={"source": "CUSTOM", "path": "immutableId", "format": NAMEID_FORMAT_PERSISTENT})
    defaults = api.get("/connector-templates?q=microsoft")["items"][0]["defaults"]
    assert defaults["nameId"] == world.connector["nameId"]
    api.post(f"/groups/{world.team_a['id']}/attributes", text("immutableId", "of-the-group"))
    preview = f"/connectors/{world.connector['id']}/preview"
    explained = api.post(preview, {"userId": world.jason["id"]}, expect=200)
    assert explained["nameId"] is None and explained["responseXml"] is None
    assert "/nameId/source" in [warning["pointer"] for warning in explained["warnings"]]
    browser = world.signed_in()
    page = browser.open(world.start)
    assert not page.has_saml_form and "immutableId" in page.html

    api.patch(f"/users/{world.jason['id']}", {"attributes": [text("immutableId", "q2Fz5w==")]})
    for wanted in [NAMEID_FORMAT_PERSISTENT, NAMEID_FORMAT_UNSPECIFIED, None]:
        assert name_id(world, browser, wanted) == ("q2Fz5w==", NAMEID_FORMAT_PERSISTENT)
    assert api.post(preview, {"userId": world.jason["id"]}, expect=200)["nameId"] == {
        "format": NAMEID_FORMAT_PERSISTENT,
        "value": "q2Fz5w==",
        "from": "USER",
        "attribute": "immutableId",
        "path": "immutableId",
    }


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"source": "CUSTOM"}, "/nameId/path"),
        ({"source": "CUSTOM", "path": "a..b"}, "/nameId/path"),
        ({"source": "email", "path": "immutableId"}, "/nameId/path"),
        ({"path": "immutableId"}, "/nameId/path"),
        ({"source": "immutableId"}, "/nameId/source"),
    ],
)
def test_a_name_id_source_that_is_none_is_refused(world, wrong, pointer):
    refused = world.api.patch(f"/connectors/{world.connector['id']}", {"nameId": wrong}, expect=422)
    assert [error["pointer"] for error in refused["errors"]] == [pointer]


def test_a_transient_name_id_is_another_each_time(world):
    browser = world.signed_in()
    seen = {name_id(world, browser, NAMEID_FORMAT_TRANSIENT) for _ in range(3)}
    assert len(seen) == 3
    assert {form for _, form in seen} == {NAMEID_FORMAT_TRANSIENT}


@pytest.mark.parametrize("wanted", [None, NAMEID_FORMAT_UNSPECIFIED], ids=["none", "unspecified"])
def test_no_wish_or_unspecified_means_as_configured(world, wanted):
    assert name_id(world, world.signed_in(), wanted) == (world.jason["email"], NAMEID_FORMAT_EMAILADDRESS)


def test_a_name_id_format_that_is_not_offered_is_refused_by_status(world):
    request_id, info = world.sp.request(BINDING_HTTP_REDIRECT, nameid_format=NAMEID_FORMAT_KERBEROS)
    form = world.signed_in().follow(info).saml_form()
    with pytest.raises(StatusInvalidNameidPolicy):
        world.sp.receive(form, request_id)


def test_signing_out_ends_the_session(world):
    browser = world.signed_in()
    assert browser.sign_out().asks_for_password
    assert browser.open(world.start).asks_for_password


def test_c2_the_explanation_is_what_is_released(world):
    explained = world.api.post(
        f"/connectors/{world.connector['id']}/preview", {"userId": world.jason["id"]}, expect=200
    )
    assert explained["decision"]["allowed"] is True
    assert {a["name"]: a["values"] for a in explained["attributes"]} == world.released()
    team = next(a for a in explained["attributes"] if a["name"] == "team")
    (origin,) = team["origins"]
    assert (origin["from"], origin["groupName"]) == ("GROUP", world.team_b["name"])
    assert origin["overrode"][0]["groupName"] == world.team_a["name"]

    done = world.server.command(
        "explain", "--user", world.jason["username"], "--connector", world.connector["slug"], "--json"
    )
    assert done.returncode == 0, done.stderr
    assert '"team-b"' in done.stdout
