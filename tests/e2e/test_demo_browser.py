"""The demo in a real browser: from the service provider's page to the verified values and back."""

import dataclasses
import shutil

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions as expected
from selenium.webdriver.support.wait import WebDriverWait

from support.process import Process, free_port, wait_until

WITHIN = 30
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1280,900",
]


@dataclasses.dataclass
class Demo:
    """What the demo printed."""

    process: Process
    identity_provider: str
    service_provider: str
    accounts: list[tuple[str, str]]


def fields_after(label: str, output: str) -> list[list[str]]:
    """The printed lines `label  one  two`: two blanks part the fields."""
    found = []
    for line in output.splitlines():
        parts = [part.strip() for part in line.split("  ") if part.strip()]
        if parts[:1] == [label]:
            found.append(parts[1:])
    return found


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Demo:
    folder = tmp_path_factory.mktemp("demo")
    listen, sp_listen = (f"127.0.0.1:{free_port()}" for _ in range(2))
    process = Process(["demo", "--listen", listen, "--sp-listen", sp_listen], folder, {})
    try:

        def printed():
            process.must_run()
            output = process.output()
            return output if fields_after("account", output) and fields_after("service provider", output) else None

        output = wait_until(printed, "the demo to say what to open")
        yield Demo(
            process,
            fields_after("identity provider", output)[0][0],
            fields_after("service provider", output)[0][0],
            [(username, password) for username, password in fields_after("account", output)],
        )
    finally:
        process.stop()


@pytest.fixture
def chromium(tmp_path):
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("chromium-browser") or "google-chrome"
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in [*FLAGS, f"--user-data-dir={tmp_path / 'profile'}"]:
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    driver.set_page_load_timeout(WITHIN)
    yield driver
    driver.quit()


def click(driver, words: str):
    """Clicks the link or button with exactly these words."""
    named = f"//*[self::a or self::button][normalize-space()='{words}'] | //input[@type='submit' and @value='{words}']"
    WebDriverWait(driver, WITHIN).until(expected.element_to_be_clickable((By.XPATH, named))).click()


def sign_in(driver, username: str, password: str):
    name = WebDriverWait(driver, WITHIN).until(expected.visibility_of_element_located((By.NAME, "username")))
    name.send_keys(username)
    driver.find_element(By.NAME, "password").send_keys(password, Keys.ENTER)
    WebDriverWait(driver, WITHIN).until(expected.staleness_of(name))


def assertion(driver) -> list[tuple[str, str]]:
    """The rows of the table in which the service provider shows what it verified."""
    WebDriverWait(driver, WITHIN).until(expected.visibility_of_element_located((By.ID, "assertion")))
    rows = []
    for row in driver.find_elements(By.CSS_SELECTOR, "#assertion tr"):
        cells = [cell.text for cell in row.find_elements(By.CSS_SELECTOR, "th, td")]
        if len(cells) >= 2:
            rows.append((cells[0], cells[1]))
    return rows


def test_a_person_signs_on_to_the_demonstration_service_provider(demo, chromium):
    username, password = demo.accounts[0]
    chromium.get(demo.service_provider)
    click(chromium, "Sign in")
    WebDriverWait(chromium, WITHIN).until(expected.url_contains(demo.identity_provider))
    sign_in(chromium, username, password)

    shown = assertion(chromium)
    assert chromium.current_url.startswith(demo.service_provider)
    assert any(username in value for _, value in shown), shown

    # The second time the session carries, by a POST from another site too.
    chromium.get(demo.service_provider)
    click(chromium, "Sign in by POST")
    assert [name for name, _ in assertion(chromium)] == [name for name, _ in shown]


def test_a_wrong_password_keeps_the_person_at_the_sign_in_page(demo, chromium):
    username, _ = demo.accounts[0]
    chromium.get(demo.service_provider)
    click(chromium, "Sign in")
    sign_in(chromium, username, "not the password 1")
    WebDriverWait(chromium, WITHIN).until(expected.visibility_of_element_located((By.NAME, "password")))
    assert chromium.current_url.startswith(demo.identity_provider)
    assert not chromium.find_elements(By.ID, "assertion")


def test_the_portal_leads_to_the_application_too(demo, chromium):
    username, password = demo.accounts[0]
    chromium.get(demo.identity_provider)
    sign_in(chromium, username, password)
    tile = (By.CSS_SELECTOR, "a[href*='/saml/start/']")
    WebDriverWait(chromium, WITHIN).until(expected.visibility_of_element_located(tile))
    severe = [entry for entry in chromium.get_log("browser") if entry["level"] == "SEVERE"]
    assert severe == [], "the page breaks its own Content-Security-Policy, or a file is missing"
