//! Plans that a server keeps.

use super::plan::{format_of, read, write, wrong};
use crate::args::KeptPlanCommand;
use crate::console::Console;
use crate::failure::Failure;
use boxoffice_client::Client;
use boxoffice_client::protocol::json::PlanSavedRecord;
use boxoffice_client::protocol::reply::Effect;
use boxoffice_plan::{Hall, HallPlan, PlanDigest, PlanFormat, SourcePlan, plan_digest, read_file};
use std::path::Path;
use std::sync::Arc;

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
    let (digest, effect) = keep(client, &read(file)?).await?;
    if console.is_json() {
        return Ok(console.json(&PlanSavedRecord::new(digest, effect))?);
    }
    console.data(&digest.to_string())?;
    console.note(&format!("its page: /plans/{digest} where the server speaks HTTP"));
    Ok(())
}

/// Has the server keep a plan.
pub(super) async fn keep(
    client: &Client,
    plan: &SourcePlan,
) -> Result<(PlanDigest, Effect), Failure> {
    let canonical = plan.file.canonical();
    let digest = plan_digest(&canonical);
    Ok((digest, client.put_plan(digest, &canonical).await?))
}

async fn get(
    client: &Client,
    digest: PlanDigest,
    out: Option<&Path>,
    console: &Console,
) -> Result<(), Failure> {
    let plan = kept(client, digest).await?.file;
    let format = out.map_or(PlanFormat::Toml, format_of);
    let is_json = format == PlanFormat::Json || out.is_none() && console.is_json();
    let written = if is_json { plan.to_json() } else { plan.to_toml() };
    write(out, &written, console)
}

/// A plan that the server keeps.
async fn kept(client: &Client, digest: PlanDigest) -> Result<SourcePlan, Failure> {
    let canonical = client.plan(digest).await?;
    let shown = Path::new("what the server sent");
    if plan_digest(&canonical) != digest {
        return Err(wrong(shown, "is another plan"));
    }
    read_file(&canonical, PlanFormat::Json).map_err(|error| wrong(shown, &error.to_string()))
}

/// The hall of an event with this plan: what it calls rows and seats.
pub(crate) async fn hall_of(client: &Client, plan: Option<PlanDigest>) -> Result<Hall, Failure> {
    let Some(digest) = plan else { return Ok(Hall::default()) };
    let plan = HallPlan::new(Arc::new(kept(client, digest).await?.plan));
    Ok(Hall::planned(Arc::new(plan)))
}
