//! The NameID of one sign-on: from the plan to a value. Sign-on and its preview make it by this one
//! function; storing a pairwise value that had to be made is `issue.rs`.

use crate::domain::sign_on::SignOnView;
use crate::saml::name_id::{NameId, NameIdError, NameIdPlan};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::secrets::new_xml_id;

/// A NameID, and the pairwise value if one had to be made for it.
pub type FoundNameId = Result<(NameId, Option<String>), NameIdError>;

/// Makes it. `persistent`: the stored pairwise value.
pub fn find(
    env: &Environment,
    (view, persistent): (&SignOnView, Option<&str>),
    plan: &NameIdPlan,
) -> Result<FoundNameId, ServiceError> {
    let sp = &view.connector.settings.sp_entity_id;
    let idp = &env.settings.entity_id;
    Ok(match (plan, persistent) {
        (NameIdPlan::Source { format, source }, _) => source
            .value(&view.user, &view.user_attributes)
            .map_err(NameIdError::from)
            .and_then(|value| NameId::from_source(*format, &value))
            .map(|id| (id, None)),
        (NameIdPlan::Persistent, Some(value)) => {
            NameId::persistent(value, idp, sp).map(|id| (id, None))
        }
        // AllowCreate="false" does not refuse: an identifier counts as established with the person's
        // access, ahead of any request, as SAML Core 3.4.1.1 allows.
        (NameIdPlan::Persistent, None) => {
            let value = new_xml_id()?;
            NameId::persistent(&value, idp, sp).map(|id| (id, Some(value)))
        }
        (NameIdPlan::Transient, _) => NameId::transient(&new_xml_id()?).map(|id| (id, None)),
    })
}
