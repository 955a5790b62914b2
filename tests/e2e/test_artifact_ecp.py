"""Responses that do not travel through a form: pysaml2 fetches them by HTTP-Artifact (SAML Bindings 3.6,
Profiles 5), and is its own client by ECP (SAML Profiles 4.2)."""

import base64
import urllib.parse

import pytest
import requests
from lxml import etree
from saml2 import BINDING_HTTP_ARTIFACT, BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.ecp_client import Client as EcpClient

from support import judges
from support.api import PASSWORD, field_mapping
from support.browser import Browser
from support.service_provider import ServiceProvider, SigningKey

POST, ARTIFACT, PAOS = "https://wiki.example/acs", "https://wiki.example/artifact?app=7", "https://wiki.example/paos"
SOAP = {"S": "http://schemas.xmlsoap.org/soap/envelope/", "samlp": judges.SAMLP}
ENDPOINTS = [
    {"url": POST, "binding": "HTTP-POST", "index": 0, "isDefault": True},
    {"url": ARTIFACT, "binding": "HTTP-ARTIFACT", "index": 1},
    {"url": PAOS, "binding": "PAOS", "index": 2},
]


class World:
    """An application with all three kinds of endpoint, and Jason, who may open it."""

    def __init__(self, server, api, key, **connector):
        self.server, self.api = server, api
        self.connector = api.connector(
            "wiki",
            **{
                "acsUrls": ENDPOINTS,
                "spCertificates": [key.certificate],
                "attributeMappings": [field_mapping("mail", "email")],
            }
            | connector,
        )
        self.group = api.group("Team", [], [self.connector])
        self.jason = api.user("jason", [self.group])
        self.sp = ServiceProvider(server.url, self.connector, key)

    def artifact(self, browser: Browser, relay_state: str = "/deep?x=ä b") -> tuple[str, str]:
        """Signs on; gives the request's ID and the artifact that the browser was sent away with."""
        request_id, info = self.sp.request(
            BINDING_HTTP_REDIRECT, relay_state, response_binding=BINDING_HTTP_ARTIFACT
        )
        page = browser.follow(info)
        if page.asks_for_password:
            page = browser.sign_in(page, self.jason["username"])
        address, _, query = page.left_for.partition("?app=7&")
        assert address == "https://wiki.example/artifact"
        fields = urllib.parse.parse_qs(query, strict_parsing=True)
        assert fields["RelayState"] == [relay_state]
        return request_id, fields["SAMLart"][0]


@pytest.fixture
def key(tmp_path) -> SigningKey:
    return SigningKey(tmp_path, "sp")


@pytest.fixture
def world(server, api, key) -> World:
    return World(server, api, key)


def response_in(envelope: bytes) -> bytes | None:
    found = judges.parse(envelope).xpath("/S:Envelope/S:Body/samlp:ArtifactResponse/samlp:Response", namespaces=SOAP)
    return etree.tostring(found[0]) if found else None


def test_an_artifact_is_worth_the_response_once(world, browser):
    request_id, artifact = world.artifact(browser)

    answer = world.sp.resolve(artifact)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/xml")
    of_answer = judges.parse(answer.content).xpath("/S:Envelope/S:Body/samlp:ArtifactResponse", namespaces=SOAP)
    document = etree.tostring(of_answer[0])
    judges.schema_accepts(document, "protocol")
    metadata = requests.get(f"{world.server.url}/saml/metadata", timeout=30).content
    judges.signxml_verifies(document, "ArtifactResponse", judges.certificate_of(metadata))
    received = world.sp.receive_by(BINDING_HTTP_ARTIFACT, response_in(answer.content), request_id)
    assert received.attributes == {"mail": [world.jason["email"]]}

    # SAML Bindings 3.6.5.2: one use. SAML Core 3.5.3: success, and nothing in it.
    again = world.sp.resolve(artifact)
    assert again.status_code == 200 and "status:Success" in again.text
    assert response_in(again.content) is None


def test_a_failure_travels_the_same_way(world, browser):
    request_id, info = world.sp.request(
        BINDING_HTTP_REDIRECT, response_binding=BINDING_HTTP_ARTIFACT, is_passive="true"
    )
    query = urllib.parse.urlsplit(browser.follow(info).left_for).query
    (artifact,) = urllib.parse.parse_qs(query)["SAMLart"]
    assert b"status:NoPassive" in response_in(world.sp.resolve(artifact).content)


def test_only_the_service_provider_it_was_issued_to_gets_it(world, browser, api, tmp_path):
    _, artifact = world.artifact(browser)
    thief_key = SigningKey(tmp_path, "thief")
    thief = api.connector("thief", acsUrls=ENDPOINTS, spCertificates=[thief_key.certificate])
    stolen = ServiceProvider(world.server.url, thief, thief_key).resolve(artifact)
    assert stolen.status_code == 200 and response_in(stolen.content) is None

    # Somebody else's signature, and none at all.
    other = ServiceProvider(world.server.url, world.connector, thief_key).resolve(artifact)
    assert other.status_code == 403 and "fits none of the certificates" in other.text
    unsigned = world.sp.resolve(artifact, sign=False)
    assert unsigned.status_code == 403 and "has to sign" in unsigned.text

    # None of it used the artifact up.
    assert response_in(world.sp.resolve(artifact).content) is not None


def test_without_a_certificate_nothing_waits(server, api, browser, key):
    world = World(server, api, key, spCertificates=[])
    assert "/acsUrls/1/binding" in [warning["pointer"] for warning in world.connector["warnings"]]
    unsigned = ServiceProvider(server.url, world.connector)
    _, info = unsigned.request(BINDING_HTTP_REDIRECT, response_binding=BINDING_HTTP_ARTIFACT)
    page = browser.follow(info)
    assert page.status == 400 and "is not registered" in page.html


