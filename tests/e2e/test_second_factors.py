"""Second factors as people and service providers meet them: codes by an independent program (oathtool),
passkeys by Chromium's virtual authenticator, contexts asked for by pysaml2."""

import re
import subprocess

import pytest
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.response import StatusNoPassive
from selenium.webdriver.common.virtual_authenticator import Protocol, Transport, VirtualAuthenticatorOptions

from conftest import ADMIN_PASSWORD, make_admin
from support.api import PASSWORD
from support.browser import Browser
from support.chromium import NARROW, WIDE, Chromium
from support.process import Server, wait_until
from support.service_provider import ServiceProvider

MFA = "https://refeds.org/profile/mfa"
BY_PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"


def code_of(secret: str) -> str:
    done = subprocess.run(["oathtool", "--totp", "-b", secret], capture_output=True, text=True, check=True)
    return done.stdout.strip()


class App:
    """An authenticator app: shows each code once, as a person would use it."""

    def __init__(self, secret: str):
        self.secret = secret
        self.last = ""

    def code(self) -> str:
        wait_until(lambda: code_of(self.secret) != self.last, "the next code", 40)
        self.last = code_of(self.secret)
        return self.last


def secret_of(html: str) -> str:
    return re.search(r'id="totp-secret">([^<]+)<', html)[1].replace(" ", "")


class World:
    """One application that jason may open."""

    def __init__(self, server, api, name: str, **connector):
        self.server = server
        self.api = api
        self.connector = api.connector(name, **connector)
        self.group = api.group(f"Team {name}", [], [self.connector])
        self.jason = api.user(f"jason-{name}", [self.group])
        self.sp = ServiceProvider(server.url, self.connector)

    def enrolled(self) -> tuple[Browser, App]:
        """A browser in which jason is signed in by password, and jason's app."""
        browser = Browser(self.server.url)
        browser.sign_in(browser.open("/login"), self.jason["username"])
        page = browser.open("/account/totp")
        app = App(secret_of(page.html))
        address, fields = page.form_to("/account/totp")
        page = browser.post(address, fields | {"code": app.code()})
        assert page.status == 200 and "authenticator app is set up" in page.html
        return browser, app


def send_code(browser: Browser, page, code: str):
    action, fields = page.form_to("/login/code")
    return browser.post(action, fields | {"code": code})


def contexts(received) -> list[str]:
    return [context for context, _, _ in received.response.authn_info()]


def test_an_independent_programs_codes_open_the_second_step(server, api):
    world = World(server, api, "codes")
    _, app = world.enrolled()
    browser = Browser(server.url)
    page = browser.sign_in(browser.open("/login"), world.jason["username"])
    assert "/login/code" in page.url
    wrong = send_code(browser, page, "000000")
    assert wrong.status == 401
    code = app.code()
    page = send_code(browser, page, code)
    assert page.status == 200 and not page.asks_for_password
    # The same code in another browser is used up.
    other = Browser(server.url)
    page = other.sign_in(other.open("/login"), world.jason["username"])
    assert send_code(other, page, code).status == 401


@pytest.mark.parametrize("binding", [BINDING_HTTP_REDIRECT, BINDING_HTTP_POST], ids=["redirect", "post"])
@pytest.mark.parametrize("comparison", ["exact", "minimum"])
def test_pysaml2_asks_for_two_factors_and_sees_them(server, api, binding, comparison):
    world = World(server, api, f"mfa-{comparison}-{'r' if binding == BINDING_HTTP_REDIRECT else 'p'}")
    browser, app = world.enrolled()
    wanted = {"authn_context_class_ref": [MFA], "comparison": comparison}
    _, info = world.sp.request(binding, requested_authn_context=wanted, is_passive="true")
    with pytest.raises(StatusNoPassive):
        world.sp.receive(browser.follow(info).saml_form(), "_")
    request_id, info = world.sp.request(binding, requested_authn_context=wanted)
    page = browser.follow(info)
    assert "/login/code" in page.url
    page = send_code(browser, page, app.code())
    received = world.sp.receive(page.saml_form(), request_id)
    assert contexts(received) == [MFA]


