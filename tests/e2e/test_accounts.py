"""Accounts from the first link to the last trace, as people and administrators see them: mailed links, dates of a
user, lives of sessions, a person's data."""

import re

import pytest
from selenium.webdriver.common.keys import Keys

from support.api import PASSWORD, Api, unique
from support.browser import Browser
from support.process import Server, wait_until

NEW_PASSWORD = "seven quiet harbours, 3 lamps"


@pytest.fixture(scope="module")
def server(tmp_path_factory, mailbox):
    settings = {"VESTIBULE_SMTP_URL": mailbox.url, "VESTIBULE_MAIL_FROM": "Vestibule <v@example.com>"}
    running = Server(tmp_path_factory.mktemp("vestibule"), settings)
    yield running
    running.stop()


@pytest.fixture
def user(api) -> dict:
    return api.user(unique("jason"))


def link_for(mailbox, user) -> str:
    """The link of the last mail to somebody, once it is there."""

    def found():
        texts = [
            message.get_body(("plain",)).get_content()
            for _, recipients, message in mailbox.mails
            if recipients == [user["email"]]
        ]
        links = [re.search(r"http\S+/setup/\S+", text) for text in texts]
        return [link.group() for link in links if link]

    return wait_until(found, "the mail")[-1]


def set_password(browser: Browser, link: str):
    address, fields = browser.open(link).filled_in(password=NEW_PASSWORD)
    assert browser.post(address, fields).status == 200


def sees_well(chromium, name: str):
    """What every page owes: no refused file, no barrier, no sideways scrolling; and a picture of it."""
    chromium.must_be_clean()
    chromium.must_be_accessible(name)
    chromium.width((390, 844))
    chromium.must_fit()
    chromium.width((1280, 900))
    chromium.picture(name)


def test_a_forgotten_password_is_replaced_by_mail(server, mailbox, user, chromium):
    chromium.open("/login")
    sees_well(chromium, "login")
    chromium.click("Forgot your password?")
    sees_well(chromium, "forgot")
    chromium.fill("Username or e-mail address", user["email"])
    chromium.click("Send the link")
    chromium.sees("If there is such an account")
    sees_well(chromium, "forgot-sent")
    chromium.open(link_for(mailbox, user))
    chromium.fill("New password", f"{user['username']} and so on")
    chromium.click("Set password")
    chromium.sees("does not hold the username")
    chromium.fill("New password", NEW_PASSWORD)
    chromium.click("Set password")
    chromium.sees("Your password is set")
    chromium.sign_in_here(user["username"], NEW_PASSWORD)
    assert chromium.path == "/"
    wait_until(
        lambda: [one for one in mailbox.mails if "was changed" in one[2]["Subject"] and one[1] == [user["email"]]],
        "the word that the password was changed",
    )


def test_nobody_learns_whether_there_is_an_account(server, user):
    said = []
    for name in [user["username"], "nobody-at-all"]:
        browser = Browser(server.url)
        address, fields = browser.open("/forgot").form_to("/forgot")
        answer = browser.post(address, fields | {"name": name})
        said.append((answer.status, answer.html))
    assert said[0][0] == said[1][0] == 200
    assert re.sub(r'value="[^"]*"', "", said[0][1]) == re.sub(r'value="[^"]*"', "", said[1][1])


def test_an_invitation_is_sent_with_a_new_user_and_again(server, api: Api, mailbox, admin, chromium):
    chromium.sign_in(*admin)
    chromium.open("/admin/users/new")
    name = unique("ida")
    chromium.fill("Username", name)
    chromium.fill("Email", f"{name}@example.com")
    chromium.tick("Send an invitation with a link that sets the first password")
    sees_well(chromium, "new-user")
    chromium.click("Save", ".actions")
    chromium.sees("Invitation Sent")
    chromium.sees("There is no password yet")
    sees_well(chromium, "security-invited")
    user = {"email": f"{name}@example.com"}
    first = link_for(mailbox, user)
    chromium.click("Send the invitation again")
    chromium.sees("Invitation Sent")
    second = wait_until(lambda: (link := link_for(mailbox, user)) != first and link, "the second mail")
    browser = Browser(server.url)
    set_password(browser, second)
    assert browser.open(first).status == 404
    browser.sign_in(browser.open("/login"), name, NEW_PASSWORD)
    chromium.open(chromium.path.split("?")[0])
    chromium.click("Send a reset link")
    chromium.sees("Reset Link Sent")
    sees_well(chromium, "security")


