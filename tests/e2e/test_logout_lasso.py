"""Single logout with lasso, another implementation by others: both directions, both bindings, metadata as it sends it."""

import base64
import json
import pathlib
import subprocess
import zlib
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from support.browser import Browser
from support.service_provider import SigningKey

BINDINGS = pytest.mark.parametrize("binding", ["redirect", "post"])
LASSO = pathlib.Path(__file__).parent / "support" / "lasso_side.py"
# Schema order, a SOAP endpoint listed first, and another place for answers.
METADATA = """<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{entity}">
<SPSSODescriptor AuthnRequestsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
<SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" Location="{site}/soap"/>
<SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:{slo}" Location="{site}/slo" ResponseLocation="{site}/slo/done"/>
<NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:{name_id}</NameIDFormat>
<AssertionConsumerService index="0" isDefault="true" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{site}/acs"/>
</SPSSODescriptor></EntityDescriptor>"""


class LassoSite:
    """A service provider of lasso with its connector; a browser carries what the two say to each other."""

    def __init__(self, server, api, folder: pathlib.Path, name: str, binding: str, name_id: str = "persistent"):
        self.site = f"https://{name}-{folder.name}.example.com"
        key = SigningKey(folder, name)
        metadata = METADATA.format(
            entity=f"{self.site}/metadata",
            site=self.site,
            slo={"redirect": "HTTP-Redirect", "post": "HTTP-POST"}[binding],
            name_id=name_id,
            certificate="".join(key.certificate.splitlines()[1:-1]),
        )
        sp_metadata, idp_metadata = folder / f"{name}.xml", folder / f"{name}-idp.xml"
        sp_metadata.write_text(metadata)
        idp_metadata.write_text(requests.get(f"{server.url}/saml/metadata", timeout=30).text)
        format_uri = f"urn:oasis:names:tc:SAML:2.0:nameid-format:{name_id}"
        self.connector = api.post(
            "/connectors", {"name": f"{name}-{folder.name}", "metadataXml": metadata, "nameId": {"source": "email", "format": format_uri}}
        )
        self._side = subprocess.Popen(
            ["/usr/bin/python3", LASSO, sp_metadata, key.key_file, key.cert_file, idp_metadata],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )

    def __call__(self, do: str, **values: str) -> dict:
        self._side.stdin.write(json.dumps({"do": do} | values) + "\n")
        self._side.stdin.flush()
        answer = json.loads(self._side.stdout.readline())
        assert "error" not in answer, answer
        return answer

    def stop(self):
        self._side.stdin.close()
        self._side.wait(10)

    def sign_on(self, browser: Browser):
        form = browser.open(f"/saml/start/{self.connector['slug']}").saml_form()
        self("sign_on", response=form.saml_response)


@pytest.fixture
def site(server, api, tmp_path):
    """Makes sites, and stops them."""
    running = []

    def make(name: str, binding: str, **how) -> LassoSite:
        running.append(LassoSite(server, api, tmp_path, name, binding, **how))
        return running[-1]

    yield make
    for one in running:
        one.stop()


def carry(browser: Browser, message: dict, field: str):
    """Brings a message of lasso to us, and stops where we send the browser away."""
    if message["body"] is None:
        return browser.knock(message["url"])
    fields = {field: message["body"]} | ({"RelayState": message["relay_state"]} if message["relay_state"] else {})
    return browser.knock(message["url"], fields)


def sent_to(browser: Browser, answer, field: str) -> tuple[str, str]:
    """Where a message of ours goes, and the message as lasso takes it."""
    if answer.is_redirect:
        target = urlsplit(answer.headers["Location"])
        return f"{target.scheme}://{target.netloc}{target.path}", target.query
    action, fields = browser.page(answer).message_form()
    return action, fields[field]


def xml_of(message: str) -> str:
    """The document in a query or in a form field."""
    if "SAMLResponse=" not in message:
        return base64.b64decode(message).decode()
    return zlib.decompress(base64.b64decode(parse_qs(message)["SAMLResponse"][0]), -15).decode()


def signed_on(server, api, *sites: LassoSite) -> Browser:
    group = api.group("Team", [], [one.connector for one in sites])
    user = api.user("jason", [group])
    browser = Browser(server.url)
    browser.sign_in(browser.open("/login"), user["username"])
    for one in sites:
        one.sign_on(browser)
    return browser


@BINDINGS
@pytest.mark.parametrize("name_id", ["persistent", "transient"])
def test_lasso_signs_out_and_another_is_told(server, api, site, binding, name_id):
    wiki, pay = site("wiki", binding, name_id=name_id), site("pay", binding, name_id=name_id)
    browser = signed_on(server, api, wiki, pay)
    answer = carry(browser, wiki("ask", binding=binding, relay_state="/bye"), "SAMLRequest")
    page = server.url + answer.headers["Location"]
    (frame,) = browser.open(page).frames

    to, request = sent_to(browser, browser.knock(server.url + frame), "SAMLRequest")
    assert to == f"{pay.site}/slo"
    told = carry(browser, pay("answer", message=request), "SAMLResponse")
    assert told.status_code == 200 and "Signed out." in told.text

    to, response = sent_to(browser, browser.knock(page), "SAMLResponse")
    assert to == f"{wiki.site}/slo/done"
    assert wiki("read", message=response) == {"taken": True}
    assert browser.open("/").asks_for_password


@BINDINGS
def test_lasso_takes_a_partial_logout(server, api, site, binding):
    wiki, pay = site("wiki", binding), site("pay", binding)
    browser = signed_on(server, api, wiki, pay)
    api.patch(f"/connectors/{pay.connector['id']}", {"sloUrls": []})
    answer = carry(browser, wiki("ask", binding=binding, relay_state="/bye"), "SAMLRequest")
    if answer.is_redirect and answer.headers["Location"].startswith("/"):
        answer = browser.knock(server.url + answer.headers["Location"])
    _, response = sent_to(browser, answer, "SAMLResponse")
    # lasso takes the second-level status for a detail of success.
    assert "urn:oasis:names:tc:SAML:2.0:status:PartialLogout" in xml_of(response)
    assert wiki("read", message=response) == {"taken": True}
