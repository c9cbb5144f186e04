//! Where the servers that were started in this folder keep their tokens.
//!
//! They are found in `/proc`: a server is a process of this program with the same working folder, and
//! its data folder is where it has its state file open. Where there is no `/proc`, none is found.

use boxoffice_server::ledger::STATE_FILE;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

/// The place that a running server has its tokens in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RunningPlace {
    Tokens(PathBuf),
    Data(PathBuf),
}

impl RunningPlace {
    /// The option that names it.
    pub(super) fn option(&self) -> String {
        match self {
            Self::Tokens(file) => format!("--tokens {}", file.display()),
            Self::Data(folder) => format!("--data {}", folder.display()),
        }
    }
}

/// The places of all servers that were started in this folder.
pub(super) fn here() -> BTreeSet<RunningPlace> {
    let (Ok(program), Ok(folder)) = (std::env::current_exe(), std::env::current_dir()) else {
        return BTreeSet::new();
    };
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let own = std::process::id().to_string();
    let others = processes.filter(|entry| entry.file_name() != own.as_str());
    let servers = others.map(|entry| entry.path()).filter(|process| {
        let is_link_to = |name: &str, path: &Path| {
            fs::read_link(process.join(name)).is_ok_and(|target| target == path)
        };
        is_link_to("exe", &program) && is_link_to("cwd", &folder)
    });
    servers.filter_map(|process| place_of(&process, &folder)).collect()
}

fn place_of(process: &Path, folder: &Path) -> Option<RunningPlace> {
    let line = fs::read(process.join("cmdline")).ok()?;
    if let Some(file) = tokens_of(&line) {
        return Some(RunningPlace::Tokens(folder.join(file)));
    }
    let open = fs::read_dir(process.join("fd")).ok()?.flatten();
    let files = open.filter_map(|entry| fs::read_link(entry.path()).ok());
    // A server has it open all the time.
    let state = files.into_iter().find(|file| file.file_name() == Some(OsStr::new(STATE_FILE)))?;
    Some(RunningPlace::Data(state.parent()?.to_owned()))
}

/// The value of `--tokens` on a command line as `/proc` has it.
fn tokens_of(line: &[u8]) -> Option<PathBuf> {
    let mut words = line.split(|&byte| byte == 0);
    while let Some(word) = words.next() {
        let value = match word.strip_prefix(b"--tokens") {
            Some([]) => words.next()?,
            Some([b'=', value @ ..]) => value,
            _ => continue,
        };
        return Some(OsString::from_vec(value.to_vec()).into());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_where_the_command_line_says() {
        for (line, expected) in [
            ("server\0--tokens\0here.toml\0", Some("here.toml")),
            ("server\0--tokens=/x y\0--data\0d\0", Some("/x y")),
            ("server\0--data\0--tokens-x\0", None),
            ("server\0--tokens", None),
        ] {
            assert_eq!(tokens_of(line.as_bytes()), expected.map(PathBuf::from), "{line}");
        }
    }
}
