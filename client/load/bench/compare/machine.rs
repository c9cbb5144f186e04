//! What the machine is, as far as it matters to the figures: no names of hosts, users or folders.

use std::path::Path;

/// A fact and its value, for a table.
pub(crate) type Fact = (&'static str, String);

/// What can be said of the machine, and of the file system that holds a folder.
pub(crate) fn facts(folder: &Path) -> Vec<Fact> {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cores = std::thread::available_parallelism().map(|cores| cores.to_string());
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let facts = [
        ("cores, shared by servers and load generators", cores.ok()),
        ("processor", field(&read("/proc/cpuinfo"), "model name")),
        ("memory", field(&read("/proc/meminfo"), "MemTotal").and_then(|text| gigabytes(&text))),
        ("kernel", Some(read("/proc/sys/kernel/osrelease").trim().to_owned())),
        ("file system of the servers' folders", file_system(&read("/proc/self/mounts"), &folder)),
    ];
    facts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// Whether a file system forgets everything when the machine stops, so that a sync costs nothing.
pub(crate) fn is_volatile(file_system: &str) -> bool {
    ["tmpfs", "ramfs"].contains(&file_system)
}

/// The first `name : value` among lines.
pub(crate) fn field(lines: &str, name: &str) -> Option<String> {
    let mut fields = lines.lines().filter_map(|line| line.split_once(':'));
    let (_, value) = fields.find(|(found, _)| found.trim() == name)?;
    Some(value.trim().to_owned())
}

/// `8127464 kB` for people.
pub(crate) fn gigabytes(text: &str) -> Option<String> {
    let kilobytes: u64 = text.strip_suffix("kB")?.trim().parse().ok()?;
    Some(format!("{:.1} GiB", kilobytes as f64 / (1024.0 * 1024.0)))
}

/// The type of what is mounted nearest above a folder (`/proc/self/mounts`, see proc(5)).
pub(crate) fn file_system(mounts: &str, folder: &Path) -> Option<String> {
    let mounts = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ').skip(1);
        Some((Path::new(words.next()?), words.next()?))
    });
    let above = mounts.filter(|(point, _)| folder.starts_with(point));
    // The later mount hides the earlier one at the same place, and max_by_key takes the last.
    let nearest = above.max_by_key(|(point, _)| point.components().count());
    nearest.map(|(_, kind)| kind.to_owned())
}
