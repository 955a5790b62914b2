//! The form of the tab SSO: everything about the protocol, with the section Attributes. What it does
//! not show stays as it is stored.

use crate::domain::connector::ConnectorSettings;
use crate::domain::name_id_source::NameIdSource;
use crate::domain::sp_description::{RequestedAttribute, SpDescription};
use crate::service::connector_draft::{ConnectorDraft, NameIdDraft};
use crate::service::error::ServiceError;
use crate::service::patch::{Field, Violations};
use crate::web::console::sso::endpoint_rows::{AcsRow, CertificateRow, SloRow};
use crate::web::console::sso::mapping_row::MappingRow;
use crate::web::console::sso::step_row::StepRow;
use crate::web::console::submitted::Fields;

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SsoForm {
    pub entity_id: String,
    pub acs: Vec<AcsRow>,
    pub slo: Vec<SloRow>,
    pub certificates: Vec<CertificateRow>,
    pub want_signed: bool,
    pub name_id_source: String,
    /// Looked at for an own attribute only.
    pub name_id_path: String,
    pub name_id_format: String,
    pub sign: String,
    pub algorithm: String,
    pub encrypt_assertions: bool,
    pub encrypt_name_id: bool,
    pub encryption_algorithm: String,
    pub key_transport: String,
    pub relay_state: String,
    pub attributes: Vec<MappingRow>,
}

impl SsoForm {
    /// What is stored.
    pub fn from_settings(settings: &ConnectorSettings) -> Self {
        Self {
            entity_id: settings.sp_entity_id.clone(),
            acs: settings.acs.iter().map(AcsRow::from).collect(),
            slo: settings.slo.iter().map(SloRow::from).collect(),
            certificates: settings
                .certificates
                .iter()
                .map(CertificateRow::from)
                .collect(),
            want_signed: settings.want_authn_requests_signed,
            name_id_source: settings.name_id.source.as_str().to_owned(),
            name_id_path: settings
                .name_id
                .source
                .path()
                .unwrap_or_default()
                .to_owned(),
            name_id_format: settings.name_id.format.uri().to_owned(),
            sign: settings.sign.as_str().to_owned(),
            algorithm: settings.signature_algorithm.as_str().to_owned(),
            encrypt_assertions: settings.encryption.assertions,
            encrypt_name_id: settings.encryption.name_id,
            encryption_algorithm: settings.encryption.algorithm.as_str().to_owned(),
            key_transport: settings.encryption.key_transport.as_str().to_owned(),
            relay_state: settings.default_relay_state.clone(),
            attributes: settings.mappings.iter().map(MappingRow::from).collect(),
        }
    }

    /// What was typed.
    pub fn from_fields(fields: &Fields) -> Self {
        let text = |name| fields.text(name).to_owned();
        Self {
            entity_id: text("sp-entity-id"),
            acs: AcsRow::all(fields),
            slo: SloRow::all(fields),
            certificates: CertificateRow::all(fields),
            want_signed: fields.has("want-signed"),
            name_id_source: text("name-id-source"),
            name_id_path: text("name-id-path"),
            name_id_format: text("name-id-format"),
            sign: text("sign"),
            algorithm: text("algorithm"),
            encrypt_assertions: fields.has("encrypt-assertions"),
            encrypt_name_id: fields.has("encrypt-name-id"),
            encryption_algorithm: text("encryption-algorithm"),
            key_transport: text("key-transport"),
            relay_state: text("relay-state"),
            attributes: MappingRow::all(fields),
        }
    }

    /// Does what a button of the form says: adds or removes a row. False: it is another button.
    pub fn edit(&mut self, (word, argument): (&str, &str)) -> bool {
        let row: Option<usize> = argument.parse().ok();
        match word {
            "add-acs" => self.acs.push(AcsRow::blank()),
            "add-slo" => self.slo.push(SloRow {
                url: String::new(),
                binding: "HTTP-REDIRECT".to_owned(),
                response_url: String::new(),
            }),
            "add-certificate" => self.certificates.push(CertificateRow {
                pem: String::new(),
                use_for: "signing".to_owned(),
            }),
            "add-attribute" => self.attributes.push(MappingRow::default()),
            "remove-acs" => remove(&mut self.acs, row),
            "remove-slo" => remove(&mut self.slo, row),
            "remove-certificate" => remove(&mut self.certificates, row),
            "remove-attribute" => remove(&mut self.attributes, row),
            "add-step" => {
                if let Some(row) = row.and_then(|row| self.attributes.get_mut(row)) {
                    row.steps.push(StepRow::default());
                }
            }
            "remove-step" => self.remove_step(argument),
            _ => return false,
        }
        true
    }

