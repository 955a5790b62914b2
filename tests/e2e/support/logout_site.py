"""A service provider that really runs, on loopback, with sign-on and single logout by pysaml2.

It has one visitor at a time and finds the session that a LogoutRequest names by what it names, not by a cookie.
"""

import base64
import http.server
import threading
import zlib
from urllib.parse import parse_qs, urlsplit

import requests
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.client import Saml2Client
from saml2.config import SPConfig
from saml2.s_utils import status_message_factory, success_status_factory
from saml2.samlp import STATUS_REQUEST_DENIED
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

from support.service_provider import SigningKey

API_NAMES = {BINDING_HTTP_POST: "HTTP-POST", BINDING_HTTP_REDIRECT: "HTTP-REDIRECT"}


class LogoutSite:
    """One site and its connector. `answers`: "yes", "no" (it refuses), or "never" (the line stays silent)."""

    def __init__(self, idp_url: str, api, name: str, key: SigningKey, *, binding=BINDING_HTTP_REDIRECT, answers="yes", **connector):
        self.answers, self.binding = answers, binding
        self.visitor = None  # NameID and SessionIndex of who is signed in
        self.log: list[str] = []
        self.received: list[bytes] = []  # the documents that came to /slo
        self.released = threading.Event()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.connector = api.connector(
            name,
            **(
                {
                    "acsUrls": [{"url": f"{self.url}/acs"}],
                    "sloUrls": [{"url": f"{self.url}/slo", "binding": API_NAMES[binding]}],
                    "spCertificates": [key.certificate],
                }
                | connector
            ),
        )
        self.client = self._client(idp_url, key)
        (self.idp,) = self.client.metadata.identity_providers()

    def _client(self, idp_url: str, key: SigningKey) -> Saml2Client:
        config = SPConfig().load(
            {
                "entityid": self.connector["spEntityId"],
                "xmlsec_binary": "/usr/bin/xmlsec1",
                "metadata": {"inline": [requests.get(f"{idp_url}/saml/metadata", timeout=30).text]},
                "key_file": str(key.key_file),
                "cert_file": str(key.cert_file),
                "allow_unknown_attributes": True,
                "service": {
                    "sp": {
                        "endpoints": {
                            "assertion_consumer_service": [(f"{self.url}/acs", BINDING_HTTP_POST)],
                            "single_logout_service": [(f"{self.url}/slo", self.binding)],
                        },
                        "allow_unsolicited": True,
                        "want_assertions_signed": True,
                        "want_response_signed": False,
                        "logout_requests_signed": True,
                        "logout_responses_signed": True,
                    }
                },
            }
        )
        return Saml2Client(config)

    @property
    def start(self) -> str:
        """Where the identity provider begins a sign-on to this site."""
        return f"/saml/start/{self.connector['slug']}"

    def stop(self):
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    # --- What a visitor's browser asks for ---

    def sign_on(self, saml_response: str) -> str:
        response = self.client.parse_authn_request_response(saml_response, BINDING_HTTP_POST, {})
        self.visitor = (response.name_id, response.session_info()["session_index"])
        return f"signed on as {response.name_id.text}"

    def logout_request(self, binding=None, *, sign=True, session_indexes=None, relay_state="", **changes) -> tuple[str, dict]:
        """A new LogoutRequest about the visitor: its ID and how to send it."""
        binding = binding or self.binding
        name_id, session_index = self.visitor
        offered = self.client.metadata.single_logout_service(entity_id=self.idp, typ="idpsso")
        destination = offered[binding][0]["location"]
        request_id, request = self.client.create_logout_request(
            destination,
            self.idp,
            name_id=changes.pop("name_id", name_id),
            session_indexes=[session_index] if session_indexes is None else session_indexes,
            sign=sign and binding == BINDING_HTTP_POST,
            sign_alg=SIG_RSA_SHA256,
            digest_alg=DIGEST_SHA256,
            **changes,
        )
        info = self.client.apply_binding(
            binding, str(request), destination, relay_state, sign=sign and binding == BINDING_HTTP_REDIRECT, sigalg=SIG_RSA_SHA256
        )
        return request_id, info

    def begin_logout(self, binding) -> dict:
        self.asked, info = self.logout_request(binding, relay_state="/bye?a=1")
        return info

    def slo(self, binding: str, fields: dict[str, str]) -> dict | str:
        """A message at /slo: what to send back, or the words of a page."""
        if "SAMLRequest" in fields:
            self.received.append(document(binding, fields["SAMLRequest"]))
            if self.answers == "never":
                self.released.wait(60)
                return "too late"
            return self._answer(binding, fields)
        self.received.append(document(binding, fields["SAMLResponse"]))
        response = self.client.parse_logout_request_response(fields["SAMLResponse"], binding)
        assert response.in_response_to == self.asked
        assert fields.get("RelayState") == "/bye?a=1"
        self.visitor = None
        inner = response.response.status.status_code.status_code
        return f"signed out: {inner.value.rsplit(':', 1)[1] if inner else 'Success'}"

    def _answer(self, binding: str, fields: dict[str, str]) -> dict:
        request = self.client.parse_logout_request(
            fields["SAMLRequest"], binding, fields.get("RelayState"), fields.get("SigAlg"), fields.get("Signature")
        ).message
        name_id, session_index = self.visitor
        assert request.name_id == name_id, f"{request.name_id} is not {name_id}"
        assert session_index in [index.text for index in request.session_index]
        if self.answers == "yes":
            self.visitor = None
            status = success_status_factory()
        else:
            status = status_message_factory("no", STATUS_REQUEST_DENIED)
        by_redirect = binding == BINDING_HTTP_REDIRECT
        response = self.client.create_logout_response(
            request, bindings=[binding], status=status, sign=not by_redirect, sign_alg=SIG_RSA_SHA256, digest_alg=DIGEST_SHA256
        )
        return self.client.apply_binding(
            binding,
            str(response),
            self.client.response_args(request, [binding])["destination"],
            fields.get("RelayState", ""),
            response=True,
            sign=by_redirect,
            sigalg=SIG_RSA_SHA256,
        )


def document(binding: str, message: str) -> bytes:
    octets = base64.b64decode(message)
    return zlib.decompress(octets, -15) if binding == BINDING_HTTP_REDIRECT else octets


def handler(site: LogoutSite):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):  # noqa: N802
            address = urlsplit(self.path)
            fields = {name: values[0] for name, values in parse_qs(address.query, keep_blank_values=True).items()}
            if address.path == "/slo":
                self.reply(site.slo(BINDING_HTTP_REDIRECT, fields))
            elif address.path == "/logout":
                self.reply(site.begin_logout(BINDING_HTTP_POST if fields.get("binding") == "post" else BINDING_HTTP_REDIRECT))
            else:
                self.reply(f"{site.connector['name']}: {'signed on' if site.visitor else 'nobody'}")

        def do_POST(self):  # noqa: N802
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            fields = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
            if urlsplit(self.path).path == "/acs":
                self.reply(site.sign_on(fields["SAMLResponse"]))
            else:
                self.reply(site.slo(BINDING_HTTP_POST, fields))

        def reply(self, what: dict | str):
            if isinstance(what, str):
                return self.page(f"<!doctype html><html lang=en><title>site</title><main><h1>{what}</h1></main>")
            if what["method"] == "POST":
                return self.page(str(what["data"]))
            self.send_response(302)
            self.send_header("Location", dict(what["headers"])["Location"])
            self.end_headers()
            return None

        def page(self, text: str):
            body = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, form, *values):
            site.log.append(form % values)

    return Handler