def post_ecp(world, envelope: str, username: str, password: str = PASSWORD):
    # The client takes off the header blocks that the service provider wrote for it (SAML Profiles 4.2.4.2).
    body = judges.parse(envelope.encode())
    for header in body.xpath("/S:Envelope/S:Header", namespaces=SOAP):
        body.remove(header)
    return requests.post(
        f"{world.server.url}/saml/ecp",
        data=etree.tostring(body),
        auth=(username, password),
        headers={"Content-Type": "text/xml"},
        timeout=30,
    )


def test_a_client_without_a_browser_signs_on(world):
    request_id, envelope = world.sp.ecp_request()
    answer = post_ecp(world, envelope, world.jason["username"])
    assert answer.status_code == 200
    (response,) = judges.parse(answer.content).xpath("/S:Envelope/S:Body/samlp:Response", namespaces=SOAP)
    judges.schema_accepts(etree.tostring(response), "protocol")
    # It cannot read what comes by PAOS; what is in it is the same as in a form for that address.
    form_of_it = world.connector | {"acsUrls": [{"url": PAOS, "binding": "HTTP-POST"}]}
    reader = ServiceProvider(world.server.url, form_of_it)
    received = reader.receive_by(BINDING_HTTP_POST, etree.tostring(response), request_id)
    assert received.attributes == {"mail": [world.jason["email"]]}


def test_pysaml2s_own_client_gets_through(world):
    """It compares the URL in our header block with the one that the service provider named."""
    _, envelope = world.sp.ecp_request()
    client = EcpClient(
        world.jason["username"], PASSWORD, metadata_file=None, xmlsec_binary="/usr/bin/xmlsec1"
    )
    client.metadata = world.sp.metadata
    client.auth = (world.jason["username"], PASSWORD)
    parsed = client.parse_sp_ecp_response(client.parse_soap_message(envelope))
    response = client.phase2(
        parsed["authn_request"],
        parsed["rc_url"],
        world.sp.idp,
        headers=[("Authorization", requests.auth._basic_auth_str(world.jason["username"], PASSWORD))],
    )
    assert response.status.status_code.value.endswith("status:Success")


def test_credentials_are_braked_and_told_apart_by_nobody(world):
    _, envelope = world.sp.ecp_request()
    without = requests.post(f"{world.server.url}/saml/ecp", data=envelope, timeout=30)
    assert without.status_code == 401
    assert without.headers["WWW-Authenticate"].startswith("Basic ")
    wrong = post_ecp(world, envelope, world.jason["username"], "wrong password")
    unknown = post_ecp(world, envelope, "nobody", "wrong password")
    assert (wrong.status_code, wrong.content) == (unknown.status_code, unknown.content)
    assert wrong.status_code == 401
    for _ in range(5):
        last = post_ecp(world, envelope, world.jason["username"], "wrong password")
    assert last.status_code == 429 and int(last.headers["Retry-After"]) > 0
    # Even the right one has to wait.
    assert post_ecp(world, envelope, world.jason["username"]).status_code == 429


def test_who_may_not_open_it_is_refused_to_the_service_provider(world):
    world.api.delete(f"/groups/{world.group['id']}/members/{world.jason['id']}")
    _, envelope = world.sp.ecp_request()
    answer = post_ecp(world, envelope, world.jason["username"])
    assert answer.status_code == 200 and "status:RequestDenied" in answer.text


@pytest.mark.parametrize("who", ["connector", "group"])
def test_where_a_second_factor_is_required_a_password_alone_is_refused(world, who):
    """SAML Core 3.2.2.2: AuthnFailed, since nobody can be asked for a code here."""
    strict = {"connector": f"/connectors/{world.connector['id']}", "group": f"/groups/{world.group['id']}"}[who]
    world.api.patch(strict, {"requireMfa": True})
    _, envelope = world.sp.ecp_request()
    answer = post_ecp(world, envelope, world.jason["username"])
    assert answer.status_code == 200
    (response,) = judges.parse(answer.content).xpath("/S:Envelope/S:Body/samlp:Response", namespaces=SOAP)
    judges.schema_accepts(etree.tostring(response), "protocol")
    assert "status:Responder" in answer.text and "status:AuthnFailed" in answer.text
    assert b"Assertion" not in etree.tostring(response)
    # A wrong password learns nothing of it.
    assert post_ecp(world, envelope, world.jason["username"], "wrong password").status_code == 401


def test_an_administrator_is_no_user(world, admin):
    _, envelope = world.sp.ecp_request()
    assert post_ecp(world, envelope, *admin).status_code == 401


def test_a_request_for_a_browser_is_not_answered_to_a_client(world):
    _, info = world.sp.request(BINDING_HTTP_POST)
    message = info["data"].split('name="SAMLRequest" value="')[1].split('"')[0]
    request = etree.tostring(judges.parse(base64.b64decode(message))).decode()
    envelope = f'<S:Envelope xmlns:S="{SOAP["S"]}"><S:Body>{request}</S:Body></S:Envelope>'
    answer = post_ecp(world, envelope, world.jason["username"])
    assert answer.status_code == 403 and "Fault" in answer.text


@pytest.mark.parametrize("path", ["artifact", "ecp"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<x/>",
        b"<!DOCTYPE x><x/>",
        b'<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body/></S:Envelope>',
        b"\xff\xfe",
        b"<a>" * 5000,
    ],
)
def test_whatever_else_comes_in_is_a_fault_of_the_client(world, path, body):
    answer = requests.post(f"{world.server.url}/saml/{path}", data=body, auth=("x", "y"), timeout=30)
    assert answer.status_code == 403 and "S:Client" in answer.text
