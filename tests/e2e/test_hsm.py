"""KEY-AT-REST in a hardware security module: signing keys are made in it, sign in it, and never leave it.

SoftHSM stands for the hardware; OpenSC looks into it; pysaml2 and signxml judge what was signed.
"""

import base64
import re
import sqlite3
import subprocess
import threading

import pytest
import requests

from conftest import make_admin
from support.api import Api
from support.browser import Browser
from support.chromium import NARROW, WIDE, Chromium
from support.judges import certificate_of, schema_accepts, signxml_verifies
from support.process import Process, Server, wait_until
from support.service_provider import ServiceProvider
from support.soft_hsm import SoftHsm


@pytest.fixture
def hsm(tmp_path) -> SoftHsm:
    return SoftHsm(tmp_path)


def looks(console: Chromium, name: str):
    """Accessible, and fits a telephone."""
    console.must_be_accessible(name)
    console.width(NARROW)
    console.must_fit()
    console.width(WIDE)
    console.picture(name)


class World:
    """A server, an application, and somebody who is signed in and may open it."""

    def __init__(self, server: Server, **choices):
        self.server = server
        self.api = Api(server.url, server.token("administrator"))
        self.app = self.api.connector("app", **choices)
        self.user = self.api.user("uma", [self.api.group("group", [], [self.app])])
        self.browser = self.signed_in()

    def signed_in(self) -> Browser:
        browser = Browser(self.server.url)
        browser.sign_in(browser.open("/login"), self.user["username"])
        return browser

    def form(self, browser: Browser | None = None):
        return (browser or self.browser).open(f"/saml/start/{self.app['slug']}").saml_form()

    def sign_on(self):
        """By a service provider that reads the metadata anew."""
        return ServiceProvider(self.server.url, self.app).receive(self.form())

    def key(self, state: str = "ACTIVE") -> dict:
        return next(key for key in self.api.get("/keys")["items"] if key["state"] == state)


def document_of(form) -> bytes:
    return base64.b64decode(form.saml_response)


def refused_start(server: Server, settings: dict[str, str]) -> str:
    """What the program says when it does not start with these settings."""
    process = Process(["serve"], server.folder, settings)
    assert process.ended() != 0
    return process.output()


def test_key_at_rest_the_first_key_is_made_in_the_module_and_signs_there(tmp_path, hsm):
    server = Server(tmp_path, hsm.settings())
    try:
        world = World(server, sign="BOTH")
        assert world.key()["isInHsm"] is True
        metadata = requests.get(f"{server.url}/saml/metadata?signed=true", timeout=30).content
        schema_accepts(metadata, "metadata")
        certificate = certificate_of(metadata)
        signxml_verifies(metadata, "EntityDescriptor", certificate)
        world.sign_on()
        document = document_of(world.form())
        for part in ("Response", "Assertion"):
            signxml_verifies(document, part, certificate)

        (key,) = hsm.private_keys()
        assert "never extractable" in key and "always sensitive" in key and "local" in key, key
        identity = re.search(r"ID:\s+([0-9a-f]+)", key).group(1)
        assert identity == world.key()["id"].replace("-", "")
        with sqlite3.connect(f"file:{tmp_path}/data/vestibule.db?mode=ro", uri=True) as database:
            assert database.execute("SELECT is_in_hsm, length(sealed_private_key) FROM signing_keys").fetchall() == [(1, 0)]
        assert "in the HSM" in server.command("keys", "list").stdout
        assert server.command("keys", "rewrap").stdout.strip() == "0"
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("kind", "algorithm"),
    [
        ("rsa-2048", "RSA-SHA384"),
        ("rsa-3072", "RSA-SHA512"),
        ("rsa-4096", "RSA-SHA256"),
        ("ecdsa-p256", "ECDSA-SHA256"),
    ],
)
def test_key_at_rest_every_kind_of_key_is_made_and_signs_in_the_module(tmp_path, hsm, kind, algorithm):
    server = Server(tmp_path, hsm.settings())
    try:
        world = World(server, sign="BOTH")
        made = server.command("keys", "rotate", "--algorithm", kind)
        assert made.returncode == 0, made.stderr
        identity = made.stdout.strip()
        assert server.command("keys", "activate", identity).returncode == 0
        world.app = world.api.patch(f"/connectors/{world.app['id']}", {"signatureAlgorithm": algorithm})
        key = world.api.get(f"/keys/{identity}")
        assert (key["state"], key["isInHsm"]) == ("ACTIVE", True)
        read = subprocess.run(
            ["openssl", "x509", "-noout", "-text"], input=key["certificate"], capture_output=True, text=True, check=True
        ).stdout
        assert "CA:FALSE" in read and "Digital Signature" in read, read
        document = document_of(world.form())
        for part in ("Response", "Assertion"):
            signxml_verifies(document, part, key["certificate"])
        assert len(hsm.private_keys()) == 2
    finally:
        server.stop()


