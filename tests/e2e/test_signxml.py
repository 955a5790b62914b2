"""Other people's verifiers accept every signature, refuse every change, and the OASIS schemas hold."""

import base64

import pytest
import requests
from cryptography import x509
from signxml.exceptions import InvalidInput, InvalidSignature

from support.api import constant_mapping, mapping, text
from support.judges import (
    NAMESPACES,
    certificate_of,
    parse,
    schema_accepts,
    signed_parts,
    signxml_verifies,
    xmlsec1_verifies,
)
from support.messages import authn_request, redirect_query

PARTS = {"ASSERTION": ["Assertion"], "RESPONSE": ["Response"], "BOTH": ["Response", "Assertion"]}
# What a value must not be able to do: end its element, look like markup, lose or gain a character.
HOSTILE = [
    '</saml:AttributeValue></saml:Attribute><saml:Attribute Name="Role"><saml:AttributeValue>admin',
    "R&D <tag> \"double\" 'single' &amp; &#13; ]]> <!-- no comment --> <![CDATA[text]]>",
    "line\nbreak\ttab\rreturn",
    "  blanks around  ",
    "emoji \U0001f600, last \U0010fffd, next line \u0085, separator \u2028",
]


@pytest.fixture(scope="module")
def metadata(server) -> bytes:
    answer = requests.get(f"{server.url}/saml/metadata", timeout=30)
    assert answer.headers["Content-Type"].split(";")[0] == "application/samlmetadata+xml"
    return answer.content


@pytest.fixture(scope="module")
def certificate(metadata) -> str:
    return certificate_of(metadata)


def response(api, browser, mappings, attributes=(), **connector) -> bytes:
    """The Response of a sign-on to a new connector, by a new member of a group with these attributes."""
    app = api.connector("app", attributeMappings=mappings, **connector)
    user = api.user("uma", [api.group("group", attributes, [app])])
    page = browser.sign_in(browser.open(f"/saml/start/{app['slug']}"), user["username"])
    return base64.b64decode(page.saml_form().saml_response)


@pytest.mark.parametrize("algorithm", ["RSA-SHA256", "RSA-SHA384", "RSA-SHA512"])
@pytest.mark.parametrize("sign", PARTS)
def test_both_verifiers_accept_what_is_signed(api, browser, certificate, sign, algorithm):
    document = response(api, browser, [constant_mapping("env", "prod")], sign=sign, signatureAlgorithm=algorithm)
    assert signed_parts(document) == PARTS[sign]
    for part in PARTS[sign]:
        xmlsec1_verifies(document, part, certificate)
        signed = signxml_verifies(document, part, certificate)
        assert signed.xpath(".//saml:AttributeValue/text()", namespaces=NAMESPACES) == ["prod"]
    schema_accepts(document, "protocol")


@pytest.mark.parametrize("sign", PARTS)
def test_both_verifiers_refuse_a_changed_value(api, browser, certificate, sign):
    document = response(api, browser, [constant_mapping("env", "prod")], sign=sign)
    changed = document.replace(b">prod<", b">test<")
    assert changed != document
    for part in PARTS[sign]:
        with pytest.raises(AssertionError):
            xmlsec1_verifies(changed, part, certificate)
        with pytest.raises((InvalidSignature, InvalidInput)):
            signxml_verifies(changed, part, certificate)


def test_b7_hostile_values_arrive_unchanged(api, browser, certificate):
    attributes = [text(f"value{n}", value) for n, value in enumerate(HOSTILE)]
    mappings = [mapping(a["name"], a["name"]) for a in attributes]
    document = response(api, browser, mappings, attributes, sign="BOTH")

    for part in PARTS["BOTH"]:
        xmlsec1_verifies(document, part, certificate)
    schema_accepts(document, "protocol")
    signed = signxml_verifies(document, "Assertion", certificate)
    names = signed.xpath(".//saml:Attribute/@Name", namespaces=NAMESPACES)
    assert names == [a["name"] for a in attributes]
    values = [value.text for value in signed.iterfind(".//saml:AttributeValue", NAMESPACES)]
    assert values == HOSTILE


def test_without_a_value_there_is_no_attribute_statement(api, browser, certificate):
    # An AttributeStatement without an Attribute is not valid.
    document = response(api, browser, [mapping("missing", "nowhere")])
    assert not parse(document).xpath("//saml:AttributeStatement", namespaces=NAMESPACES)
    xmlsec1_verifies(document, "Assertion", certificate)
    schema_accepts(document, "protocol")


