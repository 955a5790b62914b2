"""One server per test file, with an administrator's token; a fresh browser per test."""

import pytest

from support.api import Api
from support.browser import Browser
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
