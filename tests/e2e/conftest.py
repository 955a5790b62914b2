"""One server per test file, with an administrator's token; a fresh browser per test."""

import pytest

from support.api import Api
from support.browser import Browser
from support.chromium import Chromium
from support.mailbox import Mailbox
from support.process import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("vestibule"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def token(server) -> str:
    return server.token("administrator")


@pytest.fixture(scope="module")
def api(server, token) -> Api:
    return Api(server.url, token)


@pytest.fixture
def browser(server) -> Browser:
    return Browser(server.url)


ADMIN_PASSWORD = "four unrelated words 4"


def make_admin(server, username: str, role: str) -> tuple[str, str]:
    """An administrator of this role; gives name and password."""
    done = server.command(
        "admin", "create", "--username", username, "--email", f"{username}@example.com",
        "--role", role, "--password-stdin", stdin=ADMIN_PASSWORD + "\n",
    )
    assert done.returncode == 0, done.stderr
    return username, ADMIN_PASSWORD


@pytest.fixture(scope="module")
def admin(server) -> tuple[str, str]:
    """The first administrator."""
    return make_admin(server, "root", "administrator")


@pytest.fixture
def chromium(server, tmp_path):
    """A browser nobody is signed in with."""
    running = Chromium(tmp_path / "profile", server.url)
    yield running
    running.quit()


@pytest.fixture
def scriptless(server, tmp_path):
    """A browser that runs no script."""
    running = Chromium(tmp_path / "profile-without-script", server.url, script=False)
    yield running
    running.quit()


@pytest.fixture
def console(chromium, admin) -> Chromium:
    """A browser in which an administrator is signed in; what it did has to be clean."""
    chromium.sign_in(*admin)
    yield chromium
    chromium.must_be_clean()


@pytest.fixture(scope="module")
def mailbox():
    """A mail server that is empty at first."""
    running = Mailbox()
    yield running
    running.stop()