def test_key_at_rest_many_sign_in_the_module_at_once(tmp_path, hsm):
    server = Server(tmp_path, hsm.settings())
    try:
        world = World(server, sign="BOTH")
        provider, failures, done = ServiceProvider(server.url, world.app), [], []
        browsers = [world.signed_in() for _ in range(8)]

        def work(browser: Browser):
            for _ in range(5):
                try:
                    done.append(world.form(browser))
                except Exception as error:
                    failures.append(repr(error))

        threads = [threading.Thread(target=work, args=(browser,)) for browser in browsers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures and len(done) == 40
        for form in done:
            provider.receive(form)
    finally:
        server.stop()


def test_key_at_rest_a_key_in_the_database_goes_over_to_one_in_the_module(tmp_path, hsm):
    server = Server(tmp_path)
    world = World(server)
    former = world.key()
    assert former["isInHsm"] is False
    server.stop()
    server.settings |= hsm.settings()
    server.start()
    try:
        world.browser = world.signed_in()
        world.sign_on()
        made = world.api.post("/keys", {"algorithm": "rsa-2048"})
        assert made["isInHsm"] is True
        world.api.patch(f"/keys/{made['id']}", {"state": "ACTIVE"})
        assert world.sign_on().response is not None
        assert world.key()["id"] == made["id"]
        signxml_verifies(document_of(world.form()), "Assertion", made["certificate"])
        # What was outside once is not taken in any more.
        refused = world.api.post(
            "/keys", {"privateKey": "-----BEGIN PRIVATE KEY-----", "certificate": former["certificate"]}, expect=422
        )
        assert "hardware security module" in str(refused)
        world.api.patch(f"/keys/{former['id']}", {"state": "RETIRED"})
        world.sign_on()
    finally:
        server.stop()


def test_key_at_rest_without_its_module_nothing_starts_and_nothing_is_signed(tmp_path, hsm):
    server = Server(tmp_path, hsm.settings())
    world = World(server)
    # The token is away, and comes back.
    away = tmp_path / "away"
    hsm.tokens.rename(away)
    try:
        ready = lambda: requests.get(f"{server.url}/readyz", timeout=30).status_code
        assert ready() == 503
        page = world.browser.open(f"/saml/start/{world.app['slug']}")
        assert page.status == 503 and "its signing keys" in page.html
        away.rename(hsm.tokens)
        wait_until(lambda: ready() == 200, "the token to be seen again")
        world.sign_on()
    finally:
        server.stop()

    told = refused_start(server, server.settings | hsm.settings(pin="000000"))
    assert "refuses the PIN" in told and "000000" not in told
    assert "no token with the label" in refused_start(server, server.settings | hsm.settings(token="another"))
    assert "cannot be used" in refused_start(server, server.settings | hsm.settings(module="/nowhere/module.so"))
    bare = {name: value for name, value in server.settings.items() if "PKCS11" not in name}
    assert "VESTIBULE_PKCS11_MODULE" in refused_start(server, bare)
    # Who lost the module for good still gets in: the next key is made in the database, and signs.
    whole = server.settings
    server.settings = bare
    made = server.command("keys", "rotate", "--algorithm", "rsa-2048")
    assert made.returncode == 0, made.stderr
    assert server.command("keys", "activate", made.stdout.strip()).returncode == 0
    server.start()
    world.browser = world.signed_in()
    world.sign_on()
    server.stop()
    server.settings = whole
    half = {name: value for name, value in server.settings.items() if not name.endswith("PIN")}
    assert "go together" in refused_start(server, half)


def test_key_at_rest_the_page_says_where_keys_are_and_takes_none_from_elsewhere(tmp_path, hsm):
    server = Server(tmp_path, hsm.settings())
    try:
        chromium = Chromium(tmp_path / "chromium", server.url)
        try:
            chromium.sign_in(*make_admin(server, "root", "administrator"))
            chromium.open("/admin/keys")
            chromium.sees("It is made in the hardware security module")
            assert "Bring a key pair along" not in chromium.text()
            looks(chromium, "keys-hsm")
            chromium.choose("Algorithm", "ecdsa-p256")
            chromium.click("Make key")
            chromium.sees("Key Published")
            chromium.sees("In the hardware security module", "dl")
            looks(chromium, "key-hsm")
            chromium.must_be_clean()
        finally:
            chromium.quit()
    finally:
        server.stop()
