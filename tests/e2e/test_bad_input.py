"""Bad input is answered with a sentence that helps, leaves nothing behind, and says nothing secret."""

import datetime
import itertools
import json
import os

import lxml.html
import pytest

from support.api import PASSWORD, Api, constant_mapping, json_object, text
from support.browser import Browser
from support.messages import authn_request, deflated, encoded, instant, redirect_query

MEGABYTE = 1024 * 1024
RESOURCES = ["/users", "/groups", "/connectors", "/admins"]


@pytest.fixture(scope="module")
def world(api) -> dict:
    connector = api.connector("wiki")
    group = api.group("Team-A", [text("TeamName", "team-a")], [connector])
    return {"connector": connector, "group": group, "user": api.user("jason", [group])}


def stored(api: Api) -> dict:
    """Everything that a refused request could have changed."""
    return {path: api.get(f"{path}?limit=500") for path in RESOURCES}


@pytest.fixture
def nothing_is_stored(api, world):
    before = stored(api)
    yield
    assert stored(api) == before


def assert_problem(answer, status: int, *words: str):
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].split(";")[0] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    said = json.dumps(problem, ensure_ascii=False)
    assert " " in (problem.get("detail") or problem["title"]), said
    for word in words:
        assert word in said, f"{word!r} is not in {said}"
    for pointer in problem.get("errors", []):
        assert pointer["detail"]


def user(**fields) -> dict:
    return {"username": "nobody-yet", "email": "nobody-yet@example.com"} | fields


def group(*attributes) -> dict:
    return {"name": "none yet", "attributes": list(attributes)}


def connector(**fields) -> dict:
    return {
        "name": "none yet",
        "spEntityId": "https://none.example.com",
        "acsUrls": [{"url": "https://none.example.com/acs", "binding": "HTTP-POST", "index": 0, "isDefault": True}],
    } | fields


def number(text: str):
    return {"name": "count", "type": "number", "value": json.loads(text)}


