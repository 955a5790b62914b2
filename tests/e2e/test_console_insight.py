"""Dashboard, Reports, Audit, Administrators, API Tokens and Settings in a real browser, by what stands on the
pages; the same forms without script; every page for eyes and for screen readers."""

import csv
import io
import json
import struct
import zlib

import pytest
import requests
from selenium.webdriver.common.by import By

from conftest import make_admin
from support.api import PASSWORD, Api
from support.browser import Browser
from support.chromium import Chromium
from support.process import Server, free_port


@pytest.fixture(scope="module")
def world(server, api) -> dict:
    """Jason signed on twice and was refused once; Mark may open nothing; Denver follows a rule."""
    wiki = api.connector("Wiki")
    vault = api.connector("Vault")
    writers = api.group("Writers", connectors=[wiki])
    jason = api.user("jason", groups=[writers], location="Denver", displayName="Jason <b>Lee</b>")
    mark = api.user("mark", displayName="Mark Moss")
    gone = api.user("gone", groups=[writers], displayName="Gone Girl", state="SUSPENDED")
    denver = api.dynamic_group("Denver", ("location", "equals", ["Denver"]))
    browser = Browser(server.url)
    browser.sign_in(browser.open("/login"), jason["username"])
    for _ in range(2):
        assert browser.open(f"/saml/start/{wiki['slug']}").has_saml_form
    assert browser.open(f"/saml/start/{vault['slug']}").status == 403
    return {"wiki": wiki, "vault": vault, "writers": writers, "denver": denver, "jason": jason, "mark": mark, "gone": gone}


def judge(browser: Chromium, name: str):
    browser.must_be_accessible(name)
    browser.picture(name)
    browser.width((360, 780))
    browser.must_fit()
    browser.must_be_accessible(f"{name} at 360 px")
    browser.width((1280, 900))


def download(browser: Chromium, path: str) -> requests.Response:
    """What the signed-in browser would save."""
    cookies = {cookie["name"]: cookie["value"] for cookie in browser.driver.get_cookies()}
    answer = requests.get(browser.base_url + path, cookies=cookies, timeout=30)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith("attachment")
    return answer


def linked(browser: Chromium, words: str) -> str:
    """Where the link with these words leads, as a path."""
    link = browser.driver.find_element(By.LINK_TEXT, words)
    return link.get_attribute("href").removeprefix(browser.base_url)


def rows(browser: Chromium, table: str = "main table") -> list[list[str]]:
    """The cells of a table, read again if the page changes meanwhile."""
    def read(_):
        lines = browser.all(f"{table} tbody tr")
        return ([[cell.text for cell in line.find_elements(By.CSS_SELECTOR, "th, td")] for line in lines],)

    return browser.wait(read, table)[0]


# --- Dashboard ---


def test_an_empty_house_says_what_to_do_next(tmp_path_factory, tmp_path):
    fresh = Server(tmp_path_factory.mktemp("fresh"))
    browser = Chromium(tmp_path / "fresh-profile", fresh.url)
    try:
        browser.sign_in(*make_admin(fresh, "first", "administrator"))
        browser.open("/admin")
        steps = [step.text for step in browser.all(".steps li")]
        assert len(steps) == 3 and steps[0] == "There is no application yet. Add your first application"
        browser.sees("0 sign-ons")
        browser.sees("It has not run yet.")
        judge(browser, "dashboard-empty")
        browser.must_be_clean()
    finally:
        browser.quit()
        fresh.stop()


def test_the_dashboard_shows_sign_ons_refusals_and_what_waits(console, world):
    console.open("/admin")
    console.sees("2 sign-ons")
    console.sees("1 refusal")
    picture = console.find("svg[role=img]")
    assert len(picture.find_elements(By.CSS_SELECTOR, "rect.sign-ons")) == 1
    assert len(picture.find_elements(By.CSS_SELECTOR, "rect.refusals")) == 1
    console.click("The numbers as a table")
    days = rows(console)
    assert len(days) == 14 and days[-1][1:] == ["2", "1"] and days[0][1:] == ["0", "0"]
    console.sees("No change of a membership waits for review.")
    console.sees("No certificate ends within 60 days.")
    console.sees("No mail server is set, so mail stays here.")
    assert not console.all(".steps")
    judge(console, "dashboard")


