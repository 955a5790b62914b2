//! `vestibule explain`: rule C2 on the terminal, in words or as the JSON of the REST preview.

use clap::Args;

use crate::app;
use crate::cli::output;
use crate::config::Config;
use crate::domain::release::{OriginKind, Step, ValueOrigin};
use crate::service::preview::{Preview, explain};
use crate::web::api::preview::PreviewJson;

#[derive(Debug, Args)]
pub struct ExplainOptions {
    /// Username or id.
    #[arg(long)]
    user: String,
    /// Slug or id.
    #[arg(long)]
    connector: String,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(config: &Config, options: &ExplainOptions) -> anyhow::Result<()> {
    let environment = app::open(config)?;
    let preview =
        explain(&environment, &options.user, &options.connector).map_err(output::in_words)?;
    if options.json {
        return output::print(&serde_json::to_string_pretty(&PreviewJson::from(preview))?);
    }
    output::print(&in_words(&preview))
}

fn in_words(preview: &Preview) -> String {
    let user = &preview.user.username;
    let name = &preview.connector.settings.name;
    let mut lines = vec![if preview.access.is_allowed() {
        format!("{user} may open {name}.")
    } else {
        format!(
            "{user} may not open {name}: {}.",
            preview.access.reason.as_str()
        )
    }];
    for (path, cause) in preview.access.paths.iter().zip(&preview.causes) {
        lines.push(format!(
            "  by group {} ({}): {}",
            path.group_name,
            path.source.label(),
            cause.text
        ));
    }
    if let Some(name_id) = &preview.name_id {
        lines.push(format!("NameID {} ({})", name_id.value, name_id.format));
        let (label, named) = (name_id.origin.label(), name_id.origin.named());
        lines.push(format!("  {}", format!("{label} {named}").trim_end()));
    }
    for attribute in &preview.release.attributes {
        lines.push(format!(
            "{} = {}",
            attribute.name,
            attribute.values.join(", ")
        ));
        for origin in &attribute.origins {
            lines.push(format!("  {}", origin_in_words(origin)));
            lines.extend(origin.steps.iter().map(step_in_words));
        }
        for loser in attribute.origins.iter().flat_map(|origin| &origin.overrode) {
            let group = loser.group_name.as_deref().unwrap_or_default();
            lines.push(format!(
                "    overrode {} of group {group}",
                loser.values.join(", ")
            ));
        }
    }
    for omission in &preview.release.omitted {
        let mapping = preview.connector.settings.mappings.get(omission.mapping);
        let name = mapping
            .map(|mapping| mapping.sp_attribute_name.as_str())
            .unwrap_or_default();
        lines.push(format!("{name} is left out: {}", omission.reason.as_str()));
        lines.extend(omission.steps.iter().map(step_in_words));
    }
    lines.extend(
        preview
            .warnings
            .iter()
            .map(|warning| format!("warning: {}", warning.detail)),
    );
    lines.join("\n")
}

fn step_in_words(step: &Step) -> String {
    let texts = step.transformation.texts().into_iter();
    let texts: String = texts.map(|(_, text)| format!(" {text:?}")).collect();
    let label = step.transformation.label();
    format!("    {label}{texts}: {}", step.values.join(", "))
}

fn origin_in_words(origin: &ValueOrigin) -> String {
    let path = origin.path.as_deref().unwrap_or_default();
    let attribute = origin.attribute.as_deref().unwrap_or_default();
    match origin.from {
        OriginKind::User => format!("from the user's own attribute, {path}"),
        OriginKind::Group => {
            let merged = origin.merged.iter().map(|group| group.group_name.as_str());
            let groups: Vec<&str> = origin
                .group_name
                .as_deref()
                .into_iter()
                .chain(merged)
                .collect();
            format!("from group {}, {path}", groups.join(" and "))
        }
        OriginKind::Field => format!("from the user's field {attribute}"),
        OriginKind::Constant => "a constant of the connector".to_owned(),
        OriginKind::Groups => "the user's groups that open this application".to_owned(),
        OriginKind::Default => "a default value of the connector".to_owned(),
    }
}