REFUSED = {
    # name: (path, body, words that the answer has to contain)
    "a wrong type": ("/users", user(firstName=7), ["/firstName"]),
    "an unknown field": ("/users", user(nickname="x"), ["nickname"]),
    "a missing field": ("/users", {"username": "nobody-yet"}, ["email"]),
    "an unknown state": ("/users", user(state="GONE"), ["/state"]),
    "a field of 513 characters": ("/users", user(location="x" * 513), ["/location", "512"]),
    "a short password": ("/users", user(password="short"), ["/password", "12"]),
    "a common password": ("/users", user(password="password1234"), ["/password"]),
    "an unknown attribute type": ("/groups", group({"name": "a", "type": "date", "value": "x"}), ["/attributes/0"]),
    "b5 a dotted attribute name": ("/groups", group(text("a.b", "x")), ["/attributes/0"]),
    "b5 one attribute name twice": ("/groups", group(text("a", "x"), text("a", "y")), ["/attributes/1"]),
    "b6 a ten-digit number": ("/groups", group(number("1000000000")), ["/attributes/0", "nine", "String"]),
    "b6 an exponent": ("/groups", group({"name": "n", "type": "number", "value": 1e30}), ["/attributes/0"]),
    "a number as text": ("/groups", group({"name": "n", "type": "number", "value": "7"}), ["/attributes/0"]),
    "a boolean as text": ("/groups", group({"name": "n", "type": "boolean", "value": "true"}), ["/attributes/0"]),
    "b7 a control character": ("/groups", group(text("a", "bell \u0007")), ["/attributes/0"]),
    "b7 a control character in JSON": ("/groups", group(json_object("a", {"b": "\u0001"})), ["/attributes/0"]),
    "b11 a list as the root": ("/groups", group({"name": "a", "type": "json", "value": [1]}), ["/attributes/0"]),
    "an unknown membership method": (
        "/groups",
        {"name": "none yet", "membershipMethod": "DYNAMIC"},
        ["/membershipMethod", "DYNAMIC_AUTOMATED"],
    ),
    "a22 two values to begin with": (
        "/groups",
        {
            "name": "none yet",
            "membershipMethod": "DYNAMIC_AUTOMATED",
            "memberQuery": {"filters": [{"field": "location", "operator": "startsWith", "values": ["a", "b"]}]},
        },
        ["/memberQuery/filters/0"],
    ),
    "plain http for an ACS": (
        "/connectors",
        connector(
            acsUrls=[{"url": "http://none.example.com/acs", "binding": "HTTP-POST", "index": 0, "isDefault": True}]
        ),
        ["/acsUrls/0", "https"],
    ),
    "c3 one name in two formats": (
        "/connectors",
        connector(attributeMappings=[constant_mapping("a", "x"), constant_mapping("a", "y") | {"nameFormat": "URI"}]),
        ["/attributeMappings/1"],
    ),
    "a connector without a service provider": ("/connectors", {"name": "none yet"}, ["spEntityId"]),
    "metadata with a DOCTYPE": (
        "/connectors",
        {"name": "none yet", "metadataXml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'},
        ["/metadataXml"],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_broken_field_is_422_and_named(api, nothing_is_stored, case):
    path, body, words = REFUSED[case]
    assert_problem(api.send("POST", path, json=body), 422, *words)


def test_a_taken_name_is_409(api, world, nothing_is_stored):
    taken = world["user"]["username"].upper()
    assert_problem(api.send("POST", "/users", json=user(username=taken)), 409, "username")
    taken = world["connector"]["spEntityId"]
    assert_problem(api.send("POST", "/connectors", json=connector(spEntityId=taken)), 409, "spEntityId")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/users/no-such-id"),
        ("PATCH", "/groups/no-such-id"),
        ("DELETE", "/connectors/no-such-id"),
        ("PUT", "/groups/no-such-id/members/no-such-id"),
        ("GET", "/no-such-resource"),
    ],
)
def test_an_unknown_id_is_404(api, nothing_is_stored, method, path):
    assert_problem(api.send(method, path, json={} if method == "PATCH" else None), 404)


def test_json_that_is_none_is_400_with_line_and_column(api, nothing_is_stored):
    body = '{"username": "x",\n "email": }'
    answer = api.send("POST", "/users", data=body, headers={"Content-Type": "application/json"})
    assert_problem(answer, 400, "line 2", "column")


def test_b23_a_bare_line_break_in_a_string_is_no_json(api, nothing_is_stored):
    body = '{"name": "none yet", "attributes": [{"name": "a", "type": "json", "value": {"b": "Very\nclever"}}]}'
    answer = api.send("POST", "/groups", data=body, headers={"Content-Type": "application/json"})
    assert_problem(answer, 400, "line", "column")


def test_another_media_type_is_415(api, nothing_is_stored):
    assert_problem(api.send("POST", "/users", data="a=b", headers={"Content-Type": "text/plain"}), 415)


def test_a_megabyte_of_json_is_413(api, nothing_is_stored):
    assert_problem(api.send("POST", "/users", json=user(description="x" * MEGABYTE)), 413)


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic YTpi", "Bearer "])
def test_without_a_valid_token_it_is_401(server, api, nothing_is_stored, header):
    stranger = Api(server.url, token=None)
    answer = stranger.send("GET", "/users", headers={"Authorization": header} if header else {})
    assert_problem(answer, 401)


def test_a_password_wrong_or_for_nobody_gets_the_same_answer(server, world):
    answers = []
    for name in (world["user"]["username"], "nobody-at-all"):
        stranger = Browser(server.url)
        page = stranger.sign_in(stranger.open("/login"), name, "not the password 1")
        assert page.status == 401 and page.asks_for_password
        answers.append(page.html.replace(name, "NAME"))
    assert visible(answers[0]) == visible(answers[1])


def visible(html: str) -> tuple:
    """What a person sees, and the fields: without the tokens and numbers that differ each time."""
    document = lxml.html.fromstring(html)
    words = [line.strip() for line in document.text_content().splitlines() if line.strip()]
    return [word for word in words if "incident" not in word.lower()], document.xpath("//input/@name")


def long_ago() -> str:
    return instant(datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=10))


SAML_REFUSED = {
    "an ACS that is not registered": lambda c: authn_request(c, acs="https://evil.example.com/acs"),
    "an ACS that begins like the registered one": lambda c: authn_request(c, acs=c["acsUrls"][0]["url"] + "/x"),
    "a service provider nobody knows": lambda c: authn_request(c, issuer="https://unknown.example.com"),
    "an expired request": lambda c: authn_request(c, issue_instant=long_ago()),
    "another Destination": lambda c: authn_request(c, attributes='Destination="https://idp.example.com/saml/sso"'),
    "a DOCTYPE": lambda c: authn_request(c, prologue='<!DOCTYPE x [<!ENTITY e "y">]>'),
    "a processing instruction": lambda c: authn_request(c, prologue='<?xml-stylesheet href="x"?>'),
    "a signature": lambda c: authn_request(
        c, children='<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/></ds:Signature>'
    ),
    "two roots": lambda c: authn_request(c) * 2,
    "an end tag missing": lambda c: authn_request(c).removesuffix("</samlp:AuthnRequest>"),
    "another version": lambda c: authn_request(c).replace('Version="2.0"', 'Version="1.1"'),
    "another root": lambda c: authn_request(c).replace("AuthnRequest", "LogoutRequest"),
    "another namespace": lambda c: authn_request(c).replace("SAML:2.0:protocol", "SAML:1.1:protocol"),
    "5,000 elements": lambda c: authn_request(c, children="<x/>" * 5000),
    "depth 100": lambda c: authn_request(c, children="<x>" * 100 + "</x>" * 100),
    "no XML at all": lambda c: "hello",
    "nothing": lambda c: "",
    "bytes that are no UTF-8": lambda c: authn_request(c).encode().replace(b"example", b"ex\xffmple"),
}