def test_an_application_that_requires_it_leads_a_stranger_through_enrolment(server, api):
    world = World(server, api, "strict", requireMfa=True)
    browser = Browser(server.url)
    request_id, info = world.sp.request(BINDING_HTTP_REDIRECT)
    page = browser.sign_in(browser.follow(info), world.jason["username"])
    assert "Set up a second factor" in page.html
    page = send_code(browser, page, code_of(secret_of(page.html)))
    assert contexts(world.sp.receive(page.saml_form(), request_id)) == [MFA]


def test_the_terminal_lets_a_locked_out_administrator_in_again(tmp_path):
    server = Server(tmp_path, {"VESTIBULE_ADMIN_MFA": "required"})
    try:
        make_admin(server, "root", "administrator")
        browser = Browser(server.url)
        page = browser.sign_in(browser.open("/login"), "root", ADMIN_PASSWORD)
        page = send_code(browser, page, code_of(secret_of(page.html)))
        assert page.url.endswith("/admin")
        done = server.command("admin", "reset-factors", "--username", "root")
        assert done.returncode == 0, done.stderr
        # The session ended with it, and the next sign-in sets up a new one.
        assert browser.open("/admin").asks_for_password
        page = browser.sign_in(browser.open("/login"), "root", ADMIN_PASSWORD)
        assert "Set up a second factor" in page.html
        assert server.command("admin", "reset-factors", "--username", "nobody").returncode == 1
    finally:
        server.stop()


def judge(browser: Chromium, name: str):
    for size in (NARROW, WIDE):
        browser.width(size)
        browser.must_fit()
        for scheme in ("dark", "light"):
            browser.scheme(scheme)
            browser.must_be_accessible(f"{name} {size} {scheme}")
    browser.picture(name)


def press(browser: Chromium, css: str):
    """A button whose script goes on to another page."""
    button = browser.find(css)
    button.click()
    browser.must_go(button, "the page after the passkey")


def with_authenticator(browser: Chromium):
    options = VirtualAuthenticatorOptions(
        protocol=Protocol.CTAP2, transport=Transport.INTERNAL, has_resident_key=True,
        has_user_verification=True, is_user_verified=True, is_user_consenting=True,
    )
    browser.driver.add_virtual_authenticator(options)


def test_the_pages_of_second_factors_are_for_everybody(server, api, chromium):
    world = World(server, api, "pages")
    chromium.sign_in(world.jason["username"], PASSWORD)
    chromium.open("/account/totp")
    judge(chromium, "totp")
    app = App(chromium.text("#totp-secret").replace(" ", ""))
    chromium.fill("Code", app.code())
    chromium.click("Set up")
    chromium.sees("Your authenticator app is set up")
    # The session was begun by the password alone: it may not make codes that stand for the app.
    chromium.driver.delete_all_cookies()
    chromium.sign_in(world.jason["username"], PASSWORD)
    chromium.fill("Code", app.code())
    chromium.click("Sign in")
    chromium.open("/account")
    chromium.click("Make new recovery codes")
    chromium.sees("These codes are shown only now")
    judge(chromium, "recovery-codes")
    # Each stands on one line, so that it is copied as it is.
    lines = chromium.driver.execute_script("return [...document.querySelectorAll('.codes code')].map(code => code.getClientRects().length)")
    assert lines == [1] * 10
    recovery = chromium.all(".codes code")[0].text
    chromium.click("I have kept them")
    chromium.sees("10 recovery codes are left")
    judge(chromium, "account-factors")
    chromium.open("/account/passkeys")
    judge(chromium, "passkey-add")
    chromium.driver.delete_all_cookies()
    chromium.sign_in(world.jason["username"], PASSWORD)
    judge(chromium, "second-step")
    chromium.click("Use a recovery code instead")
    judge(chromium, "second-step-recovery")
    chromium.fill("Recovery code", recovery)
    chromium.tick("Do not ask again in this browser for 30 days")
    chromium.click("Sign in")
    chromium.open("/account")
    chromium.sees("9 recovery codes are left")
    chromium.sees("Browsers that are not asked for the second factor")
    judge(chromium, "account-remembered")
    chromium.must_be_clean()


def test_the_second_step_works_without_script(server, api, scriptless):
    world = World(server, api, "scriptless", requireMfa=True)
    scriptless.sign_in(world.jason["username"], PASSWORD)
    scriptless.open(f"/saml/start/{world.connector['slug']}")
    scriptless.sign_in_here(world.jason["username"], PASSWORD)
    scriptless.sees("Set up a second factor")
    scriptless.fill("Code", code_of(scriptless.text("#totp-secret").replace(" ", "")))
    scriptless.click("Sign in")
    assert scriptless.all("form[action]")


