//! The whole URL table. The REST rows say who may use an endpoint and what the OpenAPI document
//! tells of it; there is no way to add an endpoint without that.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};

use crate::domain::admin::{Action, Object};
use crate::web::api::openapi::{self, Document};
use crate::web::api::{
    administrators, aggregate, api_docs, api_tokens, audit, connector_metadata, connectors,
    exchanges, group_attributes, group_preview, groups, keys, operation, preview, reports,
    role_scopes, settings, suggestions, templates, users,
};
use crate::web::console::{
    self, dashboard, explain, reviews, sso, user_groups, users as user_pages,
};
use crate::web::endpoint::Answer::{Created, List, ListOrCsv, ListOrLines, Nothing, One, Paged};
use crate::web::endpoint::{self, Endpoint, Need, page_table, rest_table};
use crate::web::problem::Problem;
use crate::web::{
    account, account_factors, account_totp, assets, first_run, forgot, health, logo, logout_page,
    passkeys, portal, saml_endpoints, second_step, setup, sign_in, sign_out, slo_endpoints,
    soap_endpoints,
};

/// The REST resources, below `/api/v1`.
pub static REST: &[Endpoint] = rest_table! {
    GET    "/users" (See, User) users::list,
        "List users", None => ListOrCsv("User", users::FILTERS);
    POST   "/users" (Edit, User) users::create,
        "Create a user", Some("NewUser") => Created("User");
    GET    "/users/{id}" (See, User) users::get,
        "Show a user", None => One("User");
    PATCH  "/users/{id}" (Suspend, User) users::update,
        "Change a user; Help Desk may suspend one", Some("UserPatch") => One("User");
    DELETE "/users/{id}" (Edit, User) users::delete,
        "Delete a user", None => Nothing;
    PUT    "/users/{id}/password" (ResetPassword, User) users::set_password,
        "Set a user's password and end the user's sessions", Some("NewPassword") => Nothing;
    POST   "/users/{id}/invitation" (ResetPassword, User) users::invite,
        "Send a user without a password a one-time link that sets the first one",
        None => One("OneTimeLink");
    POST   "/users/{id}/password-reset" (ResetPassword, User) users::reset_password,
        "Send a user a one-time link that sets a new password", None => One("OneTimeLink");
    GET    "/users/{id}/export" (Edit, User) users::export,
        "Export everything that is kept about a user", None => One("PersonExport");
    POST   "/users/{id}/erase" (Erase, User) users::erase,
        "Delete a user and put a pseudonym in the place of the person in the audit; not to be undone",
        None => One("Erasure");
    GET    "/users/{id}/factors" (See, User) users::factors,
        "List the second factors of a user by kind and time", None => List("Factor", &[]);
    DELETE "/users/{id}/factors" (ResetPassword, User) users::reset_factors,
        "Remove the second factors of a user, and end the user's sessions", None => Nothing;
    GET    "/users/{id}/groups" (See, User) users::groups,
        "List the groups of a user, why and since when", None => List("GroupOfUser", &[]);
    GET    "/users/{id}/connectors" (See, User) users::connectors,
        "List all applications and whether the user may open them",
        None => List("ConnectorOfUser", &[]);

    GET    "/groups" (See, Group) groups::list,
        "List user groups", None => List("Group", groups::FILTERS);
    POST   "/groups" (Edit, Group) groups::create,
        "Create a user group", Some("NewGroup") => Created("Group");
    POST   "/groups/preview" (See, Group) group_preview::preview,
        "Show whom a rule would add and remove, saved or not",
        Some("GroupPreviewRequest") => Paged("GroupPreview");
    GET    "/groups/{id}" (See, Group) groups::get,
        "Show a user group", None => One("Group");
    PATCH  "/groups/{id}" (Edit, Group) groups::update,
        "Change a user group", Some("GroupPatch") => One("Group");
    DELETE "/groups/{id}" (Delete, Group) groups::delete,
        "Delete a user group", None => Nothing;
    GET    "/groups/{id}/members" (See, Group) groups::members,
        "List the members of a group, why and since when",
        None => List("Member", &[]);
    PUT    "/groups/{id}/members/{userId}" (Edit, Group) groups::add_member,
        "Add a member to a static group", None => Nothing;
    DELETE "/groups/{id}/members/{userId}" (Edit, Group) groups::remove_member,
        "Remove a member from a static group", None => Nothing;
    GET    "/groups/{id}/suggestions" (See, Group) suggestions::list,
        "List what waits for review, why and since when",
        None => List("Suggestion", suggestions::FILTERS);
    POST   "/groups/{id}/suggestions/accept" (Review, Group) suggestions::accept,
        "Carry out what waits for these users", Some("Selection") => One("Reviewed");
    POST   "/groups/{id}/suggestions/reject" (Review, Group) suggestions::reject,
        "Refuse what waits for these users, and remember it",
        Some("Selection") => One("Reviewed");
    GET    "/groups/{id}/attributes" (See, Group) group_attributes::list,
        "List the attributes that members inherit",
        None => List("GroupAttribute", group_attributes::FILTERS);
    POST   "/groups/{id}/attributes" (Edit, Group) group_attributes::create,
        "Add an attribute to a static group", Some("NewAttribute") => Created("GroupAttribute");
    PATCH  "/groups/{id}/attributes/{name}" (Edit, Group) group_attributes::update,
        "Change type or value of an attribute", Some("AttributePatch") => One("GroupAttribute");
    DELETE "/groups/{id}/attributes/{name}" (Edit, Group) group_attributes::delete,
        "Delete an attribute", None => Nothing;

    GET    "/connectors" (See, Connector) connectors::list,
        "List connectors", None => List("Connector", connectors::FILTERS);
    POST   "/connectors" (Edit, Connector) connectors::create,
        "Create a connector", Some("NewConnector") => Created("Connector");
    GET    "/connectors/{id}" (See, Connector) connectors::get,
        "Show a connector", None => One("Connector");
    PATCH  "/connectors/{id}" (Edit, Connector) connectors::update,
        "Change a connector", Some("ConnectorPatch") => One("Connector");
    DELETE "/connectors/{id}" (Edit, Connector) connectors::delete,
        "Delete a connector", None => Nothing;
    PUT    "/connectors/{id}/groups/{groupId}" (Edit, Binding) connectors::bind,
        "Let the members of a group open the application", None => Nothing;
    DELETE "/connectors/{id}/groups/{groupId}" (Edit, Binding) connectors::unbind,
        "Take the application from the members of a group", None => Nothing;
    POST   "/connectors/{id}/preview" (See, Connector) preview::preview,
        "Explain what a user would get from the application",
        Some("PreviewRequest") => One("Preview");
    GET    "/connectors/{id}/exchanges" (See, Audit) exchanges::list,
        "List the last messages from and to a service provider, each with its verdicts, newest first",
        None => List("Exchange", exchanges::FILTERS);
    POST   "/connectors/{id}/check" (See, Audit) exchanges::check,
        "Check a pasted message against a connector, without any effect",
        Some("MessageText") => One("MessageCheck");
    GET    "/connectors/{id}/payload-recording" (See, Audit) exchanges::recording,
        "Show until when the documents of a connector are recorded",
        None => One("PayloadRecording");
    PUT    "/connectors/{id}/payload-recording" (Edit, Settings) exchanges::start_recording,
        "Record the documents of a connector for a limited time",
        Some("PayloadRecordingDraft") => One("PayloadRecording");
    DELETE "/connectors/{id}/payload-recording" (Edit, Settings) exchanges::stop_recording,
        "Record no more documents of a connector, and forget those that were", None => Nothing;
    GET    "/connectors/{id}/metadata" (See, Connector) connector_metadata::get,
        "Show what the metadata of a connector says", None => One("ConnectorMetadata");
    PUT    "/connectors/{id}/metadata" (Edit, Connector) connector_metadata::approve,
        "Update a connector from new metadata: exactly by the difference that was shown",
        Some("MetadataApproval") => One("Connector");
    POST   "/connectors/{id}/metadata/difference" (Edit, Connector) connector_metadata::difference,
        "Show what new metadata would change, and what of it would be ignored",
        Some("NewMetadata") => One("MetadataDifference");
    POST   "/metadata-aggregates" (Edit, Connector) aggregate::search,
        "List the service providers of an aggregate that is sent along as XML; nothing of it is kept",
        None => List("AggregateEntity", aggregate::FILTERS);
    GET    "/connector-templates" (See, Connector) templates::list,
        "List the templates of well-known applications",
        None => List("ConnectorTemplate", templates::FILTERS);

    GET    "/admins" (See, Administrator) administrators::list,
        "List administrators", None => List("Administrator", administrators::FILTERS);
    POST   "/admins" (Edit, Administrator) administrators::create,
        "Create an administrator",
        Some("NewAdministrator") => Created("CreatedAdministrator");
    GET    "/admins/{id}" (See, Administrator) administrators::get,
        "Show an administrator", None => One("Administrator");
    PATCH  "/admins/{id}" (Edit, Administrator) administrators::set_role,
        "Give an administrator another role", Some("RoleChange") => One("Administrator");
    DELETE "/admins/{id}" (Edit, Administrator) administrators::delete,
        "Delete an administrator", None => Nothing;
    GET    "/admins/{id}/groups" (See, Administrator) role_scopes::get,
        "Show the user groups that an administrator is limited to", None => One("RoleScope");
    PUT    "/admins/{id}/groups" (Edit, Administrator) role_scopes::set,
        "Limit a Manager or Help Desk to user groups, or no longer",
        Some("RoleScopeDraft") => One("RoleScope");
    GET    "/tokens" (See, ApiToken) api_tokens::list,
        "List API tokens, without their secrets", None => List("Token", api_tokens::FILTERS);
    POST   "/tokens" (Edit, ApiToken) api_tokens::create,
        "Create an API token; its secret is told once", Some("NewToken") => Created("CreatedToken");
    GET    "/tokens/{id}" (See, ApiToken) api_tokens::get,
        "Show an API token, without its secret", None => One("Token");
    DELETE "/tokens/{id}" (Edit, ApiToken) api_tokens::delete,
        "Delete an API token", None => Nothing;
    GET    "/audit" (See, Audit) audit::list,
        "List audit events, newest first", None => ListOrLines("AuditEvent", audit::FILTERS);
    GET    "/reports/memberships" (See, Report) reports::memberships,
        "Report all memberships, why and since when",
        None => ListOrCsv("ReportedMembership", reports::FILTERS);
    GET    "/reconciliations" (See, Report) operation::reconciliations,
        "List the runs of the full recompute, newest first", None => List("Reconciliation", &[]);
    GET    "/mail-outbox" (See, Report) operation::mail,
        "List mail, sent or waiting, newest first", None => List("Mail", &[]);
    GET    "/settings" (See, Settings) settings::get,
        "Show the settings, without passwords", None => One("Settings");
    PATCH  "/settings" (Edit, Settings) settings::update,
        "Change settings; the next use on every node heeds them",
        Some("SettingsPatch") => One("Settings");
    GET    "/keys" (See, SigningKey) keys::list,
        "List the public halves of the signing keys", None => List("Key", keys::FILTERS);
    POST   "/keys" (Edit, SigningKey) keys::create,
        "Make the next signing key, or take one that was made elsewhere; it is published at once",
        Some("NewKey") => Created("Key");
    GET    "/keys/{id}" (See, SigningKey) keys::get,
        "Show the public half of a signing key", None => One("Key");
    PATCH  "/keys/{id}" (Edit, SigningKey) keys::update,
        "Sign with a key now or from a date on, or retire it", Some("KeyPatch") => One("Key");
    GET    "/keys/{id}/connectors" (See, SigningKey) keys::connectors,
        "List the connectors that sign with keys of this type, those that have not switched first",
        None => List("ConnectorOfKey", keys::CONNECTOR_FILTERS);
    PUT    "/keys/{id}/connectors/{connectorId}" (Edit, SigningKey) keys::switch,
        "Sign for a connector with a key at once or from a date of its own",
        Some("KeySwitch") => Nothing;
    DELETE "/keys/{id}/connectors/{connectorId}" (Edit, SigningKey) keys::follow,
        "Let a connector switch with all others", None => Nothing;
};

