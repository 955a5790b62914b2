"""KEY-AT-REST in an operator's hands: where the master key may come from, and its replacement beside running nodes."""

import base64
import os
import re
import shutil

import pytest
import requests

from support.api import PASSWORD, Api
from support.process import Server


def private(path, octets: bytes):
    path.write_bytes(octets)
    path.chmod(0o600)


def sign_on(server: Server, username: str, slug: str) -> bool:
    """IdP-initiated: a form with a signed response comes back."""
    browser = requests.Session()
    browser.trust_env = False
    form = browser.get(server.url + "/login", timeout=30).text
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', form).group(1)
    fields = {"username": username, "password": PASSWORD, "csrf_token": csrf}
    browser.post(server.url + "/login", data=fields, timeout=30, allow_redirects=False)
    return "SAMLResponse" in browser.get(f"{server.url}/saml/start/{slug}", timeout=30).text


def test_key_at_rest_the_master_key_is_replaced_beside_running_nodes(tmp_path):
    first = Server(tmp_path)
    api = Api(first.url, first.token("administrator"))
    api.patch("/settings", {"smtpUrl": "smtp://v:secret@127.0.0.1:1", "mailFrom": "v@example.com"})
    connector = api.connector("rewrapped")
    group = api.group("rewrapped", connectors=[connector])
    user = api.user("rewrapped", groups=[group])

    # A second node on the same store, with a key directory of its own.
    elsewhere = tmp_path / "second"
    elsewhere.mkdir()
    shutil.copytree(tmp_path / "keys", elsewhere / "keys")
    nodes = [first, Server(elsewhere, {"VESTIBULE_DATA_DIR": str(tmp_path / "data")})]
    apis = [api, Api(nodes[1].url, first.token("administrator"))]
    directories = [tmp_path / "keys", elsewhere / "keys"]

    def all_work():
        for node, rest in zip(nodes, apis):
            assert rest.get("/settings")["mailServer"].startswith("smtp://v@127.0.0.1")
            assert sign_on(node, user["username"], connector["slug"])

    try:
        all_work()
        assert first.command("keys", "rewrap").stdout.strip() == "0", "everything is sealed by the key in use"
        key = os.urandom(32)
        for directory in directories:
            private(directory / "master.key.next", key)
        done = first.command("keys", "rewrap")
        assert done.returncode == 0 and int(done.stdout) >= 2, done.stdout + done.stderr
        all_work()
        # What a running node seals meanwhile, by the key it has, is found by the second run.
        api.patch("/settings", {"smtpUrl": "smtp://v:other@127.0.0.1:1"})
        all_work()
        for node, directory in zip(nodes, directories):
            (directory / "master.key").rename(directory / "master.key.old")
            (directory / "master.key.next").rename(directory / "master.key")
            all_work()
            node.stop()
            node.start()
        all_work()
        assert first.command("keys", "rewrap").stdout.strip() == "1"
        for directory in directories:
            (directory / "master.key.old").unlink()
        for node in nodes:
            node.stop()
            node.start()
        all_work()
        assert first.command("keys", "rewrap").stdout.strip() == "0"
        assert first.command("audit", "verify").returncode == 0
    finally:
        for node in nodes:
            node.stop()


@pytest.mark.parametrize("by_command", [False, True])
def test_key_at_rest_the_master_key_comes_from_elsewhere(tmp_path, by_command):
    key = base64.b64encode(os.urandom(32)).decode()
    (tmp_path / "vault").write_text(key + "\n")
    given = {"VESTIBULE_MASTER_KEY_COMMAND": f"cat {tmp_path}/vault"} if by_command else {"VESTIBULE_MASTER_KEY": key}
    server = Server(tmp_path, given)
    api = Api(server.url, server.token("administrator"))
    assert len(api.get("/keys")["items"]) == 1
    assert not (tmp_path / "keys" / "master.key").exists()
    server.stop()
    assert key not in server.process.output()

    # Another key opens nothing, and no new one is made over a database that has keys.
    wrong = base64.b64encode(os.urandom(32)).decode()
    if by_command:
        (tmp_path / "vault").write_text(wrong)
    else:
        server.settings["VESTIBULE_MASTER_KEY"] = wrong
    refused = server.command("audit", "verify")
    assert refused.returncode == 1 and "master key" in refused.stderr and wrong not in refused.stderr
    del server.settings["VESTIBULE_MASTER_KEY_COMMAND" if by_command else "VESTIBULE_MASTER_KEY"]
    assert server.command("audit", "verify").returncode == 1
    server.settings["VESTIBULE_MASTER_KEY_COMMAND"] = "false"
    assert server.command("audit", "verify").returncode == 1
