"""Key rollover without a failed sign-on, by pysaml2 as the service provider, by REST, by command and on the page."""

import base64
import datetime
import subprocess
import threading

import pytest
import requests
from saml2.sigver import SignatureError

from conftest import make_admin
from support.api import unique
from support.browser import Browser
from support.chromium import NARROW, WIDE
from support.judges import parse, schema_accepts, signed_parts, signxml_verifies, xmlsec1_verifies
from support.service_provider import ServiceProvider

CERTIFICATES = "//*[local-name()='X509Certificate']/text()"


class World:
    """An application and somebody who may open it."""

    def __init__(self, server, api, **choices):
        self.server, self.api = server, api
        self.app = api.connector("app", **choices)
        self.user = api.user("uma", [api.group("group", [], [self.app])])
        self.browser = Browser(server.url)
        self.browser.sign_in(self.browser.open("/login"), self.user["username"])

    def provider(self) -> ServiceProvider:
        """A service provider that reads our metadata now, and never again."""
        return ServiceProvider(self.server.url, self.app)

    def sign_on(self, provider: ServiceProvider):
        form = self.browser.open(f"/saml/start/{self.app['slug']}").saml_form()
        return provider.receive(form)


def keys(api, algorithm: str = "rsa") -> dict[str, dict]:
    """The published keys of a type, by state."""
    found = [key for key in api.get("/keys")["items"] if key["algorithm"].startswith(algorithm)]
    return {key["state"]: key for key in found if key["state"] != "RETIRED"}


def published(server) -> list[str]:
    document = requests.get(f"{server.url}/saml/metadata", timeout=30).content
    schema_accepts(document, "metadata")
    return ["".join(one.split()) for one in parse(document).xpath(CERTIFICATES)]


def body(key: dict) -> str:
    return "".join(line for line in key["certificate"].splitlines() if "---" not in line)


@pytest.fixture
def next_key(api):
    """A key that is published beside the active one; what is left afterwards is one active key."""
    made = api.post("/keys", {"algorithm": "rsa-2048"})
    yield made
    left = keys(api)
    if "NEXT" in left:
        for app in api.get(f"/keys/{made['id']}/connectors?limit=500")["items"]:
            api.delete(f"/keys/{made['id']}/connectors/{app['id']}")
        api.patch(f"/keys/{left['NEXT']['id']}", {"state": "RETIRED"})


def test_no_sign_on_fails_before_during_and_after(server, api, next_key):
    world = World(server, api, sign="BOTH")
    both, done, failures = world.provider(), threading.Event(), []
    count = 0

    def sign_ons():
        nonlocal count
        while not done.is_set():
            try:
                world.sign_on(both)
                count += 1
            except Exception as error:
                failures.append(repr(error))

    old = keys(api)["ACTIVE"]
    running = threading.Thread(target=sign_ons)
    running.start()
    try:
        for step in (
            lambda: api.put(f"/keys/{next_key['id']}/connectors/{world.app['id']}", {}),
            lambda: api.delete(f"/keys/{next_key['id']}/connectors/{world.app['id']}"),
            lambda: api.patch(f"/keys/{next_key['id']}", {"state": "ACTIVE"}),
            lambda: api.patch(f"/keys/{old['id']}", {"state": "ACTIVE"}),
            lambda: server.command("keys", "activate", next_key["id"]),
            lambda: api.patch(f"/keys/{old['id']}", {"state": "RETIRED"}),
        ):
            # So that sign-ons fall between the steps, too.
            for _ in range(3):
                stranger = Browser(server.url)
                page = stranger.open(f"/saml/start/{world.app['slug']}")
                both.receive(stranger.sign_in(page, world.user["username"]).saml_form())
            step()
    finally:
        done.set()
        running.join()
    assert failures == [] and count > 5
    world.sign_on(both)
    assert published(server) == [body(next_key)]


def test_who_knows_only_the_old_certificate_is_named_and_stays_behind(server, api):
    world, ready = World(server, api), World(server, api)
    old_only = world.provider()
    made = api.post("/keys", {"algorithm": "rsa-2048"})
    old = keys(api)["ACTIVE"]
    both = ready.provider()
    here = f"/keys/{made['id']}/connectors"

    api.put(f"{here}/{ready.app['id']}", {})
    behind = [app["id"] for app in api.get(f"{here}?limit=500")["items"] if not app["hasSwitched"]]
    assert world.app["id"] in behind and ready.app["id"] not in behind
    api.put(f"{here}/{world.app['id']}", {"signsFrom": "2199-01-01T00:00:00Z"})
    api.patch(f"/keys/{made['id']}", {"state": "ACTIVE"})

    world.sign_on(old_only)
    ready.sign_on(both)
    behind = [app["id"] for app in api.get(f"{here}?limit=500")["items"] if not app["hasSwitched"]]
    assert behind == [world.app["id"]]
    # What the list is for: let go too early, it would refuse.
    api.delete(f"{here}/{world.app['id']}")
    with pytest.raises(SignatureError):
        world.sign_on(old_only)
    api.patch(f"/keys/{old['id']}", {"state": "RETIRED"})


@pytest.mark.parametrize("sign", ["ASSERTION", "RESPONSE", "BOTH"])
def test_ecdsa_signatures_are_accepted_by_all_three_verifiers(server, api, sign):
    if not keys(api, "ecdsa"):
        api.post("/keys", {"algorithm": "ecdsa-p256"})
    certificate = keys(api, "ecdsa")["ACTIVE"]["certificate"]
    world = World(server, api, sign=sign, signatureAlgorithm="ECDSA-SHA256")
    form = world.browser.open(f"/saml/start/{world.app['slug']}").saml_form()
    document = base64.b64decode(form.saml_response)
    parts = {"ASSERTION": ["Assertion"], "RESPONSE": ["Response"], "BOTH": ["Response", "Assertion"]}[sign]
    assert signed_parts(document) == parts
    for part in parts:
        signxml_verifies(document, part, certificate)
        xmlsec1_verifies(document, part, certificate)
    world.provider().receive(form)