def test_the_dashboard_tells_a_role_only_what_it_may_see(server, chromium, world):
    chromium.sign_in(*make_admin(server, "desk", "help-desk"))
    chromium.open("/admin")
    headings = [heading.text for heading in chromium.all("main h2")]
    assert headings == ["Connect an application"]
    assert [count.text.split("\n")[-1] for count in chromium.all(".counts li")] == ["Users"]
    chromium.must_be_clean()


# --- Reports ---


def test_a10_memberships_are_filtered_and_saved_as_csv_and_json(console, world):
    console.open("/admin/reports")
    judge(console, "reports")
    console.click("Memberships", "main")
    assert len(rows(console)) == 3
    judge(console, "report-memberships")
    console.choose("Source", "Rule")
    console.click("Filter")
    [row] = rows(console)
    assert row[0].startswith("Jason <b>Lee</b>") and row[1:4] == [world["denver"]["name"], "Dynamic", "Rule"]
    console.fill("Username", "nobody-like-this")
    console.click("Filter")
    console.sees("No membership found")
    console.open(f"/admin/reports/memberships?user={world['jason']['username']}")
    table = list(csv.reader(io.StringIO(download(console, linked(console, "CSV")).text)))
    assert table[0] == ["group", "method", "user", "source", "since", "cause"]
    assert sorted(line[0] for line in table[1:]) == sorted([world["writers"]["name"], world["denver"]["name"]])
    items = json.loads(download(console, linked(console, "JSON")).text)
    assert {item["source"] for item in items} == {"DIRECT", "RULE"}
    everything = json.loads(download(console, "/admin/reports/memberships.json").text)
    assert len(everything) == 3
    assert json.loads(download(console, "/admin/reports/memberships.json?user=nobody").text) == []
    console.open("/admin/reports/memberships")
    console.driver.find_elements(By.CSS_SELECTOR, "main tbody td:last-child a")[0].click()
    console.sees("Audit event", "h1")
    judge(console, "audit-event")


def test_c2_access_is_shown_from_both_sides(console, world):
    console.open("/admin/reports/access")
    console.choose("Application", world["wiki"]["name"])
    console.click("Show users")
    found = rows(console)
    assert [row[0].split("\n")[0] for row in found] == ["Gone Girl", "Jason <b>Lee</b>"]
    assert "May not open" in found[0][1] and "The user is not active." in found[0][1]
    assert found[1][1] == "May open" and world["writers"]["name"] in found[1][2]
    judge(console, "report-access")
    table = list(csv.reader(io.StringIO(download(console, linked(console, "CSV")).text)))
    assert table[0] == ["application", "user", "allowed", "reason", "groups"]
    assert [line[2:4] for line in table[1:]] == [["false", "USER_NOT_ACTIVE"], ["true", "ALLOWED"]]
    console.click("Explain Jason <b>Lee</b>")
    console.sees("Explain", "h1")
    console.open("/admin/reports/access")
    console.fill("Username", world["mark"]["username"])
    console.click("Show applications")
    assert [row[1].split("\n")[0] for row in rows(console)] == ["May not open"] * 2
    judge(console, "report-access-user")
    console.open("/admin/reports/access?user=mar")
    console.click("Mark Moss")
    console.sees("Mark Moss", "h2")
    console.open("/admin/reports/access?user=nobody")
    console.sees("No user is called nobody.")


# --- Audit ---