def test_a_user_has_dates(api: Api, admin, user, chromium):
    chromium.sign_in(*admin)
    chromium.open(f"/admin/users/{user['id']}")
    field = chromium.field("Suspended from")
    chromium.driver.execute_script("arguments[0].value = '2999-12-31T08:30'", field)
    sees_well(chromium, "user-dates")
    chromium.click("Save", ".actions")
    chromium.sees("User Successfully Updated")
    assert api.get(f"/users/{user['id']}")["suspendAt"] == "2999-12-31T08:30:00.000Z"


def test_the_life_of_sessions_is_a_setting(api: Api, admin, chromium, server):
    chromium.sign_in(*admin)
    chromium.open("/admin/settings")
    chromium.fill("Sessions end without use after", "90m")
    chromium.fill("Sessions end at the latest after", "forever")
    chromium.click("Save")
    chromium.sees("A life of sessions looks like 8h or 90m")
    chromium.fill("Sessions end at the latest after", "10h")
    sees_well(chromium, "settings-sessions")
    chromium.click("Save")
    chromium.sees("Settings Saved")
    chromium.open("/account")
    chromium.sees("90 minutes after its last use, and 10 hours after the sign-in at the latest")
    sees_well(chromium, "account-of-administrator")
    api.patch("/settings", {"sessionIdle": None, "sessionAbsolute": None})


def test_a_person_takes_the_data_along_and_is_erased(api: Api, server, admin, user, chromium):
    browser = Browser(server.url)
    browser.sign_in(browser.open("/login"), user["username"], PASSWORD)
    own = browser.open("/account/data")
    assert own.status == 200 and user["email"] in own.html
    chromium.sign_in(user["username"], PASSWORD)
    chromium.open("/account")
    chromium.sees("Download everything that is kept about you")
    sees_well(chromium, "account")
    chromium.driver.delete_all_cookies()
    chromium.sign_in(*admin)
    chromium.open(f"/admin/users/{user['id']}/security")
    chromium.click("Erase the person")
    sees_well(chromium, "erase")
    chromium.click("Erase for good")
    chromium.sees("Person Erased")
    events = str(api.get(f"/audit?object={user['id']}"))
    assert user["username"] not in events and "erased-" in events


def test_the_terminal_lets_a_locked_out_administrator_in(server, admin):
    done = server.command("admin", "reset-password", "--username", admin[0])
    assert done.returncode == 0, done.stderr
    browser = Browser(server.url)
    set_password(browser, done.stdout.strip())
    browser.sign_in(browser.open("/login"), admin[0], NEW_PASSWORD)
    missing = server.command("admin", "reset-password", "--username", "nobody")
    assert missing.returncode == 1


def test_people_are_invited_in_bulk(server, mailbox, tmp_path):
    name = unique("bulk")
    file = tmp_path / "people.csv"
    file.write_text(f"username,email,suspendAt\n{name},{name}@example.com,2999-01-01T00:00:00Z\n")
    done = server.command("users", "import", str(file), "--invite")
    assert done.returncode == 0, done.stderr
    assert link_for(mailbox, {"email": f"{name}@example.com"})
    export = server.command("users", "export-person", "--username", name)
    assert '"suspendAt"' in export.stdout and "argon2" not in export.stdout


def test_passwords_are_masked_pasted_and_left_to_password_managers(server, user, chromium):
    """ASVS 5.0, 6.2.6 and 6.2.7."""
    chromium.open("/login")
    # What is copied from one field is pasted into the other.
    chromium.fill("Username", PASSWORD)
    name, secret = chromium.find("#username"), chromium.find("#password")
    name.send_keys(Keys.CONTROL, "a")
    name.send_keys(Keys.CONTROL, "c")
    secret.send_keys(Keys.CONTROL, "v")
    assert secret.get_attribute("value") == PASSWORD
    assert (secret.get_attribute("type"), secret.get_attribute("autocomplete")) == ("password", "current-password")
    assert name.get_attribute("autocomplete").startswith("username")

    chromium.sign_in(user["username"], PASSWORD)
    chromium.open("/account")
    fields = {one.get_attribute("id"): one for one in chromium.all("input[type='password']")}
    told = {identity: one.get_attribute("autocomplete") for identity, one in fields.items()}
    assert told == {"current": "current-password", "password": "new-password"}


def test_nothing_is_left_in_the_storage_of_the_browser(server, user, chromium):
    """ASVS 5.0, 14.3.3: cookies alone, and no script reads them."""
    chromium.sign_in(user["username"], PASSWORD)
    for path in ("/", "/account", "/account/passkeys", "/logout"):
        chromium.open(path)
        left = chromium.driver.execute_async_script(
            "const done = arguments[0];"
            "Promise.all([indexedDB.databases(), caches.keys(), navigator.serviceWorker.getRegistrations()])"
            ".then(found => done([localStorage.length, sessionStorage.length, document.cookie, ...found.map(one => one.length)]));"
        )
        assert left == [0, 0, "", 0, 0, 0], (path, left)
