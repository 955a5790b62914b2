"""Metadata of service providers as people bring it: an update shown as a difference and approved, one of a federation's
thousands picked, attributes offered, certificates that end. With script and without."""

import base64
import datetime
import pathlib
import subprocess

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from conftest import make_admin
from support.api import Api, unique
from support.chromium import NARROW, WIDE, Chromium
from support.process import Server, binary, environment

NAMESPACES = 'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui" xmlns:mdattr="urn:oasis:names:tc:SAML:metadata:attribute" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'
PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
HOSTILE = '&lt;img src="https://tracker.example.com/x.png" onerror="alert(1)"&gt;'
MAIL = '<md:RequestedAttribute Name="urn:oid:0.9.2342.19200300.100.1.3" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri" FriendlyName="mail" isRequired="true"/>'
MIB = 1024 * 1024


def certificate(days: int) -> str:
    """In base64, ending in so many days."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sp.example.com")])
    now = datetime.datetime.now(datetime.timezone.utc)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
    built = built.not_valid_before(now - datetime.timedelta(days=900)).not_valid_after(now + datetime.timedelta(days=days, minutes=5))
    return base64.b64encode(built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)).decode()


def key(pem: str, use: str = "signing") -> str:
    return f'<md:KeyDescriptor use="{use}"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{pem}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>'


def acs(url: str, index: int) -> str:
    return f'<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{url}" index="{index}"/>'


def named(name: str) -> str:
    return f'<md:Extensions><mdui:UIInfo><mdui:DisplayName xml:lang="en">{name}</mdui:DisplayName><mdui:Logo height="16" width="16">https://tracker.example.com/logo.png</mdui:Logo></mdui:UIInfo></md:Extensions>'


def entity(identity: str, role: str, namespaces: str = NAMESPACES) -> str:
    return f'<md:EntityDescriptor {namespaces} entityID="{identity}"><md:SPSSODescriptor protocolSupportEnumeration="{PROTOCOL}">{role}</md:SPSSODescriptor></md:EntityDescriptor>'


@pytest.fixture
def sp(api):
    """An application that was added by its metadata."""
    name = unique("meta")
    identity = f"https://{name}.example.com/metadata"
    old = entity(identity, key(certificate(7)) + acs(f"https://{name}.example.com/acs", 1))
    made = api.post("/connectors", {"name": name, "metadataXml": old})
    return made | {"identity": identity}


def newer(sp: dict) -> str:
    host = sp["identity"].removesuffix("/metadata")
    asked = f'<md:AttributeConsumingService index="0"><md:ServiceName xml:lang="en">x</md:ServiceName>{MAIL}</md:AttributeConsumingService>'
    return entity(sp["identity"], named(HOSTILE) + key(certificate(900)) + acs(f"{host}/acs", 2) + acs(f"{host}/acs/second", 3) + asked)


def compare(browser, sp: dict, folder: pathlib.Path, xml: str):
    file = folder / "sp.xml"
    file.write_text(xml)
    browser.open(f"/admin/connectors/{sp['id']}/metadata")
    browser.field("Metadata file").send_keys(str(file))
    browser.click("Show the difference")
    browser.sees("The difference", "#difference")


def test_new_metadata_is_shown_as_a_difference_and_applied_by_approval(console, api, sp, tmp_path):
    console.open("/admin/connectors")
    console.sees("Certificate: 7 days left")
    compare(console, sp, tmp_path, newer(sp))
    console.sees("What changes in the application")
    console.sees("index 2")
    console.sees("ends ")
    assert api.get(f"/connectors/{sp['id']}")["acsUrls"] == sp["acsUrls"], "nothing is changed by looking"
    console.must_be_accessible()
    for width in (NARROW, WIDE):
        console.width(width)
        console.must_fit()
    console.picture("metadata-difference")
    console.click("Approve this difference")
    console.sees("Application Updated from Its Metadata")
    stored = api.get(f"/connectors/{sp['id']}")
    assert [one["index"] for one in stored["acsUrls"]] == [2, 3]
    assert stored["name"] == sp["name"], "the name is taken by choice only"
    console.sees("What its metadata says")
    console.must_be_accessible()
    for width in (NARROW, WIDE):
        console.width(width)
        console.must_fit()
    console.picture("metadata-said")
    # NO-CALL-OUT: the browser opened nothing of what a stranger wrote.
    opened = console.driver.execute_script("return performance.getEntriesByType('resource').map(one => one.name)")
    assert [one for one in opened if "tracker" in one] == []


def test_a_requested_attribute_is_offered_and_its_source_is_chosen(console, api, sp, tmp_path):
    compare(console, sp, tmp_path, newer(sp))
    console.click("Approve this difference")
    console.click("Choose where their values come from")
    console.sees("Its metadata asks for", "#attributes")
    console.must_be_accessible()
    for width in (NARROW, WIDE):
        console.width(width)
        console.must_fit()
    console.picture("metadata-offers")
    console.click("Add a row for urn:oid:0.9.2342.19200300.100.1.3")
    console.find("#attribute-0")
    assert console.all("#offers") == [], "it is offered once"
    console.choose("Vestibule Attribute Name", "Email", within="#attribute-0")
    console.click("Save")
    console.sees("Application Successfully Updated")
    (row,) = api.get(f"/connectors/{sp['id']}")["attributeMappings"]
    assert row == {"spAttributeName": "urn:oid:0.9.2342.19200300.100.1.3", "nameFormat": "URI", "source": {"type": "USER_FIELD", "field": "email"}}


def test_all_of_it_without_a_script(scriptless, admin, api, sp, tmp_path):
    scriptless.sign_in(*admin)
    compare(scriptless, sp, tmp_path, newer(sp))
    scriptless.click("Approve this difference")
    scriptless.sees("Application Updated from Its Metadata")
    assert len(api.get(f"/connectors/{sp['id']}")["acsUrls"]) == 2
    scriptless.open("/admin/connectors/new")
    scriptless.find("a[href='/admin/connectors/aggregate']").click()
    federation = tmp_path / "federation.xml"
    name = unique("one of many")
    write_federation(federation, 60, name)
    scriptless.fill("Search for", f"{name} 17")
    scriptless.field("Metadata file").send_keys(str(federation))
    scriptless.click("Search", within="main")
    scriptless.sees("1 service provider found")
    scriptless.click(f"Pick https://{name.replace(' ', '-')}-17.example.com")
    assert scriptless.field("Name").get_attribute("value") == f"{name} 17"
    scriptless.click("Add the application")
    scriptless.sees("Application Successfully Created")
    (made,) = api.get(f"/connectors?name={name} 17")["items"]
    assert made["spEntityId"] == f"https://{name.replace(' ', '-')}-17.example.com"


def write_federation(path: pathlib.Path, entities: int, name: str, padding: int = 0) -> int:
    """As federations publish theirs: groups in groups, each entity with certificates and texts."""
    pem = certificate(900)
    identity = name.replace(" ", "-")
    with path.open("w") as file:
        file.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<md:EntitiesDescriptor {NAMESPACES} Name="urn:federation"><md:EntitiesDescriptor>\n')
        for number in range(entities):
            if number == entities // 2:
                file.write("</md:EntitiesDescriptor><md:EntitiesDescriptor>\n")
            role = named(f"{name} {number}") + key(pem) + key(pem, "encryption") + acs(f"https://{identity}-{number}.example.com/acs", 1)
            file.write(entity(f"https://{identity}-{number}.example.com", role, "").replace("</md:EntityDescriptor>", f"<!--{'x' * padding}--></md:EntityDescriptor>\n"))
        file.write("</md:EntitiesDescriptor></md:EntitiesDescriptor>\n")
    return path.stat().st_size


def peak(server) -> int:
    """The most memory that the server ever held, in octets."""
    status = pathlib.Path(f"/proc/{server.process._child.pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024


def test_an_aggregate_of_thousands_is_searched_in_little_memory(console, api, server, token, tmp_path):
    federation = tmp_path / "federation.xml"
    name = unique("member")
    size = write_federation(federation, 6_000, name, padding=9_000)
    assert size > 50 * MIB
    before = peak(server)
    with federation.open("rb") as file:
        answer = requests.post(
            f"{server.url}/api/v1/metadata-aggregates?q={name} 4321",
            data=file,
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/samlmetadata+xml"},
            timeout=300,
        )
    assert answer.status_code == 200, answer.text
    (found,) = answer.json()["items"]
    assert found["name"] == f"{name} 4321" and found["certificates"] == 1
    grown = peak(server) - before
    print(f"{size / MIB:.0f} MiB read in {grown / MIB:.1f} MiB more")
    assert grown < 24 * MIB, f"{grown / MIB:.1f} MiB more for a file of {size / MIB:.0f} MiB"
    made = api.post("/connectors", {"metadataXml": found["metadataXml"]})
    assert made["name"] == f"{name} 4321"

    console.open("/admin/connectors/aggregate")
    console.must_be_accessible()
    console.fill("Search for", f"{name} 432")
    console.field("Metadata file").send_keys(str(federation))
    console.click("Search", within="main")
    console.sees("11 service providers found")
    console.sees("Is an application already")
    console.must_be_accessible()
    for width in (NARROW, WIDE):
        console.width(width)
        console.must_fit()
    console.picture("metadata-aggregate")
    console.open("/admin/connectors/new")
    console.must_be_accessible()
    console.picture("metadata-catalogue")


def test_an_address_is_offered_where_the_operator_allows_a_host(tmp_path_factory, tmp_path):
    running = Server(tmp_path_factory.mktemp("fetching"), {"VESTIBULE_METADATA_HOSTS": "sp.example.com, federation.example.org:8443"})
    browser = Chromium(tmp_path / "profile", running.url)
    try:
        browser.sign_in(*make_admin(running, "root", "administrator"))
        app = Api(running.url, running.token("manager")).post("/connectors", {"name": "Wiki", "metadataXml": entity("https://sp.example.com", acs("https://sp.example.com/acs", 1))})
        browser.open(f"/admin/connectors/{app['id']}/metadata")
        browser.fill("Address of the metadata", "https://evil.example.net/metadata")
        browser.click("Fetch and show the difference", within="#fetch")
        browser.sees("Metadata may not be fetched from evil.example.net.", "#metadata-url-fault")
        browser.must_be_accessible()
        for width in (NARROW, WIDE):
            browser.width(width)
            browser.must_fit()
        browser.picture("metadata-address")
        browser.must_be_clean()
    finally:
        browser.quit()
        running.stop()
    refused = subprocess.run([binary(), "migrate"], cwd=tmp_path, env=environment(running.settings | {"VESTIBULE_METADATA_HOSTS": "10.0.0.1"}), capture_output=True, text=True, timeout=60)
    assert refused.returncode == 1 and "names of hosts" in refused.stderr


def test_one_of_a_federation_is_imported_on_the_command_line(server, api, tmp_path):
    federation = tmp_path / "federation.xml"
    name = unique("terminal")
    write_federation(federation, 30, name)
    found = server.command("connectors", "find", str(federation), f"{name} 2")
    assert found.returncode == 0, found.stderr
    assert f"https://{name}-2.example.com\t{name} 2\n" in found.stdout and found.stdout.count("\n") == 11
    several = server.command("connectors", "import", str(federation))
    assert several.returncode == 1 and "--entity-id" in several.stderr
    done = server.command("connectors", "import", str(federation), "--entity-id", f"https://{name}-7.example.com")
    assert done.returncode == 0, done.stderr
    assert api.get(f"/connectors/{done.stdout.strip()}")["name"] == f"{name} 7"
    again = server.command("connectors", "import", str(federation), "--entity-id", f"https://{name}-7.example.com")
    assert again.returncode == 1 and "taken" in again.stderr
