//! Plans that a server keeps.

use super::plan::{format_of, read, write, wrong};
use crate::args::KeptPlanCommand;
use crate::console::Console;
use crate::failure::Failure;
use boxoffice_client::Client;
use boxoffice_client::protocol::json::PlanSavedRecord;
use boxoffice_plan::{PlanDigest, PlanFormat, plan_digest, read_file};
use std::path::Path;

/// Runs a command.
///
/// # Errors
/// [`Failure`] for a file that is no plan, or a server that does not keep it.
pub(crate) async fn run(
    client: &Client,
    command: KeptPlanCommand,
    console: &Console,
) -> Result<(), Failure> {
    match command {
        KeptPlanCommand::Put { file } => put(client, &file, console).await,
        KeptPlanCommand::Get { digest, out } => get(client, digest, out.as_deref(), console).await,
    }
}

async fn put(client: &Client, file: &Path, console: &Console) -> Result<(), Failure> {
    let canonical = read(file)?.file.canonical();
    let digest = plan_digest(&canonical);
    let effect = client.put_plan(digest, &canonical).await?;
    if console.is_json() {
        return Ok(console.json(&PlanSavedRecord::new(digest, effect))?);
    }
    Ok(console.data(&digest.to_string())?)
}

async fn get(
    client: &Client,
    digest: PlanDigest,
    out: Option<&Path>,
    console: &Console,
) -> Result<(), Failure> {
    let canonical = client.plan(digest).await?;
    let shown = Path::new("what the server sent");
    if plan_digest(&canonical) != digest {
        return Err(wrong(shown, "is another plan"));
    }
    let read = read_file(&canonical, PlanFormat::Json);
    let plan = read.map_err(|error| wrong(shown, &error.to_string()))?.file;
    let format = out.map_or(PlanFormat::Toml, format_of);
    let is_json = format == PlanFormat::Json || out.is_none() && console.is_json();
    let written = if is_json { plan.to_json() } else { plan.to_toml() };
    write(out, &written, console)
}
