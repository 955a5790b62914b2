"""Single logout with service providers that really run, by pysaml2: begun by either side, by both bindings."""

import pytest
import requests
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT

from support.api import PASSWORD
from support.browser import Browser
from support.chromium import NARROW, WIDE, Chromium
from support.judges import certificate_of, schema_accepts, signxml_verifies
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
    certificate = certificate_of(requests.get(f"{server.url}/saml/metadata", timeout=30).content)
    for one in (wiki, pay, mail):
        (message,) = one.received
        schema_accepts(message, "protocol")
        if one.binding == BINDING_HTTP_POST:
            signxml_verifies(message, "LogoutResponse" if one is wiki else "LogoutRequest", certificate)


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


# --- In a real browser: the sites are at 127.0.0.1, we are at localhost, which are two sites to it ---


def signed_on_in(chromium: Chromium, api, *sites: LogoutSite, by_hand: bool = False):
    """Somebody is signed on to all of them in this browser, sending the forms by hand where no script does."""
    group = api.group("Team", [], [one.connector for one in sites])
    user = api.user("jason", [group])
    chromium.sign_in(user["username"], PASSWORD)
    for one in sites:
        chromium.open(one.start)
        if by_hand:
            chromium.find("form[data-submit] button").click()
        chromium.sees("signed on as")


def test_a_person_sees_what_each_application_answers(server, api, site, chromium):
    wiki, pay = site("wiki"), site("pay", binding=BINDING_HTTP_POST)
    mail, chat = site("mail", answers="never"), site("chat", sloUrls=[])
    signed_on_in(chromium, api, wiki, pay, mail, chat)
    chromium.open("/logout")
    chromium.sees(pay.connector["name"])
    chromium.must_be_accessible()
    chromium.picture("logout-asks")
    chromium.click("Sign out")

    def said(one: LogoutSite) -> str:
        (row,) = [row.text for row in chromium.all(".logouts > li") if row.text.startswith(one.connector["name"])]
        return row.split("\n", 1)[1]

    # One that never answers is waited for ten seconds; then the person reads what is not known, and goes on.
    chromium.wait(lambda _: said(mail).startswith("It did not answer. You may still be signed in there."), "the end of waiting")
    assert "Sign out in a window of its own" in said(mail)
    assert said(wiki) == said(pay) == "Signed out."
    assert (wiki.visitor, pay.visitor) == (None, None)
    assert said(chat) == "It cannot be told. You may still be signed in there."
    chromium.must_be_accessible()
    chromium.width(NARROW)
    chromium.must_fit()
    chromium.width(WIDE)
    chromium.picture("logout-result")
    # What works in a window of its own counts still.
    mail.answers = "yes"
    mail.released.set()
    page = chromium.driver.current_window_handle
    chromium.click(f"Sign out of {mail.connector['name']} in a window of its own")
    chromium.wait(lambda driver: len(driver.window_handles) == 2, "the other window")
    (window,) = [handle for handle in chromium.driver.window_handles if handle != page]
    chromium.driver.switch_to.window(window)
    chromium.sees("Signed out.")
    chromium.driver.close()
    chromium.driver.switch_to.window(page)
    chromium.wait(lambda _: said(mail) == "Signed out.", "the late answer")
    chromium.click("Continue")
    chromium.sees(f"You are signed out here and at: {mail.connector['name']}, {pay.connector['name']}, {wiki.connector['name']}.")
    chromium.sees(f"You may still be signed in at: {chat.connector['name']}.")
    assert chromium.path == "/login"
    chromium.must_be_accessible()
    chromium.picture("logout-told")
    chromium.must_be_clean()


def test_when_all_have_answered_the_browser_goes_on_by_itself(server, api, site, chromium):
    wiki, pay = site("wiki"), site("pay", binding=BINDING_HTTP_POST)
    signed_on_in(chromium, api, wiki, pay)
    chromium.open("/logout")
    chromium.click("Sign out")
    chromium.sees(f"You are signed out here and at: {pay.connector['name']}, {wiki.connector['name']}.")
    assert chromium.path == "/login"
    chromium.must_be_clean()


@BINDINGS
def test_a_site_signs_its_visitor_out_everywhere(server, api, site, chromium, binding):
    wiki, pay = site("wiki", binding=binding), site("pay")
    signed_on_in(chromium, api, wiki, pay)
    chromium.open(f"{wiki.url}/logout?binding={'post' if binding == BINDING_HTTP_POST else 'redirect'}")
    chromium.sees("signed out: Success")
    assert (wiki.visitor, pay.visitor) == (None, None)
    chromium.open("/")
    chromium.find("input[name=password]")


def test_a_site_that_never_answers_does_not_keep_another_waiting(server, api, site, chromium):
    wiki, mail = site("wiki"), site("mail", answers="never")
    signed_on_in(chromium, api, wiki, mail)
    chromium.open(f"{wiki.url}/logout")
    chromium.sees("signed out: PartialLogout")


def test_without_script_each_frame_shows_its_answer(server, api, site, scriptless):
    wiki, pay = site("wiki"), site("pay", binding=BINDING_HTTP_POST)
    signed_on_in(scriptless, api, wiki, pay, by_hand=True)
    scriptless.open("/logout")
    scriptless.click("Sign out")
    frames = {frame.get_attribute("title"): frame for frame in scriptless.all(".logouts iframe")}
    scriptless.picture("logout-without-script")
    scriptless.driver.switch_to.frame(frames[wiki.connector["name"]])
    scriptless.sees("Signed out.")
    scriptless.driver.switch_to.default_content()
    # A form cannot send itself, so the person does.
    scriptless.driver.switch_to.frame(frames[pay.connector["name"]])
    scriptless.find("button").click()
    scriptless.find("button, input[type=submit]").click()
    scriptless.sees("Signed out.")
    scriptless.driver.switch_to.default_content()
    # The page is loaded again by itself.
    scriptless.wait(lambda _: scriptless.path == "/login", "the sign-in page")
    scriptless.sees(f"You are signed out here and at: {pay.connector['name']}, {wiki.connector['name']}.")
