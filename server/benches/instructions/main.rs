//! How many instructions the server executes for a request, from its bytes to its reply's: decode,
//! decide, record, encode, as a session does it. Noise does not move these numbers, so they have
//! bounds, in `bounds.txt`, and it fails if one is exceeded:
//!
//! ```text
//! cargo bench -p boxoffice-benches --bench instructions [-- NAME...]
//! cargo bench -p boxoffice-benches --bench instructions -- --renew
//! ```
//!
//! Each scene runs in a process of its own under valgrind's callgrind, which counts what
//! [`counted()`](counted::counted) does. What the kernel and other threads do, the committer's among them, is not
//! counted, and the clock stands.

mod all_scenes;
mod bounds;
mod counted;
mod scenes;
mod stage;
mod worst;

use anyhow::{Context, bail, ensure};
use bounds::{Bound, Bounds};
use scenes::{LONG_COPIES, Scene};
use stage::Stage;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::thread;

/// Says that this process is one that valgrind counts, and which scene it plays.
const PLAY: &str = "--play";

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|text| text != "--bench").collect();
    ensure!(
        !cfg!(debug_assertions),
        "a debug build says nothing: `cargo bench -p boxoffice-benches --bench instructions`"
    );
    match arguments.as_slice() {
        [play, name] if play == PLAY => Stage::open()?.play(&all_scenes::named(name)?)?,
        [renew] if renew == "--renew" => Bounds::of(&count(&all_scenes::all())?).write()?,
        [] => return compare(&all_scenes::all()),
        names => {
            let scenes: Vec<Scene> =
                names.iter().map(|name| all_scenes::named(name)).collect::<Result<_, _>>()?;
            return compare(&scenes);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The instructions of a request of each scene. Each is a process of its own, so that as many as
/// there are cores count at once.
fn count(scenes: &[Scene]) -> anyhow::Result<Vec<Bound>> {
    let folder = tempfile::tempdir()?;
    let count = |scene: &Scene| {
        let (name, out) = (scene.name, folder.path().join(scene.name));
        play_under_callgrind(name, &out).with_context(|| format!("while counting {name}"))?;
        let instructions = total(&out)?.div_ceil(scene.numbers);
        println!("{name:<19} {instructions:>9}");
        Ok(Bound::new(name, instructions))
    };
    let together = thread::available_parallelism()?.get();
    let mut counted = Vec::new();
    for some in scenes.chunks(together) {
        let bounds: Vec<anyhow::Result<Bound>> = thread::scope(|scope| {
            let begun: Vec<_> = some.iter().map(|scene| scope.spawn(|| count(scene))).collect();
            begun.into_iter().map(|one| one.join().expect("counting does not panic")).collect()
        });
        counted.extend(bounds.into_iter().collect::<anyhow::Result<Vec<_>>>()?);
    }
    Ok(counted)
}

fn play_under_callgrind(name: &str, out: &Path) -> anyhow::Result<()> {
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--quiet", "--tool=callgrind", "--toggle-collect=instructions::counted::counted*"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(std::env::current_exe()?)
        .args([PLAY, name]);
    if name == LONG_COPIES {
        valgrind.env("MALLOC_MMAP_THRESHOLD_", "16384");
    }
    let played = valgrind
        .output()
        .context("cannot run valgrind; install it (Debian: `apt-get install valgrind`)")?;
    let said = String::from_utf8_lossy(&played.stderr);
    ensure!(played.status.success(), "the scene failed: {said}");
    Ok(())
}

/// The sum of all that callgrind counted.
fn total(out: &Path) -> anyhow::Result<u64> {
    let text = std::fs::read_to_string(out)?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
    match total.and_then(|number| number.trim().parse().ok()) {
        Some(total) if total > 0 => Ok(total),
        _ => bail!("callgrind counted nothing: `counted` is no longer found by its name"),
    }
}

fn compare(scenes: &[Scene]) -> anyhow::Result<ExitCode> {
    let bounds = Bounds::read()?;
    let found = count(scenes)?;
    let judgement = bounds.judge(&found);
    print!("{judgement}");
    if judgement.exceeded == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!(
        "{} of {} requests cost more than they may. Find out why (`callgrind_annotate`, beside the \
         commit before); if it is worth it, or the toolchain changed ({}), renew the bounds and say \
         why in the commit:\n  \
         cargo bench -p boxoffice-benches --bench instructions -- --renew",
        judgement.exceeded,
        found.len(),
        bounds.tools_now(),
    );
    Ok(ExitCode::FAILURE)
}
