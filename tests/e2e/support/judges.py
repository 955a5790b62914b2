"""Independent judges of what was emitted: xmlsec1, signxml, and the OASIS schemas."""

import os
import pathlib
import re
import subprocess
import tempfile

from cryptography import x509
from lxml import etree
from signxml import DigestAlgorithm, SignatureConfiguration, SignatureMethod, XMLVerifier

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
MD = "urn:oasis:names:tc:SAML:2.0:metadata"
DS = "http://www.w3.org/2000/09/xmldsig#"
NAMESPACES = {"saml": SAML, "samlp": SAMLP, "md": MD, "ds": DS}

_SCHEMAS = pathlib.Path("/usr/share/xml/opensaml")
_CATALOG = pathlib.Path(__file__).parent.parent / "catalog.xml"


def parse(document: bytes) -> etree._Element:
    return etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))


def certificate_of(metadata: bytes) -> str:
    """The one signing certificate that the metadata publishes, as PEM."""
    found = parse(metadata).xpath(
        "//md:IDPSSODescriptor/md:KeyDescriptor[not(@use) or @use='signing']//ds:X509Certificate",
        namespaces=NAMESPACES,
    )
    assert len(found) == 1, f"{len(found)} signing certificates"
    body = "".join(found[0].text.split())
    lines = "\n".join(re.findall(".{1,64}", body))
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"


def signed_parts(document: bytes) -> list[str]:
    """Local names of the elements that carry a Signature of their own, outermost first."""
    signatures = parse(document).iter(f"{{{DS}}}Signature")
    return [etree.QName(signature.getparent()).localname for signature in signatures]


def signxml_verifies(document: bytes, part: str, certificate: str) -> etree._Element:
    """Verifies the signature of that part ("Response", "Assertion" or the root of a document) and gives what signxml says was signed."""
    root = parse(document)
    # Where the signature has to be: directly in the root, or directly in the root's Assertion.
    location = "./" if part == etree.QName(root).localname else f"./{{{SAML}}}Assertion/"
    result = XMLVerifier().verify(
        root,
        x509_cert=x509.load_pem_x509_certificate(certificate.encode()),
        id_attribute="ID",
        expect_config=SignatureConfiguration(
            location=location,
            signature_methods=frozenset(
                {
                    SignatureMethod.RSA_SHA256,
                    SignatureMethod.RSA_SHA384,
                    SignatureMethod.RSA_SHA512,
                    SignatureMethod.ECDSA_SHA256,
                }
            ),
            digest_algorithms=frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512}),
        ),
    )
    assert etree.QName(result.signed_xml).localname == part
    return result.signed_xml


def xmlsec1_verifies(document: bytes, part: str, certificate: str):
    """The same by the xmlsec1 command, with that certificate's key and no other."""
    with tempfile.TemporaryDirectory() as folder:
        message = pathlib.Path(folder, "message.xml")
        message.write_bytes(document)
        key = pathlib.Path(folder, "certificate.pem")
        key.write_text(certificate)
        _run(
            "xmlsec1",
            "--verify",
            "--enabled-reference-uris",
            "empty,same-doc",
            "--enabled-key-data",
            "rsa,ec,x509",
            "--id-attr:ID",
            f"{SAML}:Assertion",
            "--id-attr:ID",
            f"{SAMLP}:Response",
            "--id-attr:ID",
            f"{NAMESPACES['md']}:EntityDescriptor",
            "--pubkey-cert-pem",
            str(key),
            "--node-xpath",
            f"//*[local-name()='{part}']/*[local-name()='Signature']",
            str(message),
        )


def schema_accepts(document: bytes, schema: str):
    """Validates against the OASIS schema of that name ("protocol", "assertion" or "metadata")."""
    with tempfile.TemporaryDirectory() as folder:
        message = pathlib.Path(folder, "message.xml")
        message.write_bytes(document)
        _run(
            "xmllint",
            "--nonet",
            "--noout",
            "--schema",
            str(_SCHEMAS / f"saml-schema-{schema}-2.0.xsd"),
            str(message),
        )


def _run(*command: str):
    done = subprocess.run(
        command,
        env=os.environ | {"XML_CATALOG_FILES": str(_CATALOG)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
