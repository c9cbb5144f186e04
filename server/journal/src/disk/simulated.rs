//! A disk in memory that does everything that a real one may do: fail at any operation, tear
//! writes, lose and reorder whatever was not synced when power goes, and pretend after a failed
//! sync. Everything it does follows from its seed.
//!
//! Two states are kept of every file and of the folder: what programs see (the page cache), and
//! what is durable, with the operations in between. A restarted program sees the former;
//! [`SimulatedDisk::lose_power`] makes something between the two of it, by chance.

mod folder;
mod inode;

use super::{Access, Disk, DiskFile};
use fastrand::Rng;
use folder::Folder;
use inode::Inode;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const ALIGNMENT: usize = 4096;

/// A failure to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// The operation that fails, counted from the disk's beginning; see
    /// [`SimulatedDisk::operations`].
    pub operation: u64,
    pub error: FaultError,
    /// Whether every later operation fails as well.
    pub lasting: Lasting,
}

/// The error that a fault returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultError {
    Broken,
    Full,
}

/// How long a fault lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasting {
    Once,
    /// Until the faults are cleared.
    ForEver,
}

/// A folder in memory. Clones are handles of the same one.
#[derive(Clone)]
pub struct SimulatedDisk(Arc<Mutex<State>>);

struct State {
    random: Rng,
    folder: Folder,
    inodes: Vec<Inode>,
    /// Handles from before power was lost are dead.
    boots: u64,
    operations: u64,
    fault: Option<Fault>,
    /// One operation of so many fails, by chance.
    one_in: Option<u64>,
    capacity: u64,
}

impl SimulatedDisk {
    /// An empty one of 1 GiB, without faults.
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State {
            random: Rng::with_seed(seed),
            folder: Folder::default(),
            inodes: Vec::new(),
            boots: 0,
            operations: 0,
            fault: None,
            one_in: None,
            capacity: 1 << 30,
        })))
    }

    /// How many operations there were.
    pub fn operations(&self) -> u64 {
        self.state().operations
    }

    /// Lets one operation fail.
    pub fn fail(&self, fault: Fault) {
        self.state().fault = Some(fault);
    }

    /// Lets one operation of `one_in` fail, by chance.
    pub fn fail_by_chance(&self, one_in: u64) {
        self.state().one_in = Some(one_in);
    }

    /// Repairs the disk; what is lost stays lost.
    pub fn repair(&self) {
        let mut state = self.state();
        (state.fault, state.one_in) = (None, None);
    }

    /// Bytes that all files together may have.
    pub fn set_capacity(&self, bytes: u64) {
        self.state().capacity = bytes;
    }

    /// Takes the power away and brings it back: of everything that was not synced, any part is
    /// there or not. Open files are dead.
    pub fn lose_power(&self) {
        let State { random, folder, inodes, boots, .. } = &mut *self.state();
        *boots += 1;
        folder.lose_power(random);
        inodes.iter_mut().for_each(|inode| inode.lose_power(random));
    }

    /// The names and contents of all files, as programs see them.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let state = self.state();
        let file =
            |(name, inode): (&String, usize)| (name.clone(), state.inodes[inode].read().to_vec());
        state.folder.entries().map(file).collect()
    }

    /// Puts a durable file there, in place of one with its name.
    pub fn put(&self, name: &str, bytes: Vec<u8>) {
        let mut state = self.state();
        let inode = state.add(Inode::durable(bytes));
        state.folder.put(name, inode);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A test that failed while it held the lock has said why.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn handle(&self, state: &State, inode: usize, access: Access) -> SimulatedFile {
        SimulatedFile { disk: self.clone(), inode, boot: state.boots, access }
    }
}

impl fmt::Debug for SimulatedDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SimulatedDisk")
    }
}

impl State {
    /// Counts an operation; an error where it shall fail.
    fn operation(&mut self) -> io::Result<()> {
        self.operations += 1;
        let operation = self.operations;
        let planned = self.fault.filter(|fault| match fault.lasting {
            Lasting::Once => operation == fault.operation,
            Lasting::ForEver => operation >= fault.operation,
        });
        if let Some(fault) = planned {
            return Err(fault.error.into());
        }
        match self.one_in {
            Some(one_in) if self.random.u64(0..one_in) == 0 => Err(FaultError::Broken.into()),
            _ => Ok(()),
        }
    }

    /// Does something that happens wholly or not at all; where it shall fail, by chance one or the
    /// other.
    fn atomic(&mut self, change: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        let outcome = self.operation();
        if outcome.is_ok() || self.random.bool() {
            change(self)?;
        }
        outcome
    }

    fn add(&mut self, inode: Inode) -> usize {
        self.inodes.push(inode);
        self.inodes.len() - 1
    }

