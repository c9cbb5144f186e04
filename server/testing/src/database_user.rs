//! The user that runs PostgreSQL: it refuses root, so root starts it as another user.

use std::io;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// Candidates; the first existing one is used.
const USERS: [&str; 2] = ["postgres", "nobody"];

/// The user that owns the folder of the database and runs its server.
#[derive(Debug, Clone, Copy)]
pub enum DatabaseUser {
    /// The user that starts it.
    Ourselves,
    /// Another user, because root starts it.
    Other { user: u32, group: u32 },
}

impl DatabaseUser {
    /// # Errors
    /// There is no other user where root starts it.
    pub fn choose() -> io::Result<Self> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self::Ourselves);
        }
        let users = std::fs::read_to_string("/etc/passwd")?;
        USERS.iter().find_map(|name| find(&users, name)).ok_or_else(|| {
            let why = format!("PostgreSQL refuses root, and there is no user {USERS:?}");
            io::Error::new(io::ErrorKind::NotFound, why)
        })
    }

    /// Gives a folder to this user.
    pub fn give(self, folder: &Path) -> io::Result<()> {
        match self {
            Self::Ourselves => Ok(()),
            Self::Other { user, group } => chown(folder, Some(user), Some(group)),
        }
    }

    /// A program that runs as this user, in a folder that the user owns.
    pub fn command(self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder);
        if let Self::Other { user, group } = self {
            command.uid(user).gid(group);
        }
        command
    }
}

/// Finds a user among lines of `name:password:user:group:…` (passwd(5)).
fn find(users: &str, name: &str) -> Option<DatabaseUser> {
    let mut fields = users.lines().map(|line| line.split(':'));
    let mut line = fields.find_map(|mut line| (line.next() == Some(name)).then_some(line))?;
    let user = line.nth(1)?.parse().ok()?;
    let group = line.next()?.parse().ok()?;
    Some(DatabaseUser::Other { user, group })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_the_whole_name() {
        let users = "postgres2:x:5:6::/:/bin/sh\npostgres:x:101:104:admin:/var:/bin/bash\nodd\n";
        let found = find(users, "postgres").expect("a user");
        assert!(matches!(found, DatabaseUser::Other { user: 101, group: 104 }));
        assert!(find(users, "nobody").is_none());
        assert!(find(users, "odd").is_none());
    }
}
