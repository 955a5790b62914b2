//! `/metrics`: the numbers of `service/metrics.rs` as Prometheus' text, on a listener of its own, for
//! whoever can reach it. Names no user and no group.

use std::fmt::Display;

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use chrono::{DateTime, Utc};

use crate::service::environment::Environment;
use crate::service::metrics::{self, Metrics};
use crate::web::error::WebError;
use crate::web::responses::blocking;

const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Registers the one path. The application data is the environment.
pub fn configure(config: &mut ServiceConfig) {
    config.service(
        web::resource("/metrics")
            .route(web::get().to(show))
            .route(web::head().to(show)),
    );
}

async fn show(env: Data<Environment>) -> Result<HttpResponse, WebError> {
    let numbers = blocking(&env, metrics::collect).await?;
    Ok(HttpResponse::Ok().content_type(TEXT).body(text(&numbers)))
}

fn text(numbers: &Metrics) -> String {
    let mut page = Page::default();
    page.gauge("process_start_time_seconds", "When this process began.");
    page.value("", seconds(numbers.started_at));
    page.counter(
        "vestibule_sign_ons_total",
        "Sign-ons since the process began, by what became of them.",
    );
    page.value(r#"outcome="issued""#, numbers.issued);
    page.value(r#"outcome="denied""#, numbers.denied);
    page.value(r#"outcome="failed""#, numbers.failed);
    page.counter(
        "vestibule_requests_braked_total",
        "Requests that were answered 429 since the process began, because one source sent too many.",
    );
    for (flood, times) in &numbers.braked {
        page.value(&format!(r#"kind="{}""#, flood.as_str()), times);
    }
    if let Some((end, renewed, refused)) = numbers.tls {
        page.gauge(
            "vestibule_tls_certificate_expiry_timestamp_seconds",
            "When the certificate ends that this process serves.",
        );
        page.value("", end);
        page.counter(
            "vestibule_tls_certificate_files_total",
            "New certificate files since the process began, by what became of them.",
        );
        page.value(r#"outcome="taken""#, renewed);
        page.value(r#"outcome="refused""#, refused);
    }
    if let Some(stream) = &numbers.stream {
        page.gauge(
            "vestibule_audit_stream_waiting",
            "Audit events that wait for their receiver.",
        );
        page.value("", stream.waiting);
        page.counter(
            "vestibule_audit_stream_delivered_total",
            "Audit events that the receiver took.",
        );
        page.value("", stream.delivered);
        page.gauge(
            "vestibule_audit_stream_failures",
            "Tries to deliver audit events that failed since the last that did not.",
        );
        page.value("", stream.failures);
    }
    page.gauge("vestibule_mail_waiting", "Mails in the outbox.");
    page.value("", numbers.mail_waiting);
    page.counter(
        "vestibule_recompute_alarms_total",
        "Recomputes that found memberships or suggestions to differ from the rules.",
    );
    page.value("", numbers.recompute_alarms);
    if let Some(last) = &numbers.last_recompute {
        page.gauge(
            "vestibule_recompute_last_start_timestamp_seconds",
            "When the last recompute that came to its end began.",
        );
        page.value("", seconds(last.started_at));
        page.gauge(
            "vestibule_recompute_last_repairs",
            "What the last recompute repaired: memberships added and removed, and all together with sources and suggestions.",
        );
        page.value(r#"kind="additions""#, last.additions);
        page.value(r#"kind="removals""#, last.removals);
        page.value(r#"kind="all""#, last.repaired);
    }
    page.gauge(
        "vestibule_signing_certificate_expiry_timestamp_seconds",
        "When the certificate of a signing key ends; retired keys are left out.",
    );
    for key in &numbers.signing_keys {
        let labels = format!(
            r#"key="{}",algorithm="{}",state="{}""#,
            key.public_id,
            key.algorithm.as_str(),
            key.state.as_str()
        );
        page.value(&labels, seconds(key.not_after));
    }
    page.gauge(
        "vestibule_service_provider_certificate_expiry_timestamp_seconds",
        "When a certificate of a service provider ends; those that have been replaced are left out.",
    );
    for (connector, certificate) in &numbers.sp_certificates {
        let labels = format!(
            r#"connector="{connector}",use="{}",fingerprint="{}""#,
            certificate.use_for.as_str(),
            certificate.fingerprint
        );
        if let Some(end) = certificate.not_after {
            page.value(&labels, seconds(end));
        }
    }
    page.text
}

fn seconds(at: DateTime<Utc>) -> i64 {
    at.timestamp()
}

/// The format: for each metric its help, its type, and a line for each value. No label needs escaping,
/// since none is written by people.
#[derive(Default)]
struct Page {
    text: String,
    name: &'static str,
}

impl Page {
    fn gauge(&mut self, name: &'static str, help: &str) {
        self.begin("gauge", name, help);
    }

    fn counter(&mut self, name: &'static str, help: &str) {
        self.begin("counter", name, help);
    }

    fn begin(&mut self, kind: &str, name: &'static str, help: &str) {
        self.name = name;
        self.text
            .push_str(&format!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
    }

    fn value(&mut self, labels: &str, value: impl Display) {
        let name = self.name;
        let line = if labels.is_empty() {
            format!("{name} {value}\n")
        } else {
            format!("{name}{{{labels}}} {value}\n")
        };
        self.text.push_str(&line);
    }
}
