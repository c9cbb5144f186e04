//! Compares everything in a data folder that can be compared.

use super::attempts::looked;
use super::past::Past;
use super::replay::replay;
use super::report::{Finding, Findings, JournalReport, MOST, Report};
use super::tail::Tail;
use crate::ledger::rows::{Audited, RowsError, RowsReader};
use crate::ledger::{FolderInspection, InspectionError, manifest};
use boxoffice_journal::{Applied, Recovered};
use boxoffice_protocol::reservation::Status;
use std::convert::Infallible;
use std::path::Path;

/// The stages of a check, for a progress line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckStage {
    /// The journal is read.
    Journal,
    /// The rows are read.
    Rows,
    /// The state is made in two ways.
    Replay,
}

/// Checks a data folder, and tells `progress` what it does.
///
/// # Errors
/// [`InspectionError`] if it could not look; damage is in the report.
pub fn check(
    path: &Path,
    progress: &mut impl FnMut(CheckStage),
) -> Result<Report, InspectionError> {
    looked(path, || check_once(path, progress))
}

fn check_once(
    path: &Path,
    progress: &mut impl FnMut(CheckStage),
) -> Result<Report, InspectionError> {
    let (mut report, mut findings) = (Report::default(), Findings::default());
    if let Err(error) = manifest::verify(path) {
        findings.push(Finding::error(&error));
    }
    progress(CheckStage::Journal);
    let walked = looked(path, || walk(path));
    let walked = findings.take(walked)?;
    if let Some(Walked { look, mut past, tail, journal }) = match walked {
        Some(walked) => Some(walked),
        None => findings.take(FolderInspection::open_rows(path).map(Walked::of_rows))?,
    } {
        report = Report { server: look.server().map(str::to_owned), journal, ..report };
        report.rows = look.mark();
        progress(CheckStage::Rows);
        let audited = look.rows().audit_file(|wrong| findings.push(Finding::error(&wrong)));
        findings.take(audited)?;
        let audited = audit(look.rows(), &mut past, &mut report, &mut findings);
        findings.take(audited)?;
        past.settle(&mut findings);
        progress(CheckStage::Replay);
        if let Some(ahead) = replay(look.rows(), &tail, &mut findings)? {
            // What there is at the journal's end.
            let audited = audit(ahead.reader(), &mut Past::default(), &mut report, &mut findings);
            findings.take(audited)?;
        }
        look.check_undisturbed()?;
    }
    (report.findings, report.more_findings) = (findings.told, findings.untold);
    Ok(report)
}

/// A folder whose journal was read.
struct Walked {
    look: FolderInspection,
    /// What the rows have of it.
    past: Past,
    /// What they have not.
    tail: Tail,
    journal: Option<JournalReport>,
}

impl Walked {
    /// One whose journal is not to be read.
    fn of_rows(look: FolderInspection) -> Self {
        Self { look, past: Past::default(), tail: Tail::default(), journal: None }
    }
}

/// Opens the folder and reads its journal.
fn walk(path: &Path) -> Result<Walked, InspectionError> {
    let mut walked = Walked::of_rows(FolderInspection::open(path)?);
    let Walked { look, past, tail, .. } = &mut walked;
    let mut report = JournalReport::default();
    let read = look.walk(|batch| {
        report.batches += 1;
        let changes = batch.changes.len() as u64;
        match batch.applied {
            Applied::InRows => {
                report.in_rows += changes;
                batch.positioned().for_each(|(at, id, recorded)| past.take(at, id, recorded));
            }
            Applied::NotYet => {
                report.not_yet += changes;
                tail.push(batch.mark, batch.changes);
            }
        }
        Ok::<(), Infallible>(())
    })?;
    if let (Some(Recovered { end, clean, torn, .. }), Some(journal)) = (read, look.journal()) {
        walked.journal = Some(JournalReport {
            segments: journal.segments() as u64,
            end,
            clean,
            torn,
            torn_kept: journal.torn_kept.clone(),
            leftovers: journal.leftovers.clone(),
            ..report
        });
    }
    Ok(walked)
}

/// Reads all rows: counts them, compares them with the past, and tells what they say that cannot
/// be.
fn audit(
    rows: &RowsReader,
    past: &mut Past,
    report: &mut Report,
    findings: &mut Findings,
) -> Result<(), RowsError> {
    (report.events, report.deleted, report.reservations) = (0, 0, [0; 6]);
    rows.audit(|found| match found {
        Audited::Event { id, version, deleted } => {
            *(if deleted { &mut report.deleted } else { &mut report.events }) += 1;
            past.see_event(id, version, deleted);
        }
        Audited::Reservation { event, reservation } => {
            report.reservations[status_index(reservation.status)] += 1;
            past.see_reservation(event, reservation);
        }
        Audited::Wrong(error) => findings.push(Finding::error(&error)),
    })?;
    report.moved.clear();
    rows.times(|id, time| {
        if report.moved.len() < MOST {
            let moved = boxoffice_zones::moved(time);
            report.moved.extend(moved.map(|why| format!("event {id}: {why}")));
        }
    })
}

/// Where [`Report::reservations`] counts a status.
const fn status_index(status: Status) -> usize {
    match status {
        Status::Held => 0,
        Status::Confirmed => 1,
        Status::Released => 2,
        Status::Expired => 3,
        Status::Cancelled => 4,
        Status::Forfeited => 5,
    }
}
