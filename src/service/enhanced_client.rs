//! Sign-on of a client that is no browser (Enhanced Client or Proxy, SAML Profiles 4.2): the request
//! of a service provider and the credentials of a person in one call, the response in its answer.

use std::time::Duration;

use crate::domain::connector::Connector;
use crate::domain::exchange::{ExchangeBinding, MessageType};
use crate::domain::session::AccountKind;
use crate::saml::acs_choice::Carrier;
use crate::saml::received_request;
use crate::saml::status::FailureStatus;
use crate::service::authentication::{self, SignInAttempt, SignInOutcome, SignedIn};
use crate::service::delivery::Delivery;
use crate::service::environment::Environment;
use crate::service::error::{InternalError, ServiceError};
use crate::service::factor_demand::Wish;
use crate::service::issue::{self, Issued};
use crate::service::pending::{Ask, Pending};
use crate::service::recording::Recording;
use crate::service::sign_on::{Admitted, RequestFault, SignOnError, Step, admit_received};
use crate::store::sessions;

/// What is answered.
#[derive(Debug)]
pub enum EcpAnswer {
    /// A SOAP envelope with a response, be it a failure.
    Envelope(String),
    /// The credentials are wrong, or belong to an administrator.
    Unauthorized,
    /// Too many failures; nothing was checked.
    Braked { retry_after: Duration },
}

/// Signs on: `body` is a SOAP envelope with an AuthnRequest. The request is judged before the
/// password is looked at, which costs a hundred times as much.
pub fn sign_on(
    env: &Environment,
    body: &[u8],
    attempt: &SignInAttempt,
) -> Result<EcpAnswer, SignOnError> {
    let by = (ExchangeBinding::Soap, body);
    let recording = Recording::received_by(env, MessageType::AuthnRequest, by);
    let received = received_request::receive_enveloped(body).map_err(RequestFault::Message)?;
    let what = (received, Carrier::EnhancedClient);
    let (connector, pending) = match admit_received(env, what, None, recording)? {
        Admitted::Valid(connector, pending) => (connector, pending),
        Admitted::Refused(delivery) => return Ok(enveloped(delivery)?),
    };
    let wish = Wish::of(&connector, &pending.ask);
    let who = match authentication::sign_in(env, attempt, wish)? {
        SignInOutcome::SignedIn { who, .. } => who,
        // Nobody can be asked for a code here, and a factor that is there is never passed over.
        SignInOutcome::SecondStep { .. } => {
            return refused(env, (&connector, &pending), FailureStatus::AuthnFailed);
        }
        SignInOutcome::Refused => return Ok(EcpAnswer::Unauthorized),
        SignInOutcome::Braked { retry_after } => return Ok(EcpAnswer::Braked { retry_after }),
    };
    if who.session.account_kind != AccountKind::User {
        end(env, &who)?;
        return Ok(EcpAnswer::Unauthorized);
    }
    answer(env, (&who, &attempt.client.source), (&connector, &pending))
}

fn answer(
    env: &Environment,
    (who, source): (&SignedIn, &str),
    (connector, pending): (&Connector, &Pending),
) -> Result<EcpAnswer, SignOnError> {
    let status = match issue::issue(env, (&who.session, source), (connector, pending))? {
        Issued::Step(Step::Respond(delivery)) => return Ok(enveloped(delivery)?),
        Issued::FactorMissing => FailureStatus::AuthnFailed,
        Issued::Step(_) | Issued::SessionEnded => FailureStatus::RequestDenied,
    };
    end(env, who)?;
    refused(env, (connector, pending), status)
}

/// There is nobody to show a page to: the service provider is told.
fn refused(
    env: &Environment,
    (connector, pending): (&Connector, &Pending),
    status: FailureStatus,
) -> Result<EcpAnswer, SignOnError> {
    match &pending.ask {
        Ask::Request(request) => {
            let refusal = request.refused(status);
            let delivery = issue::fail(env, connector, &refusal, None)?;
            Ok(enveloped(delivery)?)
        }
        Ask::Unsolicited => Err(ServiceError::from(InternalError::WrongCarrier).into()),
    }
}

/// A request of this carrier is only ever answered by PAOS.
fn enveloped(delivery: Delivery) -> Result<EcpAnswer, ServiceError> {
    match delivery {
        Delivery::Envelope(envelope) => Ok(EcpAnswer::Envelope(envelope)),
        Delivery::Redirect(_) | Delivery::Post(_) => Err(InternalError::WrongCarrier.into()),
    }
}

/// A session that serves nobody is not left behind.
fn end(env: &Environment, who: &SignedIn) -> Result<(), ServiceError> {
    let (account, session) = (who.session.account, who.session.public_id.clone());
    env.store.write(move |conn| -> Result<(), ServiceError> {
        sessions::delete_by_public_id(conn, account, &session)?;
        Ok(())
    })
}
