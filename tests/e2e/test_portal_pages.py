"""The pages of people in a real browser: sign-in, portal, own account, refusals, first run; in English and
German, with and without script, for eyes and for screen readers."""

import re

import pytest

from support.api import PASSWORD
from support.chromium import Chromium
from support.process import Server, wait_until

APPLICATIONS = ["Wiki", "Payroll", "Tickets", "Calendar", "Drive", "Chat", "Builds", "Monitoring"]


@pytest.fixture(scope="module")
def jason(api) -> tuple[str, str]:
    """A person with eight applications, and one that is not theirs."""
    user = api.post("/users", {"username": "jason", "email": "jason@example.com", "firstName": "Jason", "lastName": "Lee", "password": PASSWORD})
    group = api.post("/groups", {"name": "Denver"})
    api.put(f"/groups/{group['id']}/members/{user['id']}")
    for name in [*APPLICATIONS, "Vault"]:
        sp = f"https://{name.lower()}.example.com"
        made = api.post("/connectors", {"name": name, "spEntityId": f"{sp}/metadata", "acsUrls": [{"url": f"{sp}/acs"}]})
        if name != "Vault":
            api.put(f"/connectors/{made['id']}/groups/{group['id']}")
    return "jason", PASSWORD


def judge(browser: Chromium, name: str):
    browser.must_be_accessible(name)
    browser.width((360, 780))
    browser.must_fit()
    browser.must_be_accessible(f"{name} at 360 px")
    browser.picture(name)


def test_the_portal_finds_an_application_and_shows_what_was_opened_lately_first(chromium, jason):
    chromium.sign_in(*jason)
    names = [tile.text for tile in chromium.all(".tile")]
    assert sorted(name.split("\n")[-1] for name in names) == sorted(APPLICATIONS)
    judge(chromium, "portal")
    chromium.find("input[type=search]").send_keys("pay")
    chromium.click("Search")
    assert [tile.text.split("\n")[-1] for tile in chromium.all(".tile")] == ["Payroll"]
    chromium.open("/?q=nothing")
    chromium.sees("No application matches “nothing”")
    judge(chromium, "portal-nothing")
    chromium.must_be_clean()


def test_an_application_that_was_opened_comes_first(browser, jason):
    page = browser.sign_in(browser.open("/login"), *jason)
    names = re.findall(r'</span><span>([^<]+)</span>', page.html)
    assert names == sorted(APPLICATIONS)
    browser.open("/saml/start/tickets")
    names = re.findall(r'</span><span>([^<]+)</span>', browser.open("/").html)
    assert names == ["Tickets", *sorted(set(APPLICATIONS) - {"Tickets"})]


def test_the_own_account_changes_the_password_and_ends_sessions(chromium, api):
    api.post("/users", {"username": "stacy", "email": "stacy@example.com", "password": PASSWORD})
    chromium.sign_in("stacy", PASSWORD)
    chromium.open("/account")
    judge(chromium, "account")
    chromium.fill("Present password", "not the password 1")
    chromium.fill("New password", "seven quiet herons, 7")
    chromium.click("Change password")
    chromium.sees("The present password is wrong")
    judge(chromium, "account-refused")
    chromium.fill("Present password", PASSWORD)
    chromium.fill("New password", "seven quiet herons, 7")
    chromium.click("Change password")
    chromium.sees("Your password is changed")


@pytest.mark.parametrize(
    ("path", "name"),
    [("/login", "sign-in"), ("/nothing-here", "error"), ("/saml/start/vault", "denied"), ("/logout", "logout")],
)
def test_pages_on_the_threshold_are_for_everybody(chromium, jason, path, name):
    if name in ("denied", "logout"):
        chromium.sign_in(*jason)
    chromium.open(path)
    judge(chromium, name)


def test_a_browser_that_asks_for_german_gets_it(server, jason, tmp_path):
    german = Chromium(tmp_path / "german", server.url, language="de-DE")
    try:
        german.open("/login")
        german.sees("Benutzername")
        assert german.find("html").get_attribute("lang") == "de"
        german.sign_in(*jason)
        german.sees("Ihre Anwendungen")
        german.open("/account")
        german.sees("Wo Sie angemeldet sind")
        judge(german, "account-german")
        german.open("/saml/start/vault")
        german.sees("Sie können Vault nicht öffnen")
        german.sees("Keine Ihrer Gruppen öffnet diese Anwendung.")
    finally:
        german.quit()


def test_sign_in_and_portal_work_without_script(scriptless, jason):
    scriptless.sign_in(*jason)
    assert len(scriptless.all(".tile")) == len(APPLICATIONS)
    scriptless.click("Jason Lee")
    scriptless.sees("Where you are signed in")


def test_the_first_administrator_is_made_on_the_page_that_the_terminal_tells(tmp_path):
    server = Server(tmp_path)
    browser = Chromium(tmp_path / "profile", server.url)
    try:
        told = wait_until(lambda: re.search(r"/first-run/\S+", server.process.output()), "the address of the first run")
        browser.open(told.group())
        judge(browser, "first-run")
        browser.fill("Username", "ada")
        browser.fill("Email", "ada@example.com")
        browser.fill("Password", PASSWORD)
        browser.click("Make the first administrator")
        browser.wait(lambda _: browser.path.startswith("/admin/connectors/new"), "the first application")
        browser.sees("AWS IAM")
        browser.open(told.group())
        browser.sees("This link does not work any more")
    finally:
        browser.quit()
        server.stop()
