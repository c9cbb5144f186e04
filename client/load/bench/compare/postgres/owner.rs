//! The user that runs PostgreSQL: it refuses root, so root starts it as another user.

use anyhow::Context;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// Candidates; the first existing one is used.
const USERS: [&str; 2] = ["postgres", "nobody"];

/// The user that owns the folder of the database and runs its server.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Owner {
    /// The user that runs the comparison.
    Ourselves,
    /// Another user, because the comparison runs as root.
    Other { user: u32, group: u32 },
}

impl Owner {
    pub(crate) fn choose() -> anyhow::Result<Self> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self::Ourselves);
        }
        let users = std::fs::read_to_string("/etc/passwd")?;
        USERS
            .iter()
            .find_map(|name| find(&users, name))
            .with_context(|| format!("PostgreSQL refuses root, and there is no user {USERS:?}"))
    }

    /// Gives a folder to this user.
    pub(crate) fn give(self, folder: &Path) -> std::io::Result<()> {
        match self {
            Self::Ourselves => Ok(()),
            Self::Other { user, group } => chown(folder, Some(user), Some(group)),
        }
    }

    /// A program that runs as this user, in a folder that the user owns.
    pub(crate) fn command(self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder);
        if let Self::Other { user, group } = self {
            command.uid(user).gid(group);
        }
        command
    }
}

/// Finds a user among lines of `name:password:user:group:…` (passwd(5)).
pub(crate) fn find(users: &str, name: &str) -> Option<Owner> {
    let mut fields = users.lines().map(|line| line.split(':'));
    let mut line = fields.find_map(|mut line| (line.next() == Some(name)).then_some(line))?;
    let user = line.nth(1)?.parse().ok()?;
    let group = line.next()?.parse().ok()?;
    Some(Owner::Other { user, group })
}
