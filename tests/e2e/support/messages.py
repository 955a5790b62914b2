"""AuthnRequests written by hand, so that they can also be wrong."""

import base64
import datetime
import secrets
import zlib
from urllib.parse import urlencode


def authn_request(connector: dict, **changes: str) -> str:
    """A good AuthnRequest of this service provider, but for the changes.

    `acs`, `issuer` and `issue_instant` replace what a good one says; `attributes` and `prologue`
    are put into the root and before it.
    """
    now = datetime.datetime.now(datetime.timezone.utc)
    acs = changes.get("acs", connector["acsUrls"][0]["url"])
    issuer = changes.get("issuer", connector["spEntityId"])
    issued = changes.get("issue_instant", instant(now))
    return (
        f"{changes.get('prologue', '')}"
        '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"'
        ' xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'
        f' ID="_{secrets.token_hex(16)}" Version="2.0" IssueInstant="{issued}"'
        f' AssertionConsumerServiceURL="{acs}" {changes.get("attributes", "")}>'
        f"<saml:Issuer>{issuer}</saml:Issuer>"
        f"{changes.get('children', '')}"
        "</samlp:AuthnRequest>"
    )


def instant(moment: datetime.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def deflated(text: str | bytes) -> str:
    """As the Redirect binding wants it: raw DEFLATE, then base64."""
    data = text.encode() if isinstance(text, str) else text
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return base64.b64encode(packer.compress(data) + packer.flush()).decode()


def encoded(text: str | bytes) -> str:
    """As the POST binding wants it: base64 alone."""
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def redirect_query(message: str | bytes, **parameters: str) -> str:
    return urlencode({"SAMLRequest": deflated(message)} | parameters)