def test_ecdsa_keys_roll_over_apart_from_rsa(server, api):
    rsa = keys(api)["ACTIVE"]
    if not keys(api, "ecdsa"):
        api.post("/keys", {"algorithm": "ecdsa-p256"})
    first = keys(api, "ecdsa")["ACTIVE"]
    world = World(server, api, signatureAlgorithm="ECDSA-SHA256")
    second = api.post("/keys", {"algorithm": "ecdsa-p256"})
    provider = world.provider()
    world.sign_on(provider)
    api.patch(f"/keys/{second['id']}", {"state": "ACTIVE"})
    world.sign_on(provider)
    assert keys(api)["ACTIVE"]["id"] == rsa["id"]
    assert {body(rsa), body(first), body(second)} == set(published(server))
    api.patch(f"/keys/{first['id']}", {"state": "RETIRED"})


def test_a_pair_made_by_openssl_is_brought_along_and_signs(server, api, tmp_path):
    key, certificate = tmp_path / "own.key", tmp_path / "own.crt"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:3072", "-nodes", "-days", "400", "-subj", "/CN=own", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )
    pair = {"privateKey": key.read_text(), "certificate": certificate.read_text()}
    made = api.post("/keys", pair)
    shown = subprocess.run(
        ["openssl", "x509", "-in", certificate, "-noout", "-fingerprint", "-sha256", "-serial"], check=True, capture_output=True, text=True
    ).stdout
    assert made["fingerprintSha256"] in shown and made["serial"] in shown
    old = keys(api)["ACTIVE"]
    world = World(server, api)
    provider = world.provider()
    api.patch(f"/keys/{made['id']}", {"state": "ACTIVE"})
    world.sign_on(provider)
    api.patch(f"/keys/{old['id']}", {"state": "RETIRED"})
    assert "PRIVATE KEY" not in server.process.output()


# --- The page Signing Keys -----------------------------------------------------------------------------


def looks(console, name: str):
    """Accessible, and fits a telephone."""
    console.must_be_accessible(name)
    console.width(NARROW)
    console.must_fit()
    console.width(WIDE)
    console.picture(name)


def test_the_next_key_is_made_given_a_date_and_retired_on_the_page(console, server, api):
    world = World(server, api)
    console.open("/admin")
    console.click("Signing Keys", within=".sidebar")
    console.sees("Signs now", "table")
    looks(console, "keys")
    console.choose("Algorithm", "rsa-3072")
    console.click("Make key")
    console.sees("Key Published")
    made = keys(api)["NEXT"]
    assert console.path.startswith(f"/admin/keys/{made['id']}")
    console.sees(made["fingerprintSha256"])

    # One application first.
    console.click(f"Switch {world.app['name']} now")
    console.sees("Application Switched")
    console.sees("This key", "table")
    world.sign_on(world.provider())

    # Without a date there is none to sign from.
    console.click("Sign with it from the date")
    console.sees("Enter the date and time of the switch.")
    date = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=3)
    console.driver.execute_script(
        "document.getElementById('date').value = arguments[0]", date.strftime("%Y-%m-%dT%H:%M")
    )
    console.click("Sign with it from the date")
    console.sees("Switch Scheduled")
    console.sees("Signs from", ".facts")
    looks(console, "key")
    assert api.get(f"/keys/{made['id']}")["signsFrom"].startswith(date.strftime("%Y-%m-%dT%H:%M:00"))

    console.click("Forget the date")
    console.sees("Date Forgotten")
    console.click("Retire")
    console.sees("The key still signs for " + world.app["name"])
    console.click(f"Switch {world.app['name']} with all others")
    console.sees("The Application Switches with All Others")
    console.click("Retire")
    console.sees("Key Retired")
    console.sees("This key is no longer published")
    # The audit tells all of it.
    kinds = [event["kind"] for event in api.get("/audit?limit=500")["items"]]
    for kind in ("key.created", "key.scheduled", "key.connector_switched", "key.connector_follows", "key.retired"):
        assert kind in kinds


def test_a_pair_that_does_not_fit_is_told_beside_its_field(console, server, api):
    console.open("/admin/keys")
    certificate = keys(api)["ACTIVE"]["certificate"]
    console.fill("Private key (PEM)", "no key")
    console.fill("Certificate (PEM)", certificate)
    console.click("Publish key")
    console.sees("Give one private key in PEM, not encrypted.")
    assert console.field("Private key (PEM)").get_attribute("value") == ""
    assert console.field("Certificate (PEM)").get_attribute("value").split() == certificate.split()


def test_who_may_only_look_sees_no_buttons(chromium, server, api):
    chromium.sign_in(*make_admin(server, unique("looker"), "read-only"))
    chromium.open("/admin/keys")
    chromium.sees("Signs now")
    assert not chromium.all("main form")
    chromium.open(f"/admin/keys/{keys(api)['ACTIVE']['id']}")
    assert not chromium.all("main button")


def test_a_manager_does_not_get_there(chromium, server):
    chromium.sign_in(*make_admin(server, unique("manager"), "manager"))
    chromium.open("/admin")
    assert "Signing Keys" not in chromium.text(".sidebar")
    chromium.open("/admin/keys")
    assert "Make the next key" not in chromium.text()
