"""Single logout with service providers that really run, by pysaml2: begun by either side, by both bindings."""

import pytest
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT

from support.browser import Browser
from support.logout_site import LogoutSite
from support.service_provider import SigningKey

BINDINGS = pytest.mark.parametrize("binding", [BINDING_HTTP_REDIRECT, BINDING_HTTP_POST], ids=["redirect", "post"])
PERSISTENT = {"nameId": {"source": "email", "format": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"}}


@pytest.fixture(scope="module")
def key(tmp_path_factory) -> SigningKey:
    return SigningKey(tmp_path_factory.mktemp("keys"), "sp")


@pytest.fixture
def site(server, api, key):
    """Makes sites, and stops them."""
    running = []

    def make(name: str, **how) -> LogoutSite:
        running.append(LogoutSite(server.url, api, name, key, **how))
        return running[-1]

    yield make
    for one in running:
        one.stop()


def signed_on(server, api, *sites: LogoutSite) -> Browser:
    """A browser in which somebody is signed on to all of them."""
    group = api.group("Team", [], [one.connector for one in sites])
    user = api.user("jason", [group])
    browser = Browser(server.url)
    browser.sign_in(browser.open("/login"), user["username"])
    for one in sites:
        assert "signed on as" in browser.carry_on(browser.open(one.start)).html
    return browser


@BINDINGS
@pytest.mark.parametrize("name_id", [{}, PERSISTENT], ids=["email", "persistent"])
def test_a_site_signs_out_and_the_others_are_told(server, api, site, binding, name_id):
    wiki = site("wiki", binding=binding, **name_id)
    pay = site("pay", binding=BINDING_HTTP_POST, **name_id)
    mail = site("mail", binding=BINDING_HTTP_REDIRECT, **name_id)
    browser = signed_on(server, api, wiki, pay, mail)

    how = "post" if binding == BINDING_HTTP_POST else "redirect"
    page = browser.carry_on(browser.open(f"{wiki.url}/logout?binding={how}"))
    assert page.url.startswith(f"{server.url}/logout/")
    assert browser.open("/").asks_for_password
    assert len(page.frames) == 2
    for frame in page.frames:
        told = browser.carry_on(browser.open(frame))
        assert "Signed out." in told.html
        assert "frame-ancestors 'self'" in told.headers["Content-Security-Policy"]
    assert (pay.visitor, mail.visitor) == (None, None)

    page = browser.carry_on(browser.open(page.url))
    assert "signed out: Success" in page.html
    assert wiki.visitor is None


@BINDINGS
def test_a_site_signs_out_where_nobody_else_is(server, api, site, binding):
    wiki = site("wiki", binding=binding)
    browser = signed_on(server, api, wiki)
    how = "post" if binding == BINDING_HTTP_POST else "redirect"
    page = browser.carry_on(browser.open(f"{wiki.url}/logout?binding={how}"))
    assert "signed out: Success" in page.html
    assert browser.open("/").asks_for_password


def test_a_site_is_told_truthfully_that_another_refused(server, api, site):
    wiki, pay = site("wiki"), site("pay", answers="no")
    browser = signed_on(server, api, wiki, pay)
    page = browser.open(f"{wiki.url}/logout")
    (frame,) = page.frames
    assert "could not sign you out" in browser.open(frame).html
    assert "signed out: PartialLogout" in browser.open(page.url).html


@BINDINGS
def test_signing_out_here_tells_the_sites(server, api, site, binding):
    wiki, pay = site("wiki", binding=binding), site("pay", binding=binding, **PERSISTENT)
    browser = signed_on(server, api, wiki, pay)
    asked = browser.open("/logout")
    assert wiki.connector["name"] in asked.html and pay.connector["name"] in asked.html

    page = browser.sign_out()
    assert page.url.startswith(f"{server.url}/logout/")
    policy = page.headers["Content-Security-Policy"]
    assert f"frame-src 'self' {' '.join(sorted([wiki.url, pay.url]))};" in policy
    assert "frame-ancestors 'none'" in policy
    for frame in page.frames:
        assert "Signed out." in browser.carry_on(browser.open(frame)).html
    assert (wiki.visitor, pay.visitor) == (None, None)

    page = browser.open(page.url)
    assert page.url == f"{server.url}/login"
    assert f"You are signed out here and at: {pay.connector['name']}, {wiki.connector['name']}." in page.html
