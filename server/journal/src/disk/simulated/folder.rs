//! The folder's entries: what programs see, what is durable, and the operations in between.

use fastrand::Rng;
use std::collections::BTreeMap;
use std::io;

type Entries = BTreeMap<String, usize>;

#[derive(Default)]
pub(super) struct Folder {
    cached: Entries,
    durable: Entries,
    /// Since the last sync, in order; each happens wholly or not at all.
    pending: Vec<Operation>,
}

struct Operation {
    removed: Option<String>,
    added: Option<(String, usize)>,
}

impl Operation {
    fn apply(&self, entries: &mut Entries) {
        if let Some(name) = &self.removed {
            entries.remove(name);
        }
        if let Some((name, inode)) = &self.added {
            entries.insert(name.clone(), *inode);
        }
    }
}

impl Folder {
    pub(super) fn entries(&self) -> impl Iterator<Item = (&String, usize)> {
        self.cached.iter().map(|(name, inode)| (name, *inode))
    }

    pub(super) fn find(&self, name: &str) -> io::Result<usize> {
        self.cached.get(name).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    pub(super) fn link(&mut self, name: &str, inode: usize) {
        self.push(Operation { removed: None, added: Some((name.to_owned(), inode)) });
    }

    pub(super) fn unlink(&mut self, name: &str) -> io::Result<()> {
        self.find(name)?;
        self.push(Operation { removed: Some(name.to_owned()), added: None });
        Ok(())
    }

    pub(super) fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        let inode = self.find(from)?;
        let added = Some((to.to_owned(), inode));
        self.push(Operation { removed: Some(from.to_owned()), added });
        Ok(())
    }

    /// Puts an entry there, durably.
    pub(super) fn put(&mut self, name: &str, inode: usize) {
        self.cached.insert(name.to_owned(), inode);
        self.durable.insert(name.to_owned(), inode);
    }

    pub(super) fn sync(&mut self) {
        for operation in self.pending.drain(..) {
            operation.apply(&mut self.durable);
        }
    }

    /// Some of the operations reach the disk; the others count as done from now on.
    pub(super) fn fail_sync(&mut self, random: &mut Rng) {
        let fate = random.u8(0..8);
        for operation in self.pending.drain(..) {
            if fate == 1 || (fate != 0 && random.bool()) {
                operation.apply(&mut self.durable);
            }
        }
    }

    /// Some of the operations reach the disk, and programs see what did.
    pub(super) fn lose_power(&mut self, random: &mut Rng) {
        self.fail_sync(random);
        self.cached.clone_from(&self.durable);
    }

    fn push(&mut self, operation: Operation) {
        operation.apply(&mut self.cached);
        self.pending.push(operation);
    }
}
