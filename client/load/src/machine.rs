//! Facts about the machine that matter to figures, without names of hosts, users or folders.

use std::path::Path;

/// A fact and its value, for a table.
pub type Fact = (&'static str, String);

/// Facts about the machine, and the file system that holds a folder.
pub fn facts(folder: &Path) -> Vec<Fact> {
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

/// Whether a file system is in memory, so that a sync costs nothing.
pub fn is_volatile(file_system: &str) -> bool {
    ["tmpfs", "ramfs"].contains(&file_system)
}

/// The first `name : value` among lines.
pub fn field(lines: &str, name: &str) -> Option<String> {
    let mut fields = lines.lines().filter_map(|line| line.split_once(':'));
    let (_, value) = fields.find(|(found, _)| found.trim() == name)?;
    Some(value.trim().to_owned())
}

/// `8127464 kB` in GiB.
pub fn gigabytes(text: &str) -> Option<String> {
    let kilobytes: u64 = text.strip_suffix("kB")?.trim().parse().ok()?;
    Some(format!("{:.1} GiB", kilobytes as f64 / (1024.0 * 1024.0)))
}

/// The type of the file system that holds a folder (`/proc/self/mounts`, see proc(5)).
pub fn file_system(mounts: &str, folder: &Path) -> Option<String> {
    let mounts = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ').skip(1);
        Some((Path::new(words.next()?), words.next()?))
    });
    let above = mounts.filter(|(point, _)| folder.starts_with(point));
    // The later mount hides the earlier one at the same place, and max_by_key takes the last.
    let nearest = above.max_by_key(|(point, _)| point.components().count());
    nearest.map(|(_, kind)| kind.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_mount_holds_a_folder() {
        let mounts = "/dev/a / ext4 rw 0 0\ntmpfs /tmp tmpfs rw 0 0\n/dev/b /tmp/disk xfs rw 0 0\n\
            /dev/c /data ext3 rw 0 0\n/dev/d /data btrfs rw 0 0\n";
        let check = |folder: &str, expected: &str| {
            assert_eq!(
                file_system(mounts, Path::new(folder)).as_deref(),
                Some(expected),
                "{folder}"
            );
        };
        check("/home/me", "ext4");
        check("/tmp", "tmpfs");
        check("/tmp/x", "tmpfs");
        check("/tmp/disk/x", "xfs");
        check("/tmp/disks", "tmpfs");
        check("/data/x", "btrfs");
    }

    #[test]
    fn a_field_is_found_by_its_name() {
        let lines = "processor\t: 0\nmodel name\t: Fast: 3 GHz\nmodel name\t: Other\n";
        assert_eq!(field(lines, "model name").as_deref(), Some("Fast: 3 GHz"));
        assert_eq!(field(lines, "model"), None);
        assert_eq!(gigabytes("8388608 kB").as_deref(), Some("8.0 GiB"));
    }
}