    fn free(&self) -> u64 {
        let used = self.folder.entries().map(|(_, inode)| self.inodes[inode].read().len() as u64);
        self.capacity.saturating_sub(used.sum())
    }
}

impl From<FaultError> for io::Error {
    fn from(error: FaultError) -> Self {
        let kind = match error {
            FaultError::Broken => io::ErrorKind::Other,
            FaultError::Full => io::ErrorKind::StorageFull,
        };
        Self::new(kind, "the simulated disk fails")
    }
}

impl Disk for SimulatedDisk {
    type File = SimulatedFile;

    fn list(&self) -> io::Result<Vec<String>> {
        let mut state = self.state();
        state.operation()?;
        Ok(state.folder.entries().map(|(name, _)| name.clone()).collect())
    }

    fn create(&self, name: &str) -> io::Result<SimulatedFile> {
        let mut state = self.state();
        if state.folder.find(name).is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let inode = state.add(Inode::default());
        state.atomic(|state| {
            state.folder.link(name, inode);
            Ok(())
        })?;
        Ok(self.handle(&state, inode, Access::Append))
    }

    fn open(&self, name: &str, access: Access) -> io::Result<SimulatedFile> {
        let mut state = self.state();
        state.operation()?;
        let inode = state.folder.find(name)?;
        Ok(self.handle(&state, inode, access))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.state().atomic(|state| state.folder.unlink(name))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.state().atomic(|state| state.folder.rename(from, to))
    }

    fn sync_folder(&self) -> io::Result<()> {
        let mut state = self.state();
        let outcome = state.operation();
        let State { random, folder, .. } = &mut *state;
        match &outcome {
            Ok(()) => folder.sync(),
            Err(_) => folder.fail_sync(random),
        }
        outcome
    }

    fn free_bytes(&self) -> io::Result<u64> {
        let mut state = self.state();
        state.operation()?;
        Ok(state.free())
    }
}

/// An open file of a [`SimulatedDisk`].
#[derive(Debug)]
pub struct SimulatedFile {
    disk: SimulatedDisk,
    inode: usize,
    boot: u64,
    access: Access,
}

impl SimulatedFile {
    fn with<T>(
        &self,
        work: impl FnOnce(&mut Inode, &mut Rng, io::Result<()>) -> io::Result<T>,
    ) -> io::Result<T> {
        let mut state = self.disk.state();
        if state.boots != self.boot {
            return Err(io::Error::other("the file was open when power was lost"));
        }
        let outcome = state.operation();
        let State { random, inodes, .. } = &mut *state;
        work(&mut inodes[self.inode], random, outcome)
    }

    fn sync(&self) -> io::Result<()> {
        self.with(|inode, random, outcome| {
            match &outcome {
                Ok(()) => inode.sync(),
                Err(_) => inode.fail_sync(random),
            }
            outcome
        })
    }
}

impl DiskFile for SimulatedFile {
    fn length(&self) -> io::Result<u64> {
        self.with(|inode, _, outcome| outcome.map(|()| inode.read().len() as u64))
    }

    fn read_at(&mut self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        match self.access {
            Access::Recover => {}
            Access::Append => panic!("files opened to append are only written"),
            Access::Look => assert_aligned(bytes, offset),
        }
        self.with(|inode, _, outcome| {
            outcome?;
            let start = usize::try_from(offset).map_err(io::Error::other)?;
            let found = inode.read().get(start..start + bytes.len());
            bytes.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
            Ok(())
        })
    }

    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        match self.access {
            Access::Recover => {}
            Access::Append => assert_aligned(bytes, offset),
            Access::Look => panic!("files opened to follow are only read"),
        }
        self.with(|inode, random, outcome| {
            let written = if outcome.is_ok() { bytes.len() } else { random.usize(0..=bytes.len()) };
            inode.write(&bytes[..written], start);
            outcome
        })
    }

    fn allocate(&mut self, bytes: u64) -> io::Result<()> {
        let length = usize::try_from(bytes).map_err(io::Error::other)?;
        let free = self.disk.state().free();
        self.with(|inode, _, outcome| {
            outcome?;
            if length.saturating_sub(inode.read().len()) as u64 > free {
                return Err(io::ErrorKind::StorageFull.into());
            }
            inode.allocate(length);
            Ok(())
        })
    }

    fn sync_data(&mut self) -> io::Result<()> {
        self.sync()
    }

    fn sync_all(&mut self) -> io::Result<()> {
        self.sync()
    }
}

fn assert_aligned(bytes: &[u8], offset: u64) {
    let aligned = bytes.as_ptr().align_offset(ALIGNMENT) == 0
        && bytes.len().is_multiple_of(ALIGNMENT)
        && offset.is_multiple_of(ALIGNMENT as u64);
    assert!(aligned, "{} bytes at {offset}: not whole, aligned blocks", bytes.len());
}