def test_c7_the_audit_is_narrowed_and_shows_before_and_after(console, api, world):
    mark = world["mark"]
    api.patch(f"/users/{mark['id']}", {"location": "Miami"})
    api.patch(f"/users/{mark['id']}", {"location": "Tampa"})
    console.open("/admin/audit")
    judge(console, "audit")
    console.choose("What happened", "User changed")
    console.fill("Search names", mark["username"])
    console.click("Filter")
    console.wait(lambda _: len(console.all(".events > li")) == 2, "the two changes")
    first, second = console.all(".events > li")
    assert first.find_element(By.TAG_NAME, "del").text == "Miami"
    assert first.find_element(By.TAG_NAME, "ins").text == "Tampa"
    assert "Miami" in second.text
    assert "kind=user.updated" in console.path
    judge(console, "audit-filtered")
    lines = download(console, linked(console, "JSON Lines")).text.splitlines()
    assert [json.loads(line)["after"]["location"] for line in lines] == ["Tampa", "Miami"]
    table = list(csv.reader(io.StringIO(download(console, linked(console, "CSV")).text)))
    assert [line[4] for line in table] == ["kind", "user.updated", "user.updated"]
    console.open("/admin/audit?from=2020-01-01&to=2020-12-31")
    console.sees("No event found")
    console.click("Reset")
    assert console.all(".events > li")
    console.fill("Actor", world["jason"]["username"])
    console.choose("What happened", "Access denied")
    console.click("Filter")
    console.wait(lambda _: len(console.all(".events > li")) == 1, "the one refusal")
    [denied] = console.all(".events > li")
    assert world["vault"]["name"] in denied.text


# --- Administrators and tokens ---


def test_an_administrator_is_made_by_link_promoted_limited_and_deleted(console, server, api, tmp_path):
    console.open("/admin/administrators")
    judge(console, "administrators")
    console.click("New Administrator")
    judge(console, "administrator-new")
    console.fill("Username", "with blanks")
    console.fill("Email", "nonsense")
    console.click("Create Administrator")
    console.sees("2 values cannot be taken")
    assert console.driver.switch_to.active_element.get_attribute("name") == "username"
    judge(console, "administrator-faults")
    console.fill("Username", "ada")
    console.fill("Email", "ada@example.org")
    console.choose("Role", "Help Desk")
    console.click("Create Administrator")
    console.sees("One-time link", "h1")
    link = console.text("#secret")
    judge(console, "one-time-link")
    other = Chromium(tmp_path / "ada", server.url)
    try:
        other.open(link)
        other.driver.find_element(By.NAME, "password").send_keys("four unrelated words 5")
        other.click("Set password")
        other.sees("Your password is set.")
        other.sign_in("ada", "four unrelated words 5")
        other.sees("Help Desk", ".topbar")
        other.open(link)
        assert "Set your password" not in other.text()
    finally:
        other.quit()
    console.open("/admin/administrators?q=ada")
    console.click("ada", "main table")
    console.choose("Role", "Manager")
    console.click("Save")
    console.sees("Administrator Updated")
    console.sees("Manager", ".title")
    judge(console, "administrator")
    group = api.group("branch")
    console.fill("Only for these user groups", "nobody at all")
    console.click("Save", "form[action$='/groups']")
    console.sees("There is no user group nobody at all.")
    console.fill("Only for these user groups", group["name"])
    console.click("Save", "form[action$='/groups']")
    console.sees("Limited to these user groups:")
    judge(console, "administrator-limited")
    console.click("Delete")
    console.sees("The account ada (ada@example.org) is deleted")
    judge(console, "administrator-delete")
    console.click("Delete Administrator")
    console.sees("Administrator Deleted")
    assert "ada@example.org" not in console.text("main")


def test_the_last_administrator_stays(console):
    console.open("/admin/administrators?q=root")
    console.click("root", "main table")
    # Nobody changes their own role.
    assert not console.all("select[name=role]")
    console.click("Delete")
    console.click("Delete Administrator")
    console.sees("This is the last administrator. Make another one first.")


def test_a_token_is_shown_once_works_and_ends(console, server):
    console.open("/admin/tokens")
    console.click("New API Token")
    judge(console, "token-new")
    console.click("Create API Token")
    console.sees("It must not be empty.")
    console.fill("Name", "payroll job")
    console.choose("Role", "Read Only")
    console.click("Create API Token")
    secret = console.text("#secret")
    judge(console, "token-made")
    used = Api(server.url, secret)
    used.get("/users")
    used.call("POST", "/groups", {"name": "x"}, expect=403)
    console.open("/admin/tokens")
    assert secret not in console.driver.page_source
    judge(console, "tokens")
    console.click("Delete payroll job")
    judge(console, "token-delete")
    console.click("Delete API Token")
    console.sees("API Token Deleted")
    used.get("/users", expect=401)


