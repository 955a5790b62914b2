//! What the status of a LogoutResponse says (SAML Core 3.2.2.2, 3.7.3.2).

use super::*;
use crate::saml::bounds::XmlBounds;
use crate::saml::xml_reader::parse;

fn state_of(status: &str) -> Result<ParticipantState, MessageError> {
    let xml = format!(
        r#"<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1">{status}</samlp:LogoutResponse>"#
    );
    read_state(&parse(xml.as_bytes(), &XmlBounds::MESSAGE).unwrap())
}

fn code(name: &str, inner: &str) -> String {
    format!(
        r#"<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{name}">{inner}</samlp:StatusCode>"#
    )
}

fn status(codes: &str) -> String {
    format!("<samlp:Status>{codes}</samlp:Status>")
}

#[test]
fn success_alone_is_a_confirmation() {
    let check = |codes: &str, expected: ParticipantState| {
        assert_eq!(state_of(&status(codes)), Ok(expected), "{codes}");
    };
    check(&code("Success", ""), ParticipantState::Confirmed);
    let partial = code("Success", &code("PartialLogout", ""));
    check(&partial, ParticipantState::Partial);
    check(&code("Requester", ""), ParticipantState::Refused);
    // Success below a failure is none.
    let buried = code("Responder", &code("Success", ""));
    check(&buried, ParticipantState::Refused);
    check("<samlp:StatusCode/>", ParticipantState::Refused);
}

#[test]
fn a_status_that_is_missing_or_said_twice_is_none() {
    assert_eq!(state_of(""), Err(MessageError::Missing("Status")));
    assert_eq!(
        state_of(&status("")),
        Err(MessageError::Missing("StatusCode"))
    );
    let success = code("Success", "");
    assert_eq!(
        state_of(&status(&success.repeat(2))),
        Err(MessageError::Repeated("StatusCode"))
    );
    assert_eq!(
        state_of(&status(&success).repeat(2)),
        Err(MessageError::Repeated("Status"))
    );
}