    /// Adds a row for what the metadata asks for; where its value comes from is still to be chosen.
    pub fn take_offer(&mut self, description: &SpDescription, place: &str) {
        let place: Option<usize> = place.parse().ok();
        let asked = place.and_then(|place| description.requested_attributes.get(place));
        self.attributes.extend(asked.map(|asked| MappingRow {
            name: asked.name.clone(),
            format: asked.name_format.as_str().to_owned(),
            ..MappingRow::default()
        }));
    }

    /// What the metadata asks for and no row of the form is called.
    pub fn offers<'a>(
        &self,
        description: &'a SpDescription,
    ) -> Vec<(usize, &'a RequestedAttribute)> {
        let rows = self.attributes.iter();
        let given: Vec<&str> = rows.map(|row| row.name.as_str()).collect();
        description.unmapped(&given)
    }

    /// `argument`: row and step, as in `3.0`.
    fn remove_step(&mut self, argument: &str) {
        if let Some((row, step)) = argument.split_once('.')
            && let Some(row) = row
                .parse()
                .ok()
                .and_then(|row: usize| self.attributes.get_mut(row))
        {
            remove(&mut row.steps, step.parse().ok());
        }
    }

    /// Forgets rows that were added and never filled.
    pub fn tidy(&mut self) {
        self.acs.retain(|row| !row.is_blank());
        self.slo.retain(|row| !row.is_blank());
        self.certificates.retain(|row| !row.is_blank());
        self.attributes.retain(|row| !row.is_blank());
    }

    /// What is to be saved or previewed.
    pub fn draft(&self) -> Result<ConnectorDraft, ServiceError> {
        let mut broken = Violations::default();
        let acs = self.acs.iter().enumerate();
        let acs = acs
            .map(|(place, row)| row.draft(place, &mut broken))
            .collect();
        broken.into_result()?;
        let is_attribute = self.name_id_source == NameIdSource::OWN_ATTRIBUTE;
        Ok(ConnectorDraft {
            sp_entity_id: Field::Set(self.entity_id.clone()),
            acs_urls: Field::Set(acs),
            slo_urls: Field::Set(self.slo.iter().map(SloRow::draft).collect()),
            sp_certificates: Field::Set(
                self.certificates
                    .iter()
                    .map(CertificateRow::draft)
                    .collect(),
            ),
            want_authn_requests_signed: Field::Set(self.want_signed),
            name_id: Field::Set(NameIdDraft {
                source: Some(self.name_id_source.clone()),
                path: is_attribute.then(|| self.name_id_path.clone()),
                format: Some(self.name_id_format.clone()),
            }),
            sign: Field::Set(self.sign.clone()),
            signature_algorithm: Field::Set(self.algorithm.clone()),
            encrypt_assertions: Field::Set(self.encrypt_assertions),
            encrypt_name_id: Field::Set(self.encrypt_name_id),
            encryption_algorithm: Field::Set(self.encryption_algorithm.clone()),
            key_transport_algorithm: Field::Set(self.key_transport.clone()),
            default_relay_state: Field::Set(self.relay_state.clone()),
            attribute_mappings: Field::Set(self.attributes.iter().map(MappingRow::draft).collect()),
            ..ConnectorDraft::default()
        })
    }

    /// Labels and values, to be compared with those of somebody else.
    pub fn said(&self) -> Vec<(String, String)> {
        let lines = |lines: Vec<String>| lines.join("; ");
        let yes_or_no = |is_so| if is_so { "Yes" } else { "No" }.to_owned();
        [
            ("Service Provider Entity ID", self.entity_id.clone()),
            (
                "ACS URLs",
                lines(self.acs.iter().map(AcsRow::said).collect()),
            ),
            (
                "Single logout URLs",
                lines(self.slo.iter().map(SloRow::said).collect()),
            ),
            (
                "Service provider certificates",
                lines(self.certificates.iter().map(CertificateRow::said).collect()),
            ),
            (
                "The service provider has to sign its requests",
                yes_or_no(self.want_signed),
            ),
            ("NameID source", self.name_id_source.clone()),
            ("NameID attribute", self.name_id_path.clone()),
            ("NameID format", self.name_id_format.clone()),
            ("Sign", self.sign.clone()),
            ("Signature algorithm", self.algorithm.clone()),
            ("Encrypt the assertion", yes_or_no(self.encrypt_assertions)),
            ("Encrypt the NameID", yes_or_no(self.encrypt_name_id)),
            ("Encryption algorithm", self.encryption_algorithm.clone()),
            ("Key transport", self.key_transport.clone()),
            ("Default RelayState", self.relay_state.clone()),
            (
                "Attributes",
                lines(self.attributes.iter().map(MappingRow::said).collect()),
            ),
        ]
        .map(|(label, value)| (label.to_owned(), value))
        .to_vec()
    }
}

fn remove<T>(rows: &mut Vec<T>, row: Option<usize>) {
    if let Some(row) = row.filter(|row| *row < rows.len()) {
        rows.remove(row);
    }
}

#[cfg(test)]
mod tests;