# --- Settings ---


def png(width: int, height: int) -> bytes:
    """A green picture."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    lines = b"".join(b"\0" + b"\x0b\x5c\x53" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def test_name_and_logo_stand_on_the_sign_in_page(console, server, tmp_path, world):
    console.open("/admin/settings")
    judge(console, "settings")
    console.fill("Organisation name", "Acme & <Söhne>")
    console.click("Save")
    console.sees("Settings Saved")
    picture = tmp_path / "logo.png"
    picture.write_bytes(png(120, 40))
    console.field("Picture").send_keys(str(picture))
    console.click("Save logo")
    console.sees("Settings Saved")
    judge(console, "settings-logo")
    stranger = Chromium(tmp_path / "stranger", server.url)
    try:
        stranger.open("/login")
        stranger.sees("Acme & <Söhne>", ".brand")
        logo = stranger.find(".brand img")
        assert stranger.driver.execute_script("return arguments[0].naturalWidth", logo) == 120
        judge(stranger, "sign-in-with-logo")
        stranger.sign_in(world["jason"]["username"], PASSWORD)
        stranger.sees("Acme & <Söhne>", ".bar .brand")
        judge(stranger, "portal-with-logo")
        stranger.must_be_clean()
    finally:
        stranger.quit()
    picture.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    console.field("Picture").send_keys(str(picture))
    console.click("Save logo")
    console.sees("The logo has to be a PNG, JPEG or WebP picture.")
    judge(console, "settings-fault")
    console.click("Remove logo")
    console.sees("There is none; pages show the arch of Vestibule.")


def test_a_test_mail_arrives_and_the_password_is_never_shown(console, mailbox):
    console.open("/admin/settings")
    console.fill("Mail server", mailbox.url)
    console.click("Save")
    console.sees("A mail server needs the sender's address beside it.")
    console.fill("Sender", "Vestibule <vestibule@example.com>")
    console.click("Save")
    console.sees("Settings Saved")
    console.click("Send a test mail")
    console.sees("Test Mail Sent")
    [(sender, recipients, message)] = mailbox.mails
    assert (sender, recipients) == ("vestibule@example.com", ["root@example.com"])
    assert message["Subject"] == "Vestibule can send mail"
    console.fill("Mail server", f"smtp://vest@127.0.0.1:{free_port()}")
    console.fill("Password of the mail server", "never-to-be-seen")
    console.click("Save")
    console.sees("Settings Saved")
    assert "never-to-be-seen" not in console.driver.page_source
    console.click("Send a test mail")
    console.sees("The test mail was not sent")
    console.open("/admin/audit?kind=settings.updated")
    console.sees("Settings changed")
    assert "never-to-be-seen" not in console.driver.page_source


def test_two_administrators_at_once_see_each_other(console, api):
    console.open("/admin/settings")
    api.patch("/settings", {"nightlyAt": "04:44"})
    console.fill("Time zone", "Europe/Berlin")
    console.click("Save")
    console.sees("Somebody else changed this while you were editing")
    differences = {row[0]: row[1:] for row in rows(console, "section.notice table")}
    assert differences["Time of the nightly run"][0] == "04:44"
    judge(console, "settings-overtaken")
    console.fill("Time of the nightly run", "25:00")
    console.click("Save")
    console.sees("A time of day looks like 02:00.")
    console.fill("Time of the nightly run", "05:05")
    console.click("Save")
    console.sees("Settings Saved")
    saved = api.get("/settings")
    assert (saved["nightlyAt"], saved["timeZone"]) == ("05:05", "Europe/Berlin")


def test_what_the_environment_sets_is_said_and_not_changed(tmp_path_factory, tmp_path):
    settings = {"VESTIBULE_NIGHTLY_AT": "03:03", "VESTIBULE_SMTP_URL": "smtp://v:hidden-word@localhost:2525", "VESTIBULE_MAIL_FROM": "v@example.com"}
    fixed = Server(tmp_path_factory.mktemp("fixed"), settings)
    browser = Chromium(tmp_path / "fixed-profile", fixed.url)
    try:
        browser.sign_in(*make_admin(fixed, "first", "administrator"))
        browser.open("/admin/settings")
        browser.sees("Set by VESTIBULE_NIGHTLY_AT, in the environment or the settings file.")
        assert "hidden-word" not in browser.driver.page_source
        assert not browser.driver.find_elements(By.NAME, "mail-server")
        browser.fill("Time zone", "Europe/Berlin")
        browser.click("Save")
        browser.sees("Settings Saved")
        judge(browser, "settings-fixed")
        browser.must_be_clean()
    finally:
        browser.quit()
        fixed.stop()


# --- Roles, and without script ---


def test_read_only_sees_facts_and_no_control_that_it_cannot_use(server, chromium, world):
    chromium.sign_in(*make_admin(server, "reader", "read-only"))
    for path in ["/admin", "/admin/administrators", "/admin/tokens", "/admin/settings"]:
        chromium.open(path)
        assert not chromium.driver.find_elements(By.CSS_SELECTOR, "main form[method=post]"), path
    judge(chromium, "settings-read-only")
    chromium.open("/admin/administrators?q=root")
    chromium.click("root", "main table")
    assert not chromium.driver.find_elements(By.CSS_SELECTOR, "main form")
    chromium.must_be_clean()


def test_managers_have_no_way_to_administrators_tokens_and_settings(server, chromium):
    chromium.sign_in(*make_admin(server, "manny", "manager"))
    labels = [link.text for link in chromium.all(".sidebar a")]
    assert "Reports" in labels and "Audit" in labels
    assert not {"Administrators", "API Tokens", "Settings"} & set(labels)
    for path in ["/admin/administrators", "/admin/tokens", "/admin/settings"]:
        chromium.open(path)
        chromium.sees("role does not permit")


def test_everything_works_without_script(scriptless, admin, server, world, tmp_path):
    scriptless.sign_in(*admin)
    scriptless.open("/admin")
    scriptless.sees("Sign-ons of the last 14 days")
    scriptless.open("/admin/reports/memberships")
    scriptless.choose("Method", "Static")
    scriptless.click("Filter")
    assert all(row[2] == "Static" for row in rows(scriptless))
    scriptless.open("/admin/audit")
    scriptless.choose("To what", "Application")
    scriptless.click("Filter")
    assert scriptless.all(".events > li")
    scriptless.open("/admin/administrators/new")
    scriptless.fill("Username", "plain")
    scriptless.fill("Email", "plain@example.org")
    scriptless.fill("Password", "four unrelated words 6")
    scriptless.click("Create Administrator")
    scriptless.sees("Administrator Created")
    scriptless.click("Delete")
    scriptless.click("Delete Administrator")
    scriptless.sees("Administrator Deleted")
    scriptless.open("/admin/tokens/new")
    scriptless.fill("Name", "plain job")
    scriptless.click("Create API Token")
    Api(server.url, scriptless.text("#secret")).get("/users")
    scriptless.open("/admin/settings")
    scriptless.fill("Organisation name", "Plain")
    scriptless.click("Save")
    scriptless.sees("Settings Saved")
    picture = tmp_path / "logo.png"
    picture.write_bytes(png(60, 60))
    scriptless.field("Picture").send_keys(str(picture))
    scriptless.click("Save logo")
    scriptless.sees("Settings Saved")
    assert scriptless.driver.find_elements(By.CSS_SELECTOR, "main img.logo")


def test_the_pages_are_german_for_those_who_ask(tmp_path, server, admin, world):
    german = Chromium(tmp_path / "german", server.url, language="de")
    try:
        german.sign_in(*admin)
        for path, heading in [
            ("/admin", "Übersicht"),
            ("/admin/reports/memberships", "Mitgliedschaften"),
            ("/admin/reports/access", "Zugriff"),
            ("/admin/audit", "Protokoll"),
            ("/admin/administrators/new", "Neuer Administrator"),
            ("/admin/tokens", "API-Token"),
            ("/admin/settings", "Einstellungen"),
        ]:
            german.open(path)
            german.sees(heading, "h1")
            german.width((360, 780))
            german.must_fit()
            german.width((1280, 900))
        german.must_be_clean()
    finally:
        german.quit()
