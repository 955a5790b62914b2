"""Encrypted assertions and NameIDs: pysaml2 signs people on with them, and two decrypters open them.

One is the xmlsec1 command, inside pysaml2; the other is written here on the `cryptography` package alone, from the
text of XML Encryption, and knows nothing of xmlsec.
"""

import base64

import pytest
import requests
from cryptography.hazmat.primitives import hashes, padding, serialization
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree
from saml2 import BINDING_HTTP_REDIRECT
from saml2.saml import NAMEID_FORMAT_PERSISTENT

from conftest import make_admin
from support.api import constant_mapping
from support.browser import Browser
from support.judges import NAMESPACES, SAML, certificate_of, parse, schema_accepts, signxml_verifies
from support.service_provider import ServiceProvider, SigningKey
from test_console_sso import application

ALGORITHMS = ["AES-256-GCM", "AES-128-GCM", "AES-256-CBC", "AES-128-CBC"]
SIGNS = ["ASSERTION", "RESPONSE", "BOTH"]
XENC = {"xenc": "http://www.w3.org/2001/04/xmlenc#", "xenc11": "http://www.w3.org/2009/xmlenc11#"} | NAMESPACES


@pytest.fixture(scope="module")
def key(tmp_path_factory) -> SigningKey:
    return SigningKey(tmp_path_factory.mktemp("sp"), "sp")


@pytest.fixture(scope="module")
def certificate(server) -> str:
    return certificate_of(requests.get(f"{server.url}/saml/metadata", timeout=30).content)


class World:
    """An application that wants encryption, and a user who may open it."""

    def __init__(self, server, api, key, **choices):
        self.server = server
        self.app = api.connector(
            "vault",
            spCertificates=[{"pem": key.certificate, "use": "encryption"}],
            attributeMappings=[constant_mapping("env", "prod-east")],
            **choices,
        )
        self.user = api.user("vera", [api.group("vault", [], [self.app])])
        self.sp = ServiceProvider(server.url, self.app, decrypts_with=key)

    def sign_on(self, **options):
        """What a requested sign-on gives: the response as octets, and what pysaml2 made of it."""
        request_id, info = self.sp.request(BINDING_HTTP_REDIRECT, **options)
        browser = Browser(self.server.url)
        form = browser.sign_in(browser.follow(info), self.user["username"]).saml_form()
        return base64.b64decode(form.saml_response), self.sp.receive(form, request_id)


def opened(data: etree._Element, key: SigningKey) -> bytes:
    """The plain text of an EncryptedData (xmlenc-core1 4.4, 5.2, 5.5.2)."""
    method = data.xpath("xenc:EncryptionMethod/@Algorithm", namespaces=XENC)[0]
    transport = data.xpath("ds:KeyInfo/xenc:EncryptedKey/xenc:EncryptionMethod", namespaces=XENC)[0]
    digest = transport.xpath("ds:DigestMethod/@Algorithm", namespaces=XENC)[0].rsplit("#")[-1]
    mask = (transport.xpath("xenc11:MGF/@Algorithm", namespaces=XENC) or ["#mgf1sha1"])[0].rsplit("#")[-1]
    hashing = {"sha1": hashes.SHA1, "sha256": hashes.SHA256}
    octets = [base64.b64decode(value.text) for value in data.iter(f"{{{XENC['xenc']}}}CipherValue")]
    private = serialization.load_pem_private_key(key.key_file.read_bytes(), None)
    content_key = private.decrypt(
        octets[0], OAEP(MGF1(hashing[mask.removeprefix("mgf1")]()), hashing[digest](), None)
    )
    assert len(content_key) * 8 == (256 if "256" in method else 128)
    if method.endswith("-gcm"):
        return AESGCM(content_key).decrypt(octets[1][:12], octets[1][12:], None)
    decryptor = Cipher(algorithms.AES(content_key), modes.CBC(octets[1][:16])).decryptor()
    unpadder = padding.PKCS7(128).unpadder()
    return unpadder.update(decryptor.update(octets[1][16:]) + decryptor.finalize()) + unpadder.finalize()


