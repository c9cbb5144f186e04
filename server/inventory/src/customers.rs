//! The customers of an event: each name once, how many places it has, and where its reservations
//! begin.

use crate::hashing::Hashing;
use crate::index::Index;
use crate::record::NO_SLOT;
use crate::slab::Slab;
use boxoffice_protocol::id::CustomerId;
use smallvec::SmallVec;

/// A customer with at least one reservation in memory.
#[derive(Debug, Clone)]
pub(crate) struct Customer {
    name: Name,
    /// The places of its live reservations.
    pub(crate) taken: u32,
    pub(crate) newest: u32,
}

const _: () = assert!(size_of::<Option<Customer>>() == 24, "customers are as many as reservations");

/// A name; a short one is kept in place, ended by zeros (a name has no control characters).
#[derive(Debug, Clone)]
enum Name {
    Short([u8; SHORT]),
    Long(Box<CustomerId>),
}

const SHORT: usize = 15;

impl Name {
    fn new(customer: CustomerId<&str>) -> Self {
        let bytes = customer.as_str().as_bytes();
        let mut short = [0; SHORT];
        match short.get_mut(..bytes.len()) {
            Some(start) => {
                start.copy_from_slice(bytes);
                Self::Short(short)
            }
            None => Self::Long(Box::new(customer.to_owned())),
        }
    }

    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Short(short) => {
                let mut wide = [0; 16];
                wide[..SHORT].copy_from_slice(short);
                let zeros = u128::from_le_bytes(wide).leading_zeros() as usize / 8;
                &short[..wide.len() - zeros]
            }
            Self::Long(name) => name.as_str().as_bytes(),
        }
    }

    fn parse(&self) -> CustomerId {
        match self {
            Self::Short(_) => std::str::from_utf8(self.as_bytes())
                .ok()
                .and_then(|name| CustomerId::parse(name).ok())
                .expect("it was made from a customer's id"),
            Self::Long(name) => CustomerId::clone(name),
        }
    }
}

/// All customers, by slot and by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Customers {
    slots: Slab<Customer>,
    names: Index,
}

impl Customers {
    /// The slot of a customer with a reservation.
    pub(crate) fn find(&self, hashing: &Hashing, customer: CustomerId<&str>) -> Option<u32> {
        let name = customer.as_str().as_bytes();
        self.hashed(hashing.hash(name), name)
    }

    fn hashed(&self, hash: u64, name: &[u8]) -> Option<u32> {
        self.names.find(hash, |slot| self.slots[slot].name.as_bytes() == name)
    }

    /// Prepares for up to so many customers, where there are none yet.
    pub(crate) fn expect(&mut self, customers: usize) {
        self.names.expect(customers);
    }

    /// Prefetches customers that are needed soon into the processor's cache: it waits for memory
    /// once and not once for each.
    pub(crate) fn touch(&self, hashing: &Hashing, names: &[&[u8]]) {
        let hashes: SmallVec<[u64; 16]> = names.iter().map(|name| hashing.hash(name)).collect();
        for (hash, name) in hashes.into_iter().zip(names) {
            std::hint::black_box(self.hashed(hash, name));
        }
    }

    /// The slot of a customer, which is added if need be.
    pub(crate) fn intern(&mut self, hashing: &Hashing, customer: CustomerId<&str>) -> u32 {
        let name = customer.as_str().as_bytes();
        let hash = hashing.hash(name);
        if let Some(slot) = self.hashed(hash, name) {
            return slot;
        }
        let new = Customer { name: Name::new(customer), taken: 0, newest: NO_SLOT };
        let slot = self.slots.insert(new);
        self.names.insert(hash, slot, |slot| hashing.hash(self.slots[slot].name.as_bytes()));
        slot
    }

    /// Drops a customer whose last reservation is gone.
    pub(crate) fn drop(&mut self, hashing: &Hashing, slot: u32) {
        let customer = self.slots.remove(slot);
        debug_assert_eq!((customer.taken, customer.newest), (0, NO_SLOT));
        self.names.remove(hashing.hash(customer.name.as_bytes()), slot);
    }

    /// The customer in a slot.
    pub(crate) fn get(&self, slot: u32) -> &Customer {
        &self.slots[slot]
    }

    /// The customer in a slot, to be changed.
    pub(crate) fn get_mut(&mut self, slot: u32) -> &mut Customer {
        &mut self.slots[slot]
    }

    /// The name of the customer in a slot.
    pub(crate) fn name(&self, slot: u32) -> CustomerId {
        self.slots[slot].name.parse()
    }

    /// Whether the customer in a slot is this one.
    pub(crate) fn is(&self, slot: u32, customer: CustomerId<&str>) -> bool {
        self.slots[slot].name.as_bytes() == customer.as_str().as_bytes()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &Customer)> {
        self.slots.iter()
    }

    /// How many there are, by slot and by name.
    pub(crate) const fn counts(&self) -> (usize, usize) {
        (self.slots.len(), self.names.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_length_read_back() {
        for length in 1..=64 {
            let customer = CustomerId::parse(&"é".repeat(32)[..length / 2 * 2])
                .or_else(|_| CustomerId::parse("x"))
                .expect("a name");
            let name = Name::new(customer.borrowed());
            assert_eq!(name.as_bytes(), customer.as_str().as_bytes());
            assert_eq!(name.parse(), customer);
        }
    }
}
