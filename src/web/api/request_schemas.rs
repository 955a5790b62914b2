//! The schemas of what the REST door takes. They repeat the drafts of the service floor, which knows
//! nothing of OpenAPI; a test holds the two together, field by field.

use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, ObjectBuilder, OneOfBuilder, Type,
};
use utoipa::openapi::{Ref, RefOr, Schema};

use crate::domain::user::RuleAttribute;
use crate::service::api_tokens::MOST_DAYS;
use crate::service::exchanges::LONGEST_MINUTES;
use crate::service::listing::LARGEST_LIMIT;

type Fields = Vec<(&'static str, Schema)>;

/// Every body, by name.
pub fn all() -> Vec<(String, RefOr<Schema>)> {
    let bodies = [
        ("NewUser", object(&["username", "email"], user())),
        ("UserPatch", object(&[], user())),
        (
            "NewPassword",
            object(&["password"], vec![("password", text())]),
        ),
        ("NewGroup", object(&["name"], group())),
        ("GroupPatch", object(&[], group())),
        (
            "GroupPreviewRequest",
            object(
                &["memberQuery"],
                vec![("memberQuery", member_query()), ("groupId", text())],
            ),
        ),
        (
            "Selection",
            object(&["userIds"], vec![("userIds", list_of(text()))]),
        ),
        (
            "NewAttribute",
            object(&["name", "type", "value"], attribute()),
        ),
        ("AttributePatch", object(&[], attribute())),
        ("NewConnector", object(&["name"], connector())),
        ("ConnectorPatch", object(&[], connector())),
        (
            "NewMetadata",
            object(&[], vec![("metadataXml", text()), ("metadataUrl", text())]),
        ),
        (
            "MetadataApproval",
            object(
                &["metadataXml", "digest"],
                vec![
                    ("metadataXml", text()),
                    ("digest", text()),
                    ("takeName", flag()),
                    ("metadataUrl", text()),
                ],
            ),
        ),
        ("PreviewRequest", object(&["userId"], preview())),
        (
            "NewAdministrator",
            object(&["username", "email", "role"], administrator()),
        ),
        ("RoleChange", object(&["role"], vec![("role", role())])),
        (
            "RoleScopeDraft",
            object(&[], vec![("groups", list_of(text()))]),
        ),
        (
            "NewToken",
            object(
                &["name", "role"],
                vec![
                    ("name", text()),
                    ("role", role()),
                    ("expiresInDays", days()),
                    ("groups", list_of(text())),
                ],
            ),
        ),
        ("SettingsPatch", object(&[], settings())),
        (
            "NewKey",
            object(
                &[],
                vec![
                    (
                        "algorithm",
                        choice(&["rsa-2048", "rsa-3072", "rsa-4096", "ecdsa-p256"]),
                    ),
                    ("privateKey", text()),
                    ("certificate", text()),
                ],
            ),
        ),
        (
            "KeyPatch",
            object(
                &[],
                vec![
                    ("state", choice(&["ACTIVE", "RETIRED"])),
                    ("signsFrom", text()),
                ],
            ),
        ),
        ("KeySwitch", object(&[], vec![("signsFrom", text())])),
        (
            "MessageText",
            object(&["message"], vec![("message", text())]),
        ),
        (
            "PayloadRecordingDraft",
            object(&["minutes"], vec![("minutes", minutes())]),
        ),
    ];
    bodies
        .into_iter()
        .map(|(name, schema)| (name.to_owned(), schema.into()))
        .collect()
}

/// A string.
pub fn text() -> Schema {
    ObjectBuilder::new().schema_type(Type::String).into()
}

/// How long a token is good for.
fn days() -> Schema {
    let number = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .maximum(Some(MOST_DAYS));
    number.into()
}

/// The size of a page.
pub fn limit() -> Schema {
    let number = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1));
    number.maximum(Some(LARGEST_LIMIT)).into()
}

/// For how long documents are recorded.
fn minutes() -> Schema {
    let number = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1));
    number.maximum(Some(LONGEST_MINUTES)).into()
}

