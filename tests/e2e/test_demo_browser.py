"""The demo in a real browser: from the service provider's page to the verified values and back."""

import dataclasses

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as expected

from support.chromium import Chromium
from support.process import Process, free_port, wait_until


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
def chromium(demo, tmp_path):
    running = Chromium(tmp_path / "profile", demo.identity_provider.rstrip("/"))
    yield running
    running.quit()


def assertion(chromium: Chromium) -> list[tuple[str, str]]:
    """The rows of the table in which the service provider shows what it verified."""
    chromium.find("#assertion")
    rows = []
    for row in chromium.driver.find_elements(By.CSS_SELECTOR, "#assertion tr"):
        cells = [cell.text for cell in row.find_elements(By.CSS_SELECTOR, "th, td")]
        if len(cells) >= 2:
            rows.append((cells[0], cells[1]))
    return rows


def test_a_person_signs_on_to_the_demonstration_service_provider(demo, chromium):
    username, password = demo.accounts[0]
    chromium.open(demo.service_provider)
    chromium.click("Sign in")
    chromium.wait(expected.url_contains(demo.identity_provider), "the sign-in page")
    chromium.sign_in_here(username, password)

    shown = assertion(chromium)
    assert chromium.driver.current_url.startswith(demo.service_provider)
    assert any(username in value for _, value in shown), shown

    # The second time the session carries, by a POST from another site too.
    chromium.open(demo.service_provider)
    chromium.click("Sign in by POST")
    assert [name for name, _ in assertion(chromium)] == [name for name, _ in shown]


def test_a_wrong_password_keeps_the_person_at_the_sign_in_page(demo, chromium):
    username, _ = demo.accounts[0]
    chromium.open(demo.service_provider)
    chromium.click("Sign in")
    chromium.sign_in_here(username, "not the password 1")
    chromium.find("[name=password]")
    assert chromium.driver.current_url.startswith(demo.identity_provider)
    assert not chromium.driver.find_elements(By.ID, "assertion")


def test_the_portal_leads_to_the_application_too(demo, chromium):
    username, password = demo.accounts[0]
    chromium.open(demo.identity_provider)
    chromium.sign_in_here(username, password)
    chromium.find("a[href*='/saml/start/']")
    severe = [entry for entry in chromium.driver.get_log("browser") if entry["level"] == "SEVERE"]
    assert severe == [], "the page breaks its own Content-Security-Policy, or a file is missing"
