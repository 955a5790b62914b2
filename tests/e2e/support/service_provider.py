"""Service providers by pysaml2, which knows nothing of Vestibule but its metadata."""

import dataclasses

import requests
from saml2 import BINDING_HTTP_POST
from saml2.client import Saml2Client
from saml2.config import SPConfig

from support.browser import SamlForm


@dataclasses.dataclass
class Received:
    """What the service provider made of a Response it accepted."""

    name_id: str
    name_id_format: str
    attributes: dict[str, list[str]]
    response: object


class ServiceProvider:
    """The other side of one connector."""

    def __init__(self, idp_url: str, connector: dict):
        sign = connector["sign"]
        self._acs_url = connector["acsUrls"][0]["url"]
        metadata = requests.get(f"{idp_url}/saml/metadata", timeout=30).text
        config = SPConfig().load(
            {
                "entityid": connector["spEntityId"],
                "xmlsec_binary": "/usr/bin/xmlsec1",
                "metadata": {"inline": [metadata]},
                # Names that pysaml2 has no table for are the point here.
                "allow_unknown_attributes": True,
                "service": {
                    "sp": {
                        "endpoints": {"assertion_consumer_service": [(self._acs_url, BINDING_HTTP_POST)]},
                        "authn_requests_signed": False,
                        "want_assertions_signed": sign in ("ASSERTION", "BOTH"),
                        "want_response_signed": sign in ("RESPONSE", "BOTH"),
                        "allow_unsolicited": True,
                    }
                },
            }
        )
        self._client = Saml2Client(config)
        (self.idp,) = self._client.metadata.identity_providers()

    def request(self, binding: str, relay_state: str = "", **options) -> tuple[str, dict]:
        """A new AuthnRequest: its ID and how to send it."""
        return self._client.prepare_for_authenticate(
            entityid=self.idp, binding=binding, relay_state=relay_state, sign=False, **options
        )

    def receive(self, form: SamlForm, request_id: str | None = None) -> Received:
        """Verifies a Response as the answer to that request, or as unsolicited; raises if anything is amiss."""
        assert form.action == self._acs_url
        outstanding = {request_id: "/"} if request_id else {}
        response = self._client.parse_authn_request_response(form.saml_response, BINDING_HTTP_POST, outstanding)
        if request_id:
            assert response.in_response_to == request_id
        return Received(response.name_id.text, response.name_id.format, response.ava or {}, response)