/// An object with these fields and no others.
pub fn object(
    required: &[&str],
    fields: impl IntoIterator<Item = (&'static str, Schema)>,
) -> Schema {
    let closed = AdditionalProperties::FreeForm(false);
    let mut object = ObjectBuilder::new().additional_properties(Some(closed));
    for (name, schema) in fields {
        object = object.property(name, schema);
    }
    for name in required {
        object = object.required(*name);
    }
    object.into()
}

fn flag() -> Schema {
    ObjectBuilder::new().schema_type(Type::Boolean).into()
}

fn choice(values: &[&'static str]) -> Schema {
    let words = ObjectBuilder::new().schema_type(Type::String);
    words.enum_values(Some(values.iter().copied())).into()
}

/// A list.
pub fn list_of(items: impl Into<RefOr<Schema>>) -> Schema {
    ArrayBuilder::new().items(items.into()).into()
}

/// Any JSON value.
pub fn anything() -> Schema {
    ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::SchemaType::AnyValue)
        .into()
}

fn role() -> Schema {
    choice(&["administrator", "manager", "help-desk", "read-only"])
}

fn user() -> Fields {
    let texts = [
        "username",
        "email",
        "firstName",
        "lastName",
        "displayName",
        "password",
        "company",
        "costCenter",
        "department",
        "description",
        "employeeType",
        "jobTitle",
        "location",
        "manager",
        "activateAt",
        "suspendAt",
    ];
    let mut fields: Fields = texts.into_iter().map(|name| (name, text())).collect();
    fields.push(("state", choice(&["STAGED", "ACTIVATED", "SUSPENDED"])));
    fields.push(("attributes", attributes()));
    fields
}

fn attributes() -> Schema {
    list_of(Ref::from_schema_name("NewAttribute"))
}

fn attribute() -> Fields {
    vec![
        ("name", text()),
        ("type", choice(&["string", "number", "boolean", "json"])),
        ("value", anything()),
    ]
}

fn group() -> Fields {
    let methods = &["STATIC", "DYNAMIC_AUTOMATED", "DYNAMIC_REVIEW_REQUIRED"];
    let exemptions = vec![("include", list_of(text())), ("exclude", list_of(text()))];
    vec![
        ("name", text()),
        ("description", text()),
        ("membershipMethod", choice(methods)),
        ("memberSuggestionsNotify", flag()),
        ("requireMfa", flag()),
        ("memberQuery", member_query()),
        ("memberQueryExemptions", object(&[], exemptions)),
        ("attributes", attributes()),
    ]
}

fn member_query() -> Schema {
    let fields = RuleAttribute::ALL.map(RuleAttribute::as_str);
    let filter = vec![
        ("field", choice(&fields)),
        ("operator", choice(&["equals", "notEquals", "startsWith"])),
        ("values", list_of(text())),
    ];
    let filters = list_of(object(&["field", "operator", "values"], filter));
    object(&["filters"], vec![("filters", filters)])
}

fn connector() -> Fields {
    vec![
        ("name", text()),
        ("slug", text()),
        ("status", choice(&["ACTIVE", "INACTIVE"])),
        ("template", text()),
        ("spEntityId", text()),
        ("acsUrls", list_of(acs_url())),
        ("sloUrls", list_of(slo_url())),
        ("spCertificates", list_of(certificate())),
        ("wantAuthnRequestsSigned", flag()),
        (
            "nameId",
            object(
                &[],
                vec![("source", text()), ("path", text()), ("format", text())],
            ),
        ),
        ("sign", choice(&["ASSERTION", "RESPONSE", "BOTH"])),
        (
            "signatureAlgorithm",
            choice(&["RSA-SHA256", "RSA-SHA384", "RSA-SHA512", "ECDSA-SHA256"]),
        ),
        ("encryptAssertions", flag()),
        (
            "encryptionAlgorithm",
            choice(&["AES-128-GCM", "AES-256-GCM", "AES-128-CBC", "AES-256-CBC"]),
        ),
        (
            "keyTransportAlgorithm",
            choice(&["RSA-OAEP", "RSA-OAEP-SHA256"]),
        ),
        ("encryptNameId", flag()),
        ("defaultRelayState", text()),
        ("loginUrl", text()),
        ("requireMfa", flag()),
        (
            "accessConditions",
            object(
                &[],
                vec![
                    ("networks", list_of(text())),
                    ("signInMaxAgeMinutes", number()),
                    ("deniedText", text()),
                    ("helpUrl", text()),
                ],
            ),
        ),
        ("attributeMappings", list_of(mapping())),
        ("metadataXml", text()),
        ("metadataUrl", text()),
    ]
}

fn binding() -> Schema {
    choice(&["HTTP-POST", "HTTP-REDIRECT"])
}

fn acs_url() -> Schema {
    let index = ObjectBuilder::new().schema_type(Type::Integer);
    let fields = vec![
        ("url", text()),
        ("binding", choice(&["HTTP-POST", "HTTP-ARTIFACT", "PAOS"])),
        ("index", index.into()),
        ("isDefault", flag()),
    ];
    object(&["url"], fields)
}

fn slo_url() -> Schema {
    object(
        &["url"],
        vec![
            ("url", text()),
            ("binding", binding()),
            ("responseUrl", text()),
        ],
    )
}

fn certificate() -> Schema {
    let with_use = vec![("pem", text()), ("use", choice(&["signing", "encryption"]))];
    OneOfBuilder::new()
        .item(text())
        .item(object(&["pem"], with_use))
        .into()
}

fn mapping() -> Schema {
    let kind = |name: &'static [&'static str], field: Option<&'static str>| {
        let fields = field.map(|field| (field, text()));
        let required: Vec<&str> = std::iter::once("type").chain(field).collect();
        object(
            &required,
            std::iter::once(("type", choice(name))).chain(fields),
        )
    };
    let source = OneOfBuilder::new()
        .item(kind(&["USER_FIELD"], Some("field")))
        .item(kind(&["CUSTOM"], Some("path")))
        .item(kind(&["CONSTANT"], Some("value")))
        .item(kind(&["GROUPS"], None));
    let fields = vec![
        ("spAttributeName", text()),
        ("nameFormat", choice(&["BASIC", "URI", "UNSPECIFIED"])),
        ("source", source.into()),
        ("merge", choice(&["NEWEST", "UNION"])),
        ("transformations", list_of(transformation())),
    ];
    object(&["spAttributeName", "source"], fields)
}

