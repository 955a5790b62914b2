//! The schemas against what is really taken.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::*;
use crate::service::connector_draft::ConnectorDraft;
use crate::service::exchanges::RecordingDraft;
use crate::service::group_draft::{AttributePatch, GroupDraft};
use crate::service::key_drafts::{KeyDraft, NewKeyDraft, SwitchDraft};
use crate::service::patch::AttributeDraft;
use crate::service::settings_draft::SettingsDraft;
use crate::service::user_draft::UserDraft;
use crate::web::api::administrators::{AdministratorDraft, RoleChange};
use crate::web::api::api_tokens::TokenDraft;
use crate::web::api::connector_metadata::{ApprovalDraft, MetadataDraft};
use crate::web::api::exchanges::MessageText;
use crate::web::api::group_preview::GroupPreviewRequest;
use crate::web::api::preview::PreviewRequest;
use crate::web::api::role_scopes::ScopeDraft;
use crate::web::api::suggestions::Selection;
use crate::web::api::users::NewPassword;

/// The fields that `T` takes: it names them when it refuses another one.
fn taken<T: DeserializeOwned>() -> BTreeSet<String> {
    let error = serde_json::from_str::<T>(r#"{"": 1}"#)
        .err()
        .unwrap()
        .to_string();
    let names = error.split_once("expected").unwrap().1;
    names
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

fn check<T: DeserializeOwned>(names: &[&str]) {
    for name in names {
        let (_, schema) = all().into_iter().find(|(known, _)| known == name).unwrap();
        let schema = serde_json::to_value(schema).unwrap();
        let described: BTreeSet<String> = schema["properties"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        assert_eq!(described, taken::<T>(), "{name}");
        assert_eq!(schema["additionalProperties"], Value::Bool(false), "{name}");
    }
}

#[test]
fn the_schema_of_a_body_has_the_fields_that_are_taken() {
    check::<UserDraft>(&["NewUser", "UserPatch"]);
    check::<NewPassword>(&["NewPassword"]);
    check::<GroupDraft>(&["NewGroup", "GroupPatch"]);
    check::<GroupPreviewRequest>(&["GroupPreviewRequest"]);
    check::<Selection>(&["Selection"]);
    check::<MetadataDraft>(&["NewMetadata"]);
    check::<ApprovalDraft>(&["MetadataApproval"]);
    check::<AttributeDraft>(&["NewAttribute"]);
    check::<AttributePatch>(&["AttributePatch"]);
    check::<NewKeyDraft>(&["NewKey"]);
    check::<KeyDraft>(&["KeyPatch"]);
    check::<SwitchDraft>(&["KeySwitch"]);
    check::<ConnectorDraft>(&["NewConnector", "ConnectorPatch"]);
    check::<PreviewRequest>(&["PreviewRequest"]);
    check::<AdministratorDraft>(&["NewAdministrator"]);
    check::<RoleChange>(&["RoleChange"]);
    check::<ScopeDraft>(&["RoleScopeDraft"]);
    check::<TokenDraft>(&["NewToken"]);
    check::<SettingsDraft>(&["SettingsPatch"]);
    check::<MessageText>(&["MessageText"]);
    check::<RecordingDraft>(&["PayloadRecordingDraft"]);
    assert_eq!(all().len(), 24);
}