@pytest.mark.parametrize("name_id", [False, True], ids=["", "name-id"])
@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_both_decrypters_open_what_is_encrypted(server, api, key, certificate, algorithm, sign, name_id):
    choices = {"encryptAssertions": True, "encryptNameId": name_id, "encryptionAlgorithm": algorithm, "sign": sign}
    world = World(server, api, key, **choices)

    document, received = world.sign_on()

    assert (received.name_id, received.attributes) == (world.user["email"], {"env": ["prod-east"]})
    schema_accepts(document, "protocol")
    assert world.user["email"].encode() not in document and b"prod-east" not in document
    if sign != "ASSERTION":
        signxml_verifies(document, "Response", certificate)
    plain = opened(parse(document).xpath("//saml:EncryptedAssertion/xenc:EncryptedData", namespaces=XENC)[0], key)
    # It stands on its own: parsed without anything around it, its signature holds.
    if sign != "RESPONSE":
        signxml_verifies(plain, "Assertion", certificate)
    subject = parse(plain).find(f"{{{SAML}}}Subject")
    if name_id:
        plain = opened(subject.xpath("saml:EncryptedID/xenc:EncryptedData", namespaces=XENC)[0], key)
        assert parse(plain).text == world.user["email"]
    else:
        assert subject.findtext(f"{{{SAML}}}NameID") == world.user["email"]


def test_sha_256_for_the_key_is_opened_by_who_knows_it(server, api, key):
    # The xmlsec1 of pysaml2 does not, so the other decrypter judges alone.
    world = World(server, api, key, encryptAssertions=True, keyTransportAlgorithm="RSA-OAEP-SHA256")
    browser = Browser(server.url)
    form = browser.sign_in(browser.open(f"/saml/start/{world.app['slug']}"), world.user["username"]).saml_form()
    document = base64.b64decode(form.saml_response)
    plain = opened(parse(document).xpath("//xenc:EncryptedData", namespaces=XENC)[0], key)
    assert parse(plain).findtext(f"{{{SAML}}}Subject/{{{SAML}}}NameID") == world.user["email"]


def test_an_encrypted_persistent_name_id_is_the_same_each_time(server, api, key):
    world = World(server, api, key, encryptAssertions=True, encryptNameId=True)
    seen = {world.sign_on(nameid_format=NAMEID_FORMAT_PERSISTENT)[1].name_id for _ in range(2)}
    assert len(seen) == 1


def test_a_failure_is_told_in_clear(server, api, key):
    # There is no assertion that could be encrypted, and nothing about anybody.
    world = World(server, api, key, encryptAssertions=True)
    request_id, info = world.sp.request(BINDING_HTTP_REDIRECT, is_passive="true")
    document = base64.b64decode(Browser(server.url).follow(info).saml_form().saml_response)
    assert b"Encrypted" not in document
    schema_accepts(document, "protocol")


def test_nothing_of_it_is_in_the_log(server, api, key):
    world = World(server, api, key, encryptAssertions=True, encryptNameId=True)
    world.sign_on()
    log = server.process.output()
    assert world.user["email"] not in log and "EncryptedAssertion" not in log and "<saml:" not in log


# --- The section Encryption of the tab SSO --------------------------------------------------------------


def test_encryption_is_switched_on_on_the_page(console, server, api, key):
    app = api.connector("paper")
    application(console, app["name"], "SSO")
    console.tick("Encrypt the assertion")
    console.click("Save")
    console.sees("No certificate is registered that can be encrypted with.")
    assert api.get(f"/connectors/{app['id']}")["encryptAssertions"] is False

    console.click("Add certificate")
    console.fill("Certificate (PEM)", key.certificate)
    console.choose("Used for", "Encryption")
    console.choose("Encryption algorithm", "AES-128-GCM")
    console.click("Save")
    console.sees("Application Successfully Updated")
    saved = api.get(f"/connectors/{app['id']}")
    assert (saved["encryptAssertions"], saved["encryptNameId"]) == (True, False)
    assert (saved["encryptionAlgorithm"], saved["keyTransportAlgorithm"]) == ("AES-128-GCM", "RSA-OAEP")
    console.picture("sso-encryption")
    console.must_be_accessible("encryption")


def test_who_may_only_look_is_told(chromium, server, api, key):
    app = api.connector("seen", spCertificates=[key.certificate], encryptAssertions=True)
    chromium.sign_in(*make_admin(server, "looker", "read-only"))
    chromium.open(f"/admin/connectors/{app['id']}/sso")
    chromium.sees("AES-256-GCM, RSA-OAEP")
