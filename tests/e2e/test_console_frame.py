"""The console's frame: who gets in, where the navigation leads, and that every page of it is accessible,
fits narrow screens and keeps its own Content-Security-Policy."""

import pytest

from conftest import make_admin

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
