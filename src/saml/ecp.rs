//! The envelope of the Enhanced Client or Proxy profile (SAML Profiles 4.2.4.4): a response for a
//! client that is no browser, with the URL by which the client finds out whether it was meant for the
//! service provider it talks to.

use crate::saml::soap::envelope;
use crate::saml::urns::{NS_ECP, NS_SOAP, SOAP_ACTOR_NEXT};
use crate::saml::xml_writer::{ForbiddenCharacter, XmlWriter};

/// The envelope around a finished response.
pub fn respond(acs_url: &str, response: &str) -> Result<String, ForbiddenCharacter> {
    let mut header = XmlWriter::new();
    let attributes = [
        ("xmlns:S", NS_SOAP),
        ("xmlns:ecp", NS_ECP),
        ("AssertionConsumerServiceURL", acs_url),
        ("S:actor", SOAP_ACTOR_NEXT),
        ("S:mustUnderstand", "1"),
    ];
    header.leaf("ecp:Response", &attributes, "");
    envelope(Some(&header.finish()?), response)
}

#[cfg(test)]
mod tests;