def test_a_passkey_is_added_and_used_as_second_and_as_only_step(server, api, chromium):
    world = World(server, api, "passkey")
    with_authenticator(chromium)
    chromium.sign_in(world.jason["username"], PASSWORD)
    chromium.open("/account/passkeys")
    chromium.fill("Name of the passkey", "Grey phone")
    chromium.click("Add a passkey")
    chromium.sees("Your passkey is added")
    chromium.sees("Grey phone")
    judge(chromium, "account-passkey")
    listed = api.get(f"/users/{world.jason['id']}/factors")["items"]
    assert [one["kind"] for one in listed] == ["PASSKEY"] and listed[0]["lastUsed"] is None

    # As the second step,
    chromium.driver.delete_all_cookies()
    chromium.sign_in(world.jason["username"], PASSWORD)
    chromium.sees("Use a passkey")
    judge(chromium, "second-step-passkey")
    press(chromium, "form[data-passkey] button")
    chromium.open("/account")
    chromium.sees("Grey phone")
    assert api.get(f"/users/{world.jason['id']}/factors")["items"][0]["lastUsed"]

    # and alone, without a username.
    chromium.driver.delete_all_cookies()
    chromium.open("/login")
    judge(chromium, "sign-in-passkey")
    press(chromium, "form[data-passkey] button")
    chromium.open("/account")
    chromium.sees("Grey phone")
    chromium.must_be_clean()

    # Removed, it opens nothing.
    chromium.driver.find_element("css selector", "[aria-label='Remove Grey phone']").click()
    chromium.sees("The second factor is removed")
    chromium.driver.delete_all_cookies()
    chromium.open("/login")
    press(chromium, "form[data-passkey] button")
    chromium.sees("This passkey does not open an account here")


def test_an_administrator_is_led_to_a_passkey_where_nothing_else_opens_the_console(tmp_path):
    server = Server(tmp_path, {"VESTIBULE_ADMIN_MFA": "passkey"})
    try:
        name, password = make_admin(server, "root", "administrator")
        browser = Chromium(tmp_path / "profile", server.url)
        try:
            with_authenticator(browser)
            browser.open("/admin/users")
            browser.sign_in_here(name, password)
            browser.sees("The console opens by a passkey only, and you have none yet.")
            judge(browser, "passkey-needed")
            browser.fill("Name of the passkey", "Grey key")
            browser.click("Add a passkey")
            # From there to a sign-in with it, and on to the page that was wanted.
            browser.sees("Sign in with yours, alone or after the password")
            judge(browser, "sign-in-by-passkey")
            press(browser, "form[data-passkey] button")
            browser.sees("Users", "h1")
            assert browser.path == "/admin/users"

            # After the password it counts as well.
            browser.driver.delete_all_cookies()
            browser.open("/admin/users")
            browser.sign_in_here(name, password)
            press(browser, "form[data-passkey] button")
            browser.sees("Users", "h1")
            browser.must_be_clean()
        finally:
            browser.quit()
    finally:
        server.stop()


def test_the_console_shows_and_removes_factors(server, api, console):
    world = World(server, api, "console")
    world.enrolled()
    console.open(f"/admin/users/{world.jason['id']}/security")
    console.sees("Authenticator app")
    judge(console, "console-security")
    console.click("Remove the second factors")
    console.sees("Second Factors Removed, Sessions Ended")
    assert api.get(f"/users/{world.jason['id']}/factors")["items"] == []
    console.open(f"/admin/groups/{world.group['id']}")
    console.tick("Members need a second factor to sign in")
    console.click("Save", ".actions")
    console.sees("User Group Successfully Updated")
    assert api.get(f"/groups/{world.group['id']}")["requireMfa"] is True
    console.open(f"/admin/connectors/{world.connector['id']}")
    console.tick("Only a sign-in with a second factor opens it")
    judge(console, "console-connector")
    console.click("Save")
    console.sees("Application Successfully Updated")
    assert api.get(f"/connectors/{world.connector['id']}")["requireMfa"] is True
