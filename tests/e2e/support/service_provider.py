"""Service providers by pysaml2, which knows nothing of Vestibule but its metadata."""

import base64
import dataclasses
import pathlib
import subprocess

import requests
from saml2 import BINDING_HTTP_ARTIFACT, BINDING_HTTP_POST, BINDING_PAOS
from saml2.client import Saml2Client
from saml2.config import SPConfig
from saml2.s_utils import sid
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

from support.browser import SamlForm


SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


@dataclasses.dataclass
class Received:
    """What the service provider made of a Response it accepted."""

    name_id: str
    name_id_format: str
    attributes: dict[str, list[str]]
    response: object


class SigningKey:
    """A key of a service provider with its certificate, made by the openssl command."""

    def __init__(self, folder: pathlib.Path, name: str):
        self.key_file, self.cert_file = folder / f"{name}.key", folder / f"{name}.crt"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", f"/CN={name}",
             "-keyout", self.key_file, "-out", self.cert_file],
            check=True,
            capture_output=True,
        )

    @property
    def certificate(self) -> str:
        return self.cert_file.read_text()


class ServiceProvider:
    """The other side of one connector."""

    def __init__(self, idp_url: str, connector: dict, key: "SigningKey | None" = None, decrypts_with: "SigningKey | None" = None):
        sign = connector["sign"]
        self.connector = connector
        self._signs = key is not None
        self._acs_url = connector["acsUrls"][0]["url"]
        bindings = {"HTTP-POST": BINDING_HTTP_POST, "HTTP-ARTIFACT": BINDING_HTTP_ARTIFACT, "PAOS": BINDING_PAOS}
        endpoints = [(acs["url"], bindings[acs["binding"]]) for acs in connector["acsUrls"]]
        metadata = requests.get(f"{idp_url}/saml/metadata", timeout=30).text
        of_key = {"key_file": str(key.key_file), "cert_file": str(key.cert_file)} if key else {}
        if decrypts_with:
            pair = {"key_file": str(decrypts_with.key_file), "cert_file": str(decrypts_with.cert_file)}
            of_key["encryption_keypairs"] = [pair]
        config = SPConfig().load(
            of_key
            | {
                "entityid": connector["spEntityId"],
                "xmlsec_binary": "/usr/bin/xmlsec1",
                "metadata": {"inline": [metadata]},
                # Names that pysaml2 has no table for are the point here.
                "allow_unknown_attributes": True,
                "service": {
                    "sp": {
                        "endpoints": {"assertion_consumer_service": endpoints},
                        "authn_requests_signed": self._signs,
                        "want_assertions_signed": sign in ("ASSERTION", "BOTH"),
                        "want_response_signed": sign in ("RESPONSE", "BOTH"),
                        "allow_unsolicited": True,
                    }
                },
            }
        )
        self._client = Saml2Client(config)
        (self.idp,) = self._client.metadata.identity_providers()

    def request(self, binding: str, relay_state: str = "", algorithm: str = SIG_RSA_SHA256, digest_alg: str = DIGEST_SHA256, **options) -> tuple[str, dict]:
        """A new AuthnRequest: its ID and how to send it."""
        return self._client.prepare_for_authenticate(
            entityid=self.idp, binding=binding, relay_state=relay_state, sign=self._signs, sigalg=algorithm, digest_alg=digest_alg, **options
        )

    def receive(self, form: SamlForm, request_id: str | None = None) -> Received:
        """Verifies a Response as the answer to that request, or as unsolicited; raises if anything is amiss."""
        assert form.action == self._acs_url
        outstanding = {request_id: "/"} if request_id else {}
        response = self._client.parse_authn_request_response(form.saml_response, BINDING_HTTP_POST, outstanding)
        if request_id:
            assert response.in_response_to == request_id
        return Received(response.name_id.text, response.name_id.format, response.ava or {}, response)

    def receive_by(self, binding: str, response: bytes, request_id: str) -> Received:
        """The same with a Response that came as it is."""
        message = base64.b64encode(response).decode()
        accepted = self._client.parse_authn_request_response(message, binding, {request_id: "/"})
        assert accepted.in_response_to == request_id
        return Received(accepted.name_id.text, accepted.name_id.format, accepted.ava or {}, accepted)

    def resolve(self, artifact: str, sign: bool = True):
        """Asks for the message that an artifact stands for; the answer as it came."""
        to = self._client.artifact2destination(artifact, "idpsso")
        how = {"sign": sign, "sign_alg": SIG_RSA_SHA256, "digest_alg": DIGEST_SHA256}
        _, message = self._client.create_artifact_resolve(artifact, to, sid(), **how)
        # A declaration may stand at the beginning of a document only.
        message = str(message).partition("?>")[2] if str(message).startswith("<?xml") else str(message)
        envelope = f'<S:Envelope xmlns:S="{SOAP}"><S:Body>{message.strip()}</S:Body></S:Envelope>'
        return requests.post(to, data=envelope, headers={"Content-Type": "text/xml"}, timeout=30)

    def ecp_request(self) -> tuple[str, str]:
        """A new AuthnRequest for a client that is no browser: its ID and the envelope."""
        # It cannot put a signed one into an envelope.
        return self._client.create_ecp_authn_request(entityid=self.idp, sign=False)

    @property
    def metadata(self):
        return self._client.metadata