fn transformation() -> Schema {
    let kind = |names: &'static [&'static str], fields: &[&'static str]| {
        let required: Vec<&str> = std::iter::once("type")
            .chain(fields.iter().copied())
            .collect();
        let texts = fields.iter().map(|field| (*field, text()));
        object(
            &required,
            std::iter::once(("type", choice(names))).chain(texts),
        )
    };
    let keep = vec![
        ("type", choice(&["KEEP"])),
        ("test", choice(&["STARTS_WITH", "EQUALS", "CONTAINS"])),
        ("text", text()),
    ];
    let find = vec![
        ("type", choice(&["MATCH"])),
        ("pattern", text()),
        ("form", text()),
    ];
    OneOfBuilder::new()
        .item(kind(&["LOWER", "UPPER"], &[]))
        .item(kind(&["BEFORE", "AFTER", "JOIN", "SPLIT"], &["text"]))
        .item(kind(&["REPLACE"], &["find", "with"]))
        .item(object(&["type", "test", "text"], keep))
        .item(object(&["type", "pattern"], find))
        .item(kind(&["DEFAULT"], &["value"]))
        .item(kind(&["TEMPLATE"], &["template"]))
        .into()
}

fn preview() -> Fields {
    vec![("userId", text()), ("draft", object(&[], connector()))]
}

fn administrator() -> Fields {
    vec![
        ("username", text()),
        ("email", text()),
        ("role", role()),
        ("password", text()),
    ]
}

fn settings() -> Fields {
    let names = [
        "organisationName",
        "contactEmail",
        "logo",
        "nightlyAt",
        "timeZone",
        "sessionIdle",
        "sessionAbsolute",
        "smtpUrl",
        "mailFrom",
    ];
    let texts = names.into_iter().map(|name| (name, text()));
    texts.chain([("auditRetentionDays", number())]).collect()
}

fn number() -> Schema {
    ObjectBuilder::new().schema_type(Type::Integer).into()
}

#[cfg(test)]
mod tests;
