"""The console's frame: who gets in, where the navigation leads, and that every page of it is accessible,
fits narrow screens and keeps its own Content-Security-Policy."""

import pytest

from conftest import make_admin
from support.chromium import NARROW, Chromium
from support.process import Server

PAGES = ["/admin"]


def test_a11_a_stranger_gets_the_sign_in_page(chromium):
    chromium.open("/admin")
    assert chromium.path == "/login"
    chromium.must_be_accessible()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_fits_and_is_clean(console, path):
    console.open(path)
    console.must_be_accessible()
    console.width((360, 780))
    console.must_fit()
    console.must_be_accessible(f"{path} at 360 px")
    console.picture(path.strip("/").replace("/", "-"))


def test_the_navigation_shows_what_the_role_may_see(server, chromium):
    chromium.sign_in(*make_admin(server, "helper", "help-desk"))
    shown = [link.text for link in chromium.all(".sidebar a")]
    assert shown == ["Dashboard", "Users"]


def test_the_console_says_to_those_outside_that_it_is_closed(tmp_path):
    closed = {
        "VESTIBULE_CONSOLE_NETWORKS": "198.51.100.0/24",
        "VESTIBULE_CONSOLE_DENIED_TEXT": "Administrators work over the company's tunnel.",
        "VESTIBULE_CONSOLE_HELP_URL": "https://help.example.com/tunnel",
    }
    server = Server(tmp_path, closed)
    try:
        chromium = Chromium(tmp_path / "chromium", server.url)
        try:
            chromium.open("/admin")
            chromium.sees("The console does not open from your network")
            chromium.sees("Administrators work over the company's tunnel.")
            chromium.must_be_accessible("console-closed")
            chromium.width(NARROW)
            chromium.must_fit()
            chromium.picture("console-closed")
        finally:
            chromium.quit()
    finally:
        server.stop()
