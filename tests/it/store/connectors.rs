//! Connectors.

use diesel::prelude::*;
use diesel::sql_query;
use vestibule::domain::attribute_mapping::{AttributeSource, NameFormat};
use vestibule::domain::connector::{
    AcsBinding, CertificateUse, ConnectorStatus, NameIdFormat, SignatureAlgorithm, SignatureScope,
};
use vestibule::store::connectors::{self, ConnectorFilter};
use vestibule::store::error::StoreError;
use vestibule::store::paging::PageRequest;

use crate::store::databases::each_database;
use crate::store::samples::{self, at, id};

#[test]
fn a_connector_comes_back_as_it_was_saved() {
    each_database(|store| {
        let mut aws = samples::write(store, |conn| {
            connectors::insert(conn, &id("c-aws"), &samples::settings("aws"), at(0))
        });
        let read = || {
            samples::read(store, |conn| {
                connectors::find_by_public_id(conn, &id("c-aws"))
            })
            .expect("the connector")
        };
        assert_eq!(read(), aws);
        // Every choice once, so that none is stored under another's name.
        for step in 0..4_usize {
            let settings = &mut aws.settings;
            settings.status = [ConnectorStatus::Active, ConnectorStatus::Inactive][step % 2];
            settings.acs[0].binding = AcsBinding::ALL[step % 3];
            settings.name_id.format = NameIdFormat::ALL[step];
            settings.sign = [
                SignatureScope::Assertion,
                SignatureScope::Response,
                SignatureScope::Both,
            ][step % 3];
            settings.signature_algorithm = [
                SignatureAlgorithm::RsaSha256,
                SignatureAlgorithm::RsaSha384,
                SignatureAlgorithm::RsaSha512,
                SignatureAlgorithm::EcdsaSha256,
            ][step];
            settings.certificates[0].use_for = [
                CertificateUse::Both,
                CertificateUse::Signing,
                CertificateUse::Encryption,
            ][step % 3];
            settings.mappings[0].name_format =
                [NameFormat::Basic, NameFormat::Uri, NameFormat::Unspecified][step % 3];
            settings.template = [None, Some("aws-iam".to_owned())][step % 2].clone();
            settings.mappings[0].source = AttributeSource::Constant("<&\"".to_owned());
            settings.acs[0].index = None;
            settings.want_authn_requests_signed = step % 2 == 0;
            let new = aws.clone();
            aws = samples::write(store, move |conn| connectors::save(conn, &new, at(1)));
            assert_eq!(read(), aws);
        }
        assert_eq!(aws.version, 5);
        let connector = aws.id;
        let delete = move |conn: &mut _| connectors::delete(conn, connector);
        assert!(samples::write(store, delete));
        assert!(!samples::write(store, delete));
        let gone: Result<_, StoreError> =
            store.write(move |conn| connectors::save(conn, &aws, at(1)));
        assert!(matches!(gone, Err(StoreError::ParentGone)));
    });
}

/// A connector read without its metadata document can be saved without losing it.
#[test]
fn the_metadata_document_stays() {
    each_database(|store| {
        samples::write(store, |conn| {
            connectors::insert(conn, &id("c-aws"), &samples::settings("aws"), at(0))
        });
        let by_slug =
            samples::read(store, |conn| connectors::find_by_slug(conn, "aws")).expect("by slug");
        let by_entity = samples::read(store, |conn| {
            connectors::find_by_entity_id(conn, "urn:example:aws")
        });
        assert_eq!(by_entity.as_ref(), Some(&by_slug));
        let by_key = samples::read(store, |conn| connectors::find(conn, by_slug.id));
        assert_eq!(by_key.as_ref(), Some(&by_slug));
        assert_eq!(by_slug.settings.metadata_xml, None);
        samples::write(store, move |conn| connectors::save(conn, &by_slug, at(1)));
        let whole = samples::read(store, |conn| {
            connectors::find_by_public_id(conn, &id("c-aws"))
        });
        let xml = whole.and_then(|connector| connector.settings.metadata_xml);
        assert_eq!(xml.as_deref(), Some("<EntityDescriptor/>"));
        // EXACT-ACS has its like here: an entity id is compared byte for byte.
        let other = samples::read(store, |conn| {
            connectors::find_by_entity_id(conn, "urn:example:AWS")
        });
        assert_eq!(other, None);
    });
}

#[test]
fn connectors_are_listed_and_filtered() {
    each_database(|store| {
        for name in ["Zoom", "aws", "Slack"] {
            samples::write(store, move |conn| {
                connectors::insert(conn, &id(name), &samples::settings(name), at(0))
            });
        }
        let names = |filter: ConnectorFilter| -> Vec<String> {
            samples::read(store, |conn| {
                connectors::list(conn, &filter, &PageRequest::first(50))
            })
            .items
            .into_iter()
            .map(|connector| connector.settings.name)
            .collect()
        };
        assert_eq!(names(ConnectorFilter::default()), ["aws", "Slack", "Zoom"]);
        let q = |q: &str| ConnectorFilter {
            q: Some(q.to_owned()),
            ..ConnectorFilter::default()
        };
        assert_eq!(names(q("SLA")), ["Slack"]);
        assert_eq!(names(q("urn:example:Z")), ["Zoom"]);
        let exact = ConnectorFilter {
            q: None,
            name: Some("AWS".to_owned()),
            slug: Some("aws".to_owned()),
            status: Some(ConnectorStatus::Active),
            template: Some("aws-iam".to_owned()),
            sp_entity_id: Some("urn:example:aws".to_owned()),
        };
        assert_eq!(names(exact), ["aws"]);
        let choices = samples::read(store, |conn| connectors::names(conn, 2));
        let choices: Vec<(&str, &str, &str)> = choices
            .iter()
            .map(|one| (one.id.as_str(), one.slug.as_str(), one.name.as_str()))
            .collect();
        assert_eq!(
            choices,
            [("aws", "aws", "aws"), ("Slack", "slack", "Slack")]
        );
        let page = PageRequest::first(2);
        let first = samples::read(store, |conn| {
            connectors::list(conn, &ConnectorFilter::default(), &page)
        });
        let next = PageRequest {
            limit: 2,
            after: first.next,
        };
        let rest = samples::read(store, |conn| {
            connectors::list(conn, &ConnectorFilter::default(), &next)
        });
        assert_eq!(rest.items.len(), 1);
        assert_eq!(
            (rest.items[0].settings.name.as_str(), rest.total),
            ("Zoom", 3)
        );
    });
}

#[test]
fn settings_that_cannot_be_read_are_loud() {
    each_database(|store| {
        samples::write(store, |conn| {
            connectors::insert(conn, &id("c-aws"), &samples::settings("aws"), at(0))?;
            sql_query("UPDATE connectors SET settings = REPLACE(settings, 'BOTH', 'NONE')")
                .execute(conn)?;
            Ok(())
        });
        let found: Result<_, StoreError> = store.read(|conn| connectors::find_by_slug(conn, "aws"));
        assert!(matches!(
            found,
            Err(StoreError::Corrupt {
                table: "connectors",
                column: "settings",
                ..
            })
        ));
    });
}
