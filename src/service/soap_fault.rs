//! The envelope in which a caller that speaks SOAP is told why there is no answer (SAML Bindings
//! 3.2.3.3).

use crate::saml::gate::GateError;
use crate::saml::message::MessageError;
use crate::saml::soap::{self, EnvelopeError, FaultCode};
use crate::service::error::ServiceError;
use crate::service::sign_on::RequestFault;

/// The envelope for what is wrong with a request.
pub fn of(fault: &RequestFault) -> Result<String, ServiceError> {
    let code = match fault {
        RequestFault::Message(MessageError::Gate(GateError::Envelope(
            EnvelopeError::MustUnderstand,
        ))) => FaultCode::MustUnderstand,
        _ => FaultCode::Client,
    };
    Ok(soap::fault(code, &fault.to_string())?)
}

/// The envelope for what is wrong with the caller.
pub fn saying(reason: &str) -> Result<String, ServiceError> {
    Ok(soap::fault(FaultCode::Client, reason)?)
}
