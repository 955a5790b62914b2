"""AuthnRequests that pysaml2 signs: inside a form by xmlsec1, beside a query by its own code."""

import pytest
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.xmldsig import DIGEST_SHA1, SIG_RSA_SHA1, SIG_RSA_SHA256, SIG_RSA_SHA512

from support.service_provider import ServiceProvider, SigningKey

BINDINGS = pytest.mark.parametrize("binding", [BINDING_HTTP_REDIRECT, BINDING_HTTP_POST], ids=["redirect", "post"])
RELAY_STATE = "/deep?x=1&y=ä b~c"


@pytest.fixture
def key(tmp_path) -> SigningKey:
    return SigningKey(tmp_path, "sp")


def signing(server, api, key: SigningKey, registered: list[str], **connector) -> tuple[ServiceProvider, dict]:
    """A service provider that signs with this key, these certificates being registered for it, and a user of it."""
    made = api.connector("wiki", **({"spCertificates": registered, "wantAuthnRequestsSigned": True} | connector))
    group = api.group("Team", [], [made])
    return ServiceProvider(server.url, made, key), api.user("jason", [group])


@BINDINGS
@pytest.mark.parametrize("algorithm", [SIG_RSA_SHA256, SIG_RSA_SHA512], ids=["sha256", "sha512"])
def test_a_signed_request_is_answered(server, api, browser, key, binding, algorithm):
    sp, jason = signing(server, api, key, [key.certificate])
    request_id, info = sp.request(binding, RELAY_STATE, algorithm=algorithm)
    page = browser.sign_in(browser.follow(info), jason["username"])
    form = page.saml_form()
    assert form.relay_state == RELAY_STATE
    sp.receive(form, request_id)


@BINDINGS
def test_a_new_key_is_believed_beside_the_old_one(server, api, browser, key, tmp_path, binding):
    old = SigningKey(tmp_path, "old")
    sp, jason = signing(server, api, key, [old.certificate, key.certificate])
    request_id, info = sp.request(binding)
    sp.receive(browser.sign_in(browser.follow(info), jason["username"]).saml_form(), request_id)


@BINDINGS
def test_a_request_that_somebody_else_signed_is_refused(server, api, browser, key, tmp_path, binding):
    sp, _ = signing(server, api, key, [SigningKey(tmp_path, "other").certificate])
    page = browser.follow(sp.request(binding)[1])
    assert page.status == 400
    assert "fits none of the certificates" in page.html


@BINDINGS
def test_a_request_with_a_weak_algorithm_is_refused(server, api, browser, key, binding):
    sp, _ = signing(server, api, key, [key.certificate])
    page = browser.follow(sp.request(binding, algorithm=SIG_RSA_SHA1)[1])
    assert page.status == 400
    assert "an algorithm that is not accepted" in page.html


def test_a_request_with_a_weak_digest_is_refused_and_told_why(server, api, browser, key):
    sp, _ = signing(server, api, key, [key.certificate])
    page = browser.follow(sp.request(BINDING_HTTP_POST, digest_alg=DIGEST_SHA1)[1])
    assert page.status == 400
    assert "an algorithm that is not accepted" in page.html


@BINDINGS
def test_an_unsigned_request_is_refused_where_signed_ones_are_wanted(server, api, browser, key, binding):
    sp, _ = signing(server, api, key, [key.certificate])
    plain = ServiceProvider(server.url, sp.connector)
    page = browser.follow(plain.request(binding)[1])
    assert page.status == 400
    assert "has to sign its requests" in page.html


@BINDINGS
def test_a_signature_is_checked_although_none_is_wanted(server, api, browser, key, tmp_path, binding):
    sp, _ = signing(server, api, key, [SigningKey(tmp_path, "other").certificate], wantAuthnRequestsSigned=False)
    page = browser.follow(sp.request(binding)[1])
    assert page.status == 400
