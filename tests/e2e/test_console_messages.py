"""The tab Messages of an application: what was exchanged, why it was refused, and a pasted message, with script and
without."""

import pytest
import requests

from conftest import make_admin
from support.api import PASSWORD, unique
from support.chromium import Chromium
from support.messages import authn_request, deflated, redirect_query


def signed_on(api, browser):
    """An application with a sign-on and a refused request."""
    app = api.connector(unique("Flight"))
    user = api.user("maria", [api.group("Pilots", connectors=[app])])
    page = browser.sign_in(browser.open("/saml/sso?" + redirect_query(authn_request(app))), user["username"], PASSWORD)
    assert page.saml_form()
    refused = authn_request(app, acs="https://evil.example/acs")
    assert requests.get(f"{api.base_url}/saml/sso?" + redirect_query(refused), timeout=10).status_code == 400
    return app, user


def messages(app: dict) -> str:
    return f"/admin/connectors/{app['id']}/messages"


def test_the_last_messages_say_which_check_failed(console, api, browser):
    app, user = signed_on(api, browser)
    console.open(messages(app))
    console.sees("Response", ".events")
    assert user["username"] in console.text(".events")
    first = console.all(".events > li")[0]
    assert "AuthnRequest" in first.text and "Refused" in first.text and "Assertion consumer service" in first.text
    first.find_element("css selector", "summary").click()
    console.sees("is not registered for this application", ".events")
    console.must_be_accessible()
    console.picture("messages-list")
    console.choose("Outcome", "Sent")
    console.click("Filter")
    console.wait(lambda _: "outcome=SENT" in console.path, "the filtered list")
    assert {row.find_element("css selector", "strong").text for row in console.all(".events > li")} == {"Response"}
    console.must_be_clean()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_a_pasted_message_is_checked_and_nothing_comes_of_it(console, scriptless, admin, api, script):
    page: Chromium = console if script else scriptless
    if not script:
        page.sign_in(*admin)
    app = api.connector(unique("Pasted"))
    before = api.get("/audit")["total"]
    page.open(messages(app))
    page.fill("Message", f"{api.base_url}/saml/sso?" + redirect_query(authn_request(app)))
    page.click("Check", within="main form")
    page.sees("This AuthnRequest would be accepted", "#checked")
    page.sees("The message is not signed.", "#checked")
    page.fill("Message", deflated(authn_request(app, issuer="https://other.example")))
    page.click("Check", within="main form")
    page.sees("This AuthnRequest would be refused", "#checked")
    page.sees("The message was issued by another service provider.", "#checked")
    page.must_be_clean()
    if script:
        page.must_be_accessible()
        page.picture("messages-checked")
    page.fill("Message", "<img src=x onerror=alert(1)>")
    page.click("Check", within="main form")
    page.sees("This is no message", "#checked")
    assert api.get("/audit")["total"] == before
    assert api.get(f"/connectors/{app['id']}/exchanges")["total"] == 0


def test_documents_are_recorded_for_a_while_and_forgotten(console, api, browser):
    app = api.connector(unique("Recorded"))
    user = api.user("maria", [api.group("Pilots", connectors=[app])])
    console.open(messages(app))
    console.choose("Record for", "30 minutes")
    console.click("Record documents")
    console.sees("Documents Are Recorded")
    console.sees("Documents of this application are recorded")
    browser.sign_in(browser.open(f"/saml/start/{app['slug']}"), user["username"], PASSWORD)
    console.open(messages(app))
    console.click("The document")
    console.sees(user["email"], ".events pre")
    assert "SignatureValue>redacted<" in console.text(".events pre")
    console.must_be_accessible()
    console.width((360, 780))
    console.must_fit()
    console.must_be_accessible("at 360 px")
    console.picture("messages-recorded")
    console.click("Stop and forget the documents")
    console.sees("Documents Forgotten")
    assert console.all(".events pre") == []


def test_only_an_administrator_records(server, api, chromium):
    app = api.connector(unique("Watched"))
    chromium.sign_in(*make_admin(server, unique("manager"), "manager"))
    chromium.open(messages(app))
    chromium.sees("Recording of documents")
    assert "Record for" not in chromium.text("main")


def test_it_is_german_for_germans(server, admin, api, browser, tmp_path):
    app, _ = signed_on(api, browser)
    german = Chromium(tmp_path / "german", server.url, language="de-DE")
    try:
        german.sign_in(*admin)
        german.open(messages(app))
        german.sees("Die letzten Nachrichten")
        german.find(".events summary").click()
        german.sees("ist für diese Anwendung nicht eingetragen", ".events")
    finally:
        german.quit()