@pytest.mark.parametrize(
    ("name_format", "uri"),
    [
        (None, "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"),
        ("URI", "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"),
        ("UNSPECIFIED", "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified"),
    ],
)
def test_the_name_format_is_the_mappings(api, browser, name_format, uri):
    one = constant_mapping("urn:oid:2.5.4.11", "prod") | ({"nameFormat": name_format} if name_format else {})
    document = response(api, browser, [one])
    assert parse(document).xpath("//saml:Attribute/@NameFormat", namespaces=NAMESPACES) == [uri]
    schema_accepts(document, "protocol")


def test_the_metadata_is_valid_and_names_the_active_key(server, api, metadata, certificate):
    schema_accepts(metadata, "metadata")
    root = parse(metadata)
    assert root.get("entityID") == f"{server.url}/saml/metadata"
    (role,) = root.xpath("md:IDPSSODescriptor", namespaces=NAMESPACES)
    assert role.get("WantAuthnRequestsSigned", "false") == "false"
    for service, paths in (
        ("SingleSignOnService", {"HTTP-Redirect": "/saml/sso", "HTTP-POST": "/saml/sso", "SOAP": "/saml/ecp"}),
        ("SingleLogoutService", {"HTTP-Redirect": "/saml/slo", "HTTP-POST": "/saml/slo"}),
        ("ArtifactResolutionService", {"SOAP": "/saml/artifact"}),
    ):
        endpoints = {
            endpoint.get("Binding").rsplit(":", 1)[1]: endpoint.get("Location")
            for endpoint in role.iterfind(f"md:{service}", NAMESPACES)
        }
        assert endpoints == {binding: server.url + path for binding, path in paths.items()}

    (active,) = [key for key in api.get("/keys")["items"] if key["state"] == "ACTIVE"]
    assert active["certificate"].split() == certificate.split()
    assert "PRIVATE" not in str(active)


def test_the_metadata_as_one_connector_sees_it_is_the_same_identity_provider(server, api, certificate):
    app = api.connector("seen")
    document = requests.get(f"{server.url}/saml/metadata/{app['slug']}", timeout=30).content
    schema_accepts(document, "metadata")
    assert parse(document).get("entityID") == f"{server.url}/saml/metadata"
    assert certificate_of(document).split() == certificate.split()


@pytest.mark.parametrize("of", ["", "/{slug}"], ids=["everybody's", "a connector's"])
def test_the_metadata_is_signed_where_that_is_wanted(server, api, certificate, of):
    app = api.connector("wary")
    api.patch("/settings", {"organisationName": "R&D <Söhne>", "contactEmail": "help@example.com"})
    address = f"{server.url}/saml/metadata{of.format(slug=app['slug'])}"
    document = requests.get(f"{address}?signed=true", timeout=30).content
    schema_accepts(document, "metadata")
    xmlsec1_verifies(document, "EntityDescriptor", certificate)
    signed = signxml_verifies(document, "EntityDescriptor", certificate)
    name = signed.xpath("md:Organization/md:OrganizationName/text()", namespaces=NAMESPACES)
    contact = signed.xpath("md:ContactPerson/md:EmailAddress/text()", namespaces=NAMESPACES)
    assert (name, contact) == (["R&D <Söhne>"], ["mailto:help@example.com"])
    # It holds as long as the certificate that signs.
    runs_out = x509.load_pem_x509_certificate(certificate.encode()).not_valid_after_utc
    assert signed.get("validUntil")[:19] == runs_out.strftime("%Y-%m-%dT%H:%M:%S")
    with pytest.raises((InvalidSignature, InvalidInput)):
        signxml_verifies(document.replace(b"HTTP-POST", b"HTTP-PAST"), "EntityDescriptor", certificate)
    assert signed_parts(requests.get(address, timeout=30).content) == []


def test_an_error_response_is_valid_and_holds_no_assertion(api, browser):
    app = api.connector("passive")
    page = browser.open("/saml/sso?" + redirect_query(authn_request(app, attributes='IsPassive="true"')))
    document = base64.b64decode(page.saml_form().saml_response)
    schema_accepts(document, "protocol")
    root = parse(document)
    codes = root.xpath("//samlp:StatusCode/@Value", namespaces=NAMESPACES)
    assert codes[1:] == ["urn:oasis:names:tc:SAML:2.0:status:NoPassive"]
    assert not root.xpath("//saml:Assertion", namespaces=NAMESPACES)
