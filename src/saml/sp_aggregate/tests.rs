//! Aggregates as federations publish them, and as nobody should.

use std::io::BufReader;

use super::*;

use crate::saml::sp_metadata;

const NOW: &str = "2026-11-01T12:00:00Z";

fn entity(number: usize) -> String {
    format!(
        r#"<EntityDescriptor entityID="https://sp{number}.example"><SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><Extensions><mdui:UIInfo><mdui:DisplayName xml:lang="en">Wiki {number} &amp; more</mdui:DisplayName></mdui:UIInfo></Extensions><AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://sp{number}.example/acs" index="1"/></SPSSODescriptor></EntityDescriptor>"#
    )
}

fn aggregate(attributes: &str, inside: &str) -> String {
    format!(
        r#"<?xml version="1.0"?><!-- all --><EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui" {attributes}>{inside}</EntitiesDescriptor>"#
    )
}

fn scanned(xml: &[u8]) -> (Vec<Option<Vec<u8>>>, Result<(), AggregateError>) {
    let mut found = Vec::new();
    // A small buffer, so that every boundary is met.
    let source = BufReader::with_capacity(61, xml);
    let outcome = scan(source, instant::parse(NOW).unwrap(), |one| {
        found.push(one.map(<[u8]>::to_vec));
    });
    (found, outcome)
}

fn refused(xml: &str, said: &str) {
    let (_, outcome) = scanned(xml.as_bytes());
    let error = outcome.expect_err(xml).to_string();
    assert!(error.contains(said), "{error}");
}

/// SAML Metadata 2.3.1: entities, and groups of entities in groups.
#[test]
fn each_entity_is_a_document_of_its_own_wherever_it_stands() {
    let signature = r#"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/></ds:Signature>"#;
    let extensions = "<Extensions><x xmlns='urn:x'><y/></x></Extensions>";
    let inner = format!(
        r#"<EntitiesDescriptor xmlns:mdui="urn:other"><EntitiesDescriptor xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui">{}</EntitiesDescriptor></EntitiesDescriptor>"#,
        entity(2)
    );
    let xml = aggregate(
        "",
        &format!("{signature}{extensions}{}\n{inner}{}", entity(1), entity(3)),
    );
    let (found, outcome) = scanned(xml.as_bytes());
    outcome.unwrap();
    let names: Vec<String> = found
        .iter()
        .map(|document| {
            let document = document.as_deref().unwrap();
            let read = sp_metadata::read(document, instant::parse(NOW).unwrap()).unwrap();
            read.description.offered_name().unwrap().to_owned()
        })
        .collect();
    assert_eq!(names, ["Wiki 1 & more", "Wiki 2 & more", "Wiki 3 & more"]);
}

#[test]
fn a_document_of_one_entity_is_an_aggregate_of_one() {
    let alone = entity(1).replacen(
        "<EntityDescriptor",
        r#"<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui""#,
        1,
    );
    let (found, outcome) = scanned(alone.as_bytes());
    outcome.unwrap();
    assert_eq!(found.len(), 1);
}

/// SAML Metadata 2.3.1: validUntil of a group is of all that is in it.
#[test]
fn a_group_that_has_run_out_is_not_read() {
    refused(
        &aggregate(r#"validUntil="2026-10-01T00:00:00Z""#, &entity(1)),
        "has expired",
    );
    refused(&aggregate(r#"validUntil="soon""#, &entity(1)), "not a date");
}

#[test]
fn what_is_no_aggregate_is_refused() {
    refused("", "neither EntitiesDescriptor");
    refused("<html><body/></html>", "neither EntitiesDescriptor");
    refused("<EntitiesDescriptor/>", "neither EntitiesDescriptor");
    refused("<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", "document type");
    let cut = aggregate("", &entity(1));
    refused(&cut[..cut.len() - 5], "not well-formed");
    refused(&cut[..cut.len() / 2], "not well-formed");
    refused(&format!("{cut}{cut}"), "not well-formed");
}

/// BOUNDED-INPUT: one entity beyond its cap is given up alone, and nothing else is of any length.
#[test]
fn nothing_of_any_length_is_held() {
    let large = entity(1).replace("Wiki", &"<x/>".repeat(MAX_METADATA_BYTES / 4));
    let (found, outcome) = scanned(aggregate("", &format!("{large}{}", entity(2))).as_bytes());
    outcome.unwrap();
    assert!(found[0].is_none() && found[1].is_some());

    let text = entity(1).replace("Wiki", &"w".repeat(MAX_METADATA_BYTES + 100));
    refused(&aggregate("", &text), "larger than");
    let tag = entity(1).replace("Wiki", &format!("<x y='{}'/>", "w".repeat(MAX_TAG_BYTES)));
    refused(&aggregate("", &tag), "larger than");
    let deep = "<x>".repeat(MAX_DEPTH + 1);
    refused(
        &aggregate("", &entity(1).replace("Wiki", &deep)),
        "too deeply",
    );
    refused(&aggregate("", &deep), "too deeply");
    let nested = "<EntitiesDescriptor>".repeat(MAX_NESTING);
    refused(&aggregate("", &nested), "too deeply");
}
