"""mod_auth_mellon as a service provider: metadata both ways, signed requests, what is signed and
encrypted, IsPassive, sign-on that begins here, and logout from both sides."""

import pytest
import requests

from support.api import mapping, text
from support.browser import Browser
from support.mellon import Mellon


@pytest.fixture(scope="module")
def mellon(server, tmp_path_factory):
    metadata = requests.get(f"{server.url}/saml/metadata", timeout=30).text
    running = Mellon(tmp_path_factory.mktemp("mellon"), metadata)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def app(api, mellon) -> dict:
    """Made from mellon's own metadata."""
    made = api.post("/connectors", {"name": "Behind Apache", "metadataXml": mellon.metadata, "attributeMappings": [mapping("team", "TeamName")]})
    assert made["sloUrls"], "mellon has single logout"
    assert made["wantAuthnRequestsSigned"], "mellon signs its requests and says so"
    return made


@pytest.fixture(scope="module")
def member(api, app) -> dict:
    return api.user("mel", [api.group("Team-M", [text("TeamName", "team-m")], [app])])


@pytest.fixture
def settings(api, app):
    """Sets fields of the connector for one test."""
    fields = ("sign", "encryptAssertions", "encryptNameId", "encryptionAlgorithm", "nameId")
    before = {name: app[name] for name in fields}
    yield lambda **wanted: api.patch(f"/connectors/{app['id']}", wanted)
    api.patch(f"/connectors/{app['id']}", before)


def enters(browser: Browser, mellon: Mellon, member: dict) -> requests.Response:
    """Goes to the page and through the sign-in; gives what the page answers to who is signed in."""
    page = browser.open(f"{mellon.url}/secret/")
    if page.asks_for_password:
        page = browser.sign_in(page, member["username"])
    page = browser.carry_on(page)
    assert page.url == f"{mellon.url}/secret/", f"{page.url}: {page.html}\n{mellon.log()}"
    return browser.knock(f"{mellon.url}/secret/")


def must_know(answer: requests.Response):
    """Mellon asks for a transient NameID, so the attribute says who it is."""
    assert answer.status_code == 200
    assert answer.headers["X-Name-Id"].startswith("_")
    assert answer.headers["X-Team"] == "team-m"


def is_outside(browser: Browser, mellon: Mellon) -> bool:
    return browser.knock(f"{mellon.url}/secret/").status_code in (302, 303)


@pytest.mark.parametrize("sign", ["ASSERTION", "RESPONSE", "BOTH"])
def test_a_page_behind_mellon_opens_by_a_signed_request(server, mellon, member, settings, sign):
    settings(sign=sign)
    must_know(enters(Browser(server.url), mellon, member))


@pytest.mark.parametrize("algorithm", ["AES-256-GCM", "AES-128-GCM", "AES-256-CBC", "AES-128-CBC"])
def test_it_opens_by_an_encrypted_assertion(server, mellon, member, settings, algorithm):
    settings(sign="BOTH", encryptAssertions=True, encryptionAlgorithm=algorithm)
    must_know(enters(Browser(server.url), mellon, member))


def test_it_opens_by_an_encrypted_name_id_which_logout_names_again(server, mellon, member, settings):
    settings(sign="RESPONSE", encryptNameId=True)
    browser = Browser(server.url)
    must_know(enters(browser, mellon, member))
    page = browser.carry_on(browser.open(f"{mellon.url}/mellon/logout?ReturnTo={mellon.url}/"))
    assert page.url == f"{mellon.url}/", f"{page.url}\n{mellon.log()}"
    assert browser.open("/account").asks_for_password


def test_it_opens_from_the_portal(server, mellon, app, member):
    browser = Browser(server.url)
    browser.sign_in(browser.open("/login"), member["username"])
    page = browser.carry_on(browser.open(f"/saml/start/{app['slug']}?RelayState={mellon.url}/secret/"))
    assert page.url == f"{mellon.url}/secret/", mellon.log()
    # Nobody asked, so the NameID is as the application is configured.
    assert browser.knock(f"{mellon.url}/secret/").headers["X-Name-Id"] == member["email"]


def test_is_passive_lets_in_who_is_signed_in_and_shows_nobody_a_page(server, mellon, member):
    passive = f"{mellon.url}/mellon/login?IsPassive=true&ReturnTo={mellon.url}/secret/"
    stranger = Browser(server.url)
    page = stranger.carry_on(stranger.open(passive))
    assert not page.asks_for_password
    assert page.url.startswith(mellon.url), "mellon was told, and says so itself"
    known = Browser(server.url)
    known.sign_in(known.open("/login"), member["username"])
    known.carry_on(known.open(passive))
    must_know(known.knock(f"{mellon.url}/secret/"))


def test_logout_that_begins_at_mellon_ends_both_sessions(server, mellon, member):
    browser = Browser(server.url)
    enters(browser, mellon, member)
    page = browser.carry_on(browser.open(f"{mellon.url}/mellon/logout?ReturnTo={mellon.url}/"))
    assert page.url == f"{mellon.url}/", f"{page.url}\n{mellon.log()}"
    assert is_outside(browser, mellon)
    assert browser.open("/account").asks_for_password


def test_logout_that_begins_here_ends_the_session_at_mellon(server, mellon, app, member):
    browser = Browser(server.url)
    enters(browser, mellon, member)
    page = browser.sign_out()
    assert app["name"] in page.html
    for frame in page.frames:
        browser.carry_on(browser.open(frame))
    assert is_outside(browser, mellon)
    assert "Signed out." in browser.open(page.url).html or browser.open("/account").asks_for_password


def test_the_signing_key_changes_without_a_failed_sign_on(server, api, mellon, member):
    def still_opens():
        must_know(enters(Browser(server.url), mellon, member))

    (old,) = api.get("/keys?state=ACTIVE")["items"]
    new = api.post("/keys", {"algorithm": "rsa-2048"})
    still_opens()  # It does not know the next key, and nothing is signed with it.
    mellon.learn(requests.get(f"{server.url}/saml/metadata", timeout=30).text)
    still_opens()  # It knows both.
    api.patch(f"/keys/{new['id']}", {"state": "ACTIVE"})
    still_opens()
    api.patch(f"/keys/{old['id']}", {"state": "RETIRED"})
    still_opens()
    browser = Browser(server.url)
    enters(browser, mellon, member)
    page = browser.carry_on(browser.open(f"{mellon.url}/mellon/logout?ReturnTo={mellon.url}/"))
    assert page.url == f"{mellon.url}/", f"{page.url}\n{mellon.log()}"
    assert is_outside(browser, mellon), "the answer to its logout was signed with the new key"