/// What stands beside the resources: their description.
pub static ABOUT_REST: &[Endpoint] = page_table! {
    GET "/api/openapi.json" Need::Public, openapi::serve;
    GET "/api/docs" Need::Public, api_docs::serve;
};

/// The pages, and what else browsers, service providers and watchers ask for.
pub static PAGES: &[Endpoint] = page_table! {
    GET  "/" Need::Session, portal::show;
    GET  "/login" Need::Public, sign_in::show;
    POST "/login" Need::Public, sign_in::submit;
    POST "/login/passkey" Need::Public, sign_in::submit_passkey;
    POST "/login/passkey/question" Need::Public, passkeys::question;
    GET  "/login/code" Need::Public, second_step::show;
    POST "/login/code" Need::Public, second_step::submit;
    GET  "/logout" Need::Session, sign_out::show;
    POST "/logout" Need::Session, sign_out::submit;
    GET  "/logout/{id}" Need::Public, logout_page::show;
    GET  "/logout/{id}/progress" Need::Public, logout_page::progress;
    GET  "/logout/{id}/tell/{place}" Need::Public, logout_page::tell;
    GET  "/forgot" Need::Public, forgot::show;
    POST "/forgot" Need::Public, forgot::submit;
    GET  "/setup/{token}" Need::Public, setup::show;
    POST "/setup/{token}" Need::Public, setup::submit;
    GET  "/first-run/{token}" Need::Public, first_run::show;
    POST "/first-run/{token}" Need::Public, first_run::submit;
    GET  "/account" Need::Session, account::show;
    GET  "/account/data" Need::Session, account::export;
    GET  "/account/totp" Need::FreshSession, account_totp::show;
    POST "/account/totp" Need::FreshSession, account_totp::submit;
    GET  "/account/passkeys" Need::FreshSession, passkeys::show;
    POST "/account/passkeys" Need::FreshSession, passkeys::add;
    POST "/account/passkeys/question" Need::FreshSession, passkeys::question_to_add;
    POST "/account/factors/end" Need::FreshSession, account_factors::end;
    POST "/account/recovery-codes" Need::FreshSession, account_factors::renew_codes;
    POST "/account/devices" Need::Session, account_factors::forget_device;
    POST "/account/password" Need::Session, account::change_password;
    POST "/account/sessions" Need::Session, account::end_sessions;
    GET  "/admin" Need::Admin, dashboard::show;
    GET  "/admin/explain" Need::May(Action::See, Object::Connector), explain::show;
    GET  "/admin/users" Need::May(Action::See, Object::User), user_pages::list::show;
    POST "/admin/users" Need::May(Action::Edit, Object::User), user_pages::new::submit;
    GET  "/admin/users/new" Need::May(Action::Edit, Object::User), user_pages::new::show;
    GET  "/admin/users/export" Need::May(Action::See, Object::Report), user_pages::list::export;
    GET  "/admin/users/suspend" Need::May(Action::Suspend, Object::User), user_pages::bulk::ask_suspend;
    POST "/admin/users/suspend" Need::May(Action::Suspend, Object::User), user_pages::bulk::suspend;
    GET  "/admin/users/add-to-group" Need::May(Action::Edit, Object::Group), user_pages::bulk::ask_add;
    POST "/admin/users/add-to-group" Need::May(Action::Edit, Object::Group), user_pages::bulk::add;
    GET  "/admin/users/{id}" Need::May(Action::See, Object::User), user_pages::details::show;
    POST "/admin/users/{id}" Need::May(Action::Edit, Object::User), user_pages::details::submit;
    GET  "/admin/users/{id}/attributes" Need::May(Action::See, Object::User), user_pages::attributes::show;
    POST "/admin/users/{id}/attributes" Need::May(Action::Edit, Object::User), user_pages::attributes::submit;
    GET  "/admin/users/{id}/groups" Need::May(Action::See, Object::User), user_pages::groups::show;
    POST "/admin/users/{id}/groups" Need::May(Action::Edit, Object::Group), user_pages::groups::submit;
    GET  "/admin/users/{id}/applications" Need::May(Action::See, Object::User), user_pages::applications::show;
    GET  "/admin/users/{id}/security" Need::May(Action::See, Object::User), user_pages::security::show;
    POST "/admin/users/{id}/sessions" Need::May(Action::EndSessions, Object::User), user_pages::security::end_sessions;
    POST "/admin/users/{id}/factors"
         Need::MayFreshly(Action::ResetPassword, Object::User), user_pages::security::reset_factors;
    POST "/admin/users/{id}/password" Need::May(Action::ResetPassword, Object::User), user_pages::security::set_password;
    GET  "/admin/users/{id}/export" Need::May(Action::Edit, Object::User), user_pages::person::export;
    GET  "/admin/users/{id}/erase" Need::MayFreshly(Action::Erase, Object::User), user_pages::ending::ask_erase;
    POST "/admin/users/{id}/erase" Need::MayFreshly(Action::Erase, Object::User), user_pages::ending::erase;
    POST "/admin/users/{id}/link" Need::May(Action::ResetPassword, Object::User), user_pages::links::submit;
    GET  "/admin/users/{id}/activity" Need::May(Action::See, Object::Audit), user_pages::activity::show;
    GET  "/admin/users/{id}/suspend" Need::May(Action::Suspend, Object::User), user_pages::ending::ask_suspend;
    POST "/admin/users/{id}/suspend" Need::May(Action::Suspend, Object::User), user_pages::ending::suspend;
    GET  "/admin/users/{id}/delete" Need::May(Action::Edit, Object::User), user_pages::ending::ask_delete;
    POST "/admin/users/{id}/delete" Need::May(Action::Edit, Object::User), user_pages::ending::delete;
    GET  "/admin/connectors" Need::May(Action::See, Object::Connector), sso::list::show;
    POST "/admin/connectors" Need::May(Action::Edit, Object::Connector), sso::catalogue::create;
    GET  "/admin/connectors/new" Need::May(Action::Edit, Object::Connector), sso::catalogue::show;
    GET  "/admin/connectors/aggregate"
         Need::May(Action::Edit, Object::Connector), sso::aggregate::show;
    POST "/admin/connectors/aggregate"
         Need::May(Action::Edit, Object::Connector), sso::aggregate::search;
    POST "/admin/connectors/aggregate/pick"
         Need::May(Action::Edit, Object::Connector), sso::catalogue::pick;
    GET  "/admin/connectors/{id}" Need::May(Action::See, Object::Connector), sso::general::show;
    POST "/admin/connectors/{id}" Need::May(Action::Edit, Object::Connector), sso::general::save;
    GET  "/admin/connectors/{id}/certificate.pem"
         Need::May(Action::See, Object::Connector), sso::certificate::download;
    GET  "/admin/connectors/{id}/delete"
         Need::MayFreshly(Action::Edit, Object::Connector), sso::delete::ask;
    POST "/admin/connectors/{id}/delete"
         Need::MayFreshly(Action::Edit, Object::Connector), sso::delete::delete;
    GET  "/admin/connectors/{id}/sso" Need::May(Action::See, Object::Connector), sso::sso_tab::show;
    POST "/admin/connectors/{id}/sso"
         Need::May(Action::Edit, Object::Connector), sso::sso_tab::submit;
    GET  "/admin/connectors/{id}/groups"
         Need::May(Action::See, Object::Connector), sso::bindings::show;
    POST "/admin/connectors/{id}/groups"
         Need::May(Action::Edit, Object::Binding), sso::bindings::submit;
    GET  "/admin/connectors/{id}/unbind"
         Need::May(Action::Edit, Object::Binding), sso::bindings::ask;
    POST "/admin/connectors/{id}/unbind"
         Need::May(Action::Edit, Object::Binding), sso::bindings::unbind;
    GET  "/admin/connectors/{id}/preview"
         Need::May(Action::See, Object::Connector), sso::preview::show;
    GET  "/admin/connectors/{id}/messages" Need::May(Action::See, Object::Audit), sso::messages::show;
    POST "/admin/connectors/{id}/messages"
         Need::May(Action::See, Object::Audit), sso::messages::check;
    POST "/admin/connectors/{id}/recording"
         Need::May(Action::Edit, Object::Settings), sso::messages::record;
    GET  "/admin/connectors/{id}/metadata"
         Need::May(Action::See, Object::Connector), sso::metadata::show;
    POST "/admin/connectors/{id}/metadata"
         Need::May(Action::Edit, Object::Connector), sso::metadata::compare;
    POST "/admin/connectors/{id}/metadata/approve"
         Need::May(Action::Edit, Object::Connector), sso::metadata::approve;
    GET  "/admin/connectors/{id}/activity" Need::May(Action::See, Object::Audit), sso::activity::show;
    GET  "/admin/groups" Need::May(Action::See, Object::Group), user_groups::list::show;
    POST "/admin/groups" Need::May(Action::Edit, Object::Group), user_groups::submit::create;
    GET  "/admin/groups/new" Need::May(Action::Edit, Object::Group), user_groups::details::new;
    GET  "/admin/groups/{id}" Need::May(Action::See, Object::Group), user_groups::details::show;
    POST "/admin/groups/{id}" Need::May(Action::Edit, Object::Group), user_groups::submit::update;
    GET  "/admin/groups/{id}/users" Need::May(Action::See, Object::Group), user_groups::users::show;
    POST "/admin/groups/{id}/users" Need::May(Action::Edit, Object::Group), user_groups::users::submit;
    GET  "/admin/groups/{id}/applications" Need::May(Action::See, Object::Group), user_groups::applications::show;
    POST "/admin/groups/{id}/applications" Need::May(Action::Edit, Object::Binding), user_groups::applications::submit;
    GET  "/admin/groups/{id}/history" Need::May(Action::See, Object::Group), user_groups::history::show;
    GET  "/admin/groups/{id}/delete" Need::May(Action::Delete, Object::Group), user_groups::delete::ask;
    POST "/admin/groups/{id}/delete" Need::May(Action::Delete, Object::Group), user_groups::delete::submit;
    GET  "/admin/groups/{id}/review" Need::May(Action::See, Object::Group), user_groups::review::show;
    POST "/admin/groups/{id}/review" Need::May(Action::Review, Object::Group), user_groups::review::submit;
    GET  "/admin/reviews" Need::May(Action::See, Object::Group), reviews::show;
    GET  "/admin/reports" Need::May(Action::See, Object::Report), console::reports::start::show;
    GET  "/admin/reports/memberships" Need::May(Action::See, Object::Report),
        console::reports::memberships::show;
    GET  "/admin/reports/memberships.csv" Need::May(Action::See, Object::Report),
        console::reports::memberships::csv;
    GET  "/admin/reports/memberships.json" Need::May(Action::See, Object::Report),
        console::reports::memberships::json;
    GET  "/admin/reports/access" Need::May(Action::See, Object::Report),
        console::reports::access::show;
    GET  "/admin/reports/access.csv" Need::May(Action::See, Object::Report),
        console::reports::access::csv;
    GET  "/admin/audit" Need::May(Action::See, Object::Audit), console::audit::show;
    GET  "/admin/audit.csv" Need::May(Action::See, Object::Audit), console::audit::csv;
    GET  "/admin/audit.jsonl" Need::May(Action::See, Object::Audit), console::audit::json_lines;
    GET  "/admin/audit/{id}" Need::May(Action::See, Object::Audit), console::audit::one;
    GET  "/admin/administrators" Need::May(Action::See, Object::Administrator),
        console::administrators::list::show;
    POST "/admin/administrators" Need::MayFreshly(Action::Edit, Object::Administrator),
        console::administrators::new::submit;
    GET  "/admin/administrators/new" Need::MayFreshly(Action::Edit, Object::Administrator),
        console::administrators::new::show;
    GET  "/admin/administrators/{id}" Need::May(Action::See, Object::Administrator),
        console::administrators::details::show;
    POST "/admin/administrators/{id}" Need::MayFreshly(Action::Edit, Object::Administrator),
        console::administrators::details::submit;
    POST "/admin/administrators/{id}/groups" Need::MayFreshly(Action::Edit, Object::Administrator),
        console::administrators::scope::submit;
    POST "/admin/administrators/{id}/factors" Need::MayFreshly(Action::Edit, Object::Administrator),
        console::administrators::details::reset_factors;
    GET  "/admin/administrators/{id}/delete" Need::MayFreshly(Action::Edit, Object::Administrator),
        console::administrators::ending::ask;
    POST "/admin/administrators/{id}/delete" Need::MayFreshly(Action::Edit, Object::Administrator),
        console::administrators::ending::delete;
    GET  "/admin/tokens" Need::May(Action::See, Object::ApiToken), console::tokens::list::show;
    POST "/admin/tokens" Need::MayFreshly(Action::Edit, Object::ApiToken), console::tokens::new::submit;
    GET  "/admin/tokens/new" Need::MayFreshly(Action::Edit, Object::ApiToken), console::tokens::new::show;
    GET  "/admin/tokens/{id}/delete" Need::MayFreshly(Action::Edit, Object::ApiToken),
        console::tokens::ending::ask;
    POST "/admin/tokens/{id}/delete" Need::MayFreshly(Action::Edit, Object::ApiToken),
        console::tokens::ending::delete;
    GET  "/admin/keys" Need::May(Action::See, Object::SigningKey), console::keys::list::show;
    POST "/admin/keys" Need::MayFreshly(Action::Edit, Object::SigningKey), console::keys::list::submit;
    GET  "/admin/keys/{id}" Need::May(Action::See, Object::SigningKey),
        console::keys::details::show;
    POST "/admin/keys/{id}" Need::MayFreshly(Action::Edit, Object::SigningKey),
        console::keys::details::submit;
    GET  "/admin/keys/{id}/certificate.pem" Need::May(Action::See, Object::SigningKey),
        console::keys::certificate::download;
    GET  "/admin/settings" Need::May(Action::See, Object::Settings), console::settings::page::show;
    POST "/admin/settings" Need::May(Action::Edit, Object::Settings),
        console::settings::page::submit;
    POST "/admin/settings/logo" Need::May(Action::Edit, Object::Settings),
        console::settings::logo::submit;
    POST "/admin/settings/test-mail" Need::May(Action::Edit, Object::Settings),
        console::settings::test_mail::submit;
    GET  "/saml/sso" Need::Public, saml_endpoints::redirect;
    POST "/saml/sso" Need::Public, saml_endpoints::post;
    GET  "/saml/continue/{id}" Need::Public, saml_endpoints::resume;
    GET  "/saml/start/{slug}" Need::Public, saml_endpoints::start;
    GET  "/saml/slo" Need::Public, slo_endpoints::redirect;
    POST "/saml/slo" Need::Public, slo_endpoints::post;
    POST "/saml/artifact" Need::Public, soap_endpoints::artifact;
    POST "/saml/ecp" Need::Public, soap_endpoints::ecp;
    GET  "/saml/metadata" Need::Public, saml_endpoints::metadata;
    GET  "/saml/metadata/{slug}" Need::Public, saml_endpoints::metadata_for;
    GET  "/assets/{name}" Need::Public, assets::serve;
    GET  "/logo" Need::Public, logo::serve;
    GET  "/healthz" Need::Public, health::alive;
    GET  "/readyz" Need::Public, health::ready;
};

/// Written once per process: the table does not change.
static DOCUMENT: LazyLock<Document> = LazyLock::new(|| openapi::describe(REST));

/// The OpenAPI document as JSON text.
pub fn openapi_document() -> &'static str {
    &DOCUMENT.text
}

/// Registers everything.
pub fn configure(config: &mut ServiceConfig) {
    config.app_data(Data::new(DOCUMENT.clone()));
    endpoint::register(REST, config);
    endpoint::register(ABOUT_REST, config);
    endpoint::register(PAGES, config);
    // Whatever else is asked of the API is answered in its own language.
    config.service(web::resource(["/api", "/api/{rest:.*}"]).to(no_such_resource));
}

async fn no_such_resource() -> Result<HttpResponse, Problem> {
    Err(Problem::no_such_resource())
}