def assert_refused_page(page):
    assert 400 <= page.status < 500, page.html
    assert page.headers["Content-Type"].startswith("text/html")
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert not page.has_saml_form
    assert "evil.example.com/acs" not in page.url


@pytest.mark.parametrize("binding", ["redirect", "post"])
@pytest.mark.parametrize("case", SAML_REFUSED)
def test_a_request_that_is_not_right_gets_a_page(world, browser, nothing_is_stored, case, binding):
    message = SAML_REFUSED[case](world["connector"])
    if binding == "redirect":
        page = browser.open("/saml/sso?" + redirect_query(message))
    else:
        page = browser.post("/saml/sso", {"SAMLRequest": encoded(message)})
    assert_refused_page(page)


def query_twice(c: dict) -> str:
    return redirect_query(authn_request(c)) + "&" + redirect_query(authn_request(c))


QUERIES_REFUSED = {
    "no request": lambda c: "RelayState=x",
    "one parameter twice": query_twice,
    "a Response beside the request": lambda c: redirect_query(authn_request(c), SAMLResponse="eA=="),
    "a signature algorithm without a signature": lambda c: redirect_query(authn_request(c), SigAlg="x"),
    "a signature": lambda c: redirect_query(
        authn_request(c), SigAlg="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", Signature="eA=="
    ),
    "no base64": lambda c: "SAMLRequest=%21%21%21",
    "no DEFLATE": lambda c: "SAMLRequest=aGVsbG8gd29ybGQ%3D",
    "a RelayState of 3,000 bytes": lambda c: redirect_query(authn_request(c), RelayState="x" * 3000),
    "an inflate bomb": lambda c: redirect_query(b"\0" * (20 * MEGABYTE)),
}


@pytest.mark.parametrize("case", QUERIES_REFUSED)
def test_a_query_that_is_not_right_gets_a_page(world, browser, nothing_is_stored, case):
    assert_refused_page(browser.open("/saml/sso?" + QUERIES_REFUSED[case](world["connector"])))


def test_an_inflate_bomb_by_post_gets_a_page(browser, nothing_is_stored):
    bomb = deflated(b"<" + b"\0" * (100 * MEGABYTE))
    assert len(bomb) < 256 * 1024
    assert_refused_page(browser.post("/saml/sso", {"SAMLRequest": bomb}))


def test_a_megabyte_by_post_gets_413(browser, nothing_is_stored):
    page = browser.post("/saml/sso", {"SAMLRequest": "A" * MEGABYTE})
    assert page.status == 413 and not page.has_saml_form


def test_fresh_once_a_request_is_answered_to_one_person_only(server, world):
    request = "/saml/sso?" + redirect_query(authn_request(world["connector"]))
    first = Browser(server.url)
    assert first.sign_in(first.open(request), world["user"]["username"]).has_saml_form
    # A reload in the same browser is answered again, another browser is not.
    assert first.open(request).has_saml_form
    second = Browser(server.url)
    second.sign_in(second.open("/login"), world["user"]["username"])
    assert_refused_page(second.open(request))


def test_a_form_without_its_csrf_field_is_refused(world, browser):
    address, fields = browser.open("/login").filled_in(username=world["user"]["username"], password=PASSWORD)
    hidden = [name for name in fields if name not in ("username", "password")]
    page = browser.post(address, {name: value for name, value in fields.items() if name not in hidden})
    assert 400 <= page.status < 500
    assert browser.open("/").asks_for_password


def test_random_bytes_never_cost_a_5xx(api, browser, nothing_is_stored):
    for size in itertools.islice(itertools.cycle([1, 50, 2000]), 30):
        noise = os.urandom(size)
        assert 400 <= browser.post("/saml/sso", {"SAMLRequest": encoded(noise)}).status < 500
        assert 400 <= browser.open("/saml/sso?" + redirect_query(noise)).status < 500
        answer = api.send("POST", "/users", data=noise, headers={"Content-Type": "application/json"})
        assert 400 <= answer.status_code < 500


def test_the_log_holds_no_secret_and_no_panic(server, token, world):
    stranger = Browser(server.url)
    stranger.sign_in(stranger.open("/login"), world["user"]["username"], "a wrong pass phrase 42")
    start = stranger.open(f"/saml/start/{world['connector']['slug']}")
    response = stranger.sign_in(start, world["user"]["username"]).saml_form().saml_response
    log = server.process.output()
    for secret in (PASSWORD, "a wrong pass phrase 42", token, response):
        assert secret not in log
    for value in stranger.cookie_values():
        assert value not in log
    assert "panicked" not in log
