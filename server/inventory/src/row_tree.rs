//! A tree over rows that finds those with a run of free seats of some length.

use crate::rows::Lengths;

/// A segment tree: each node has the lengths of all the rows below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowTree {
    /// Node n has the children 2n and 2n + 1; node 1 is the root.
    nodes: Box<[Lengths]>,
}

impl RowTree {
    /// The tree over rows with these lengths.
    pub(crate) fn new(rows: impl ExactSizeIterator<Item = Lengths>) -> Self {
        let leaves = rows.len().next_power_of_two();
        let mut nodes = vec![0; 2 * leaves].into_boxed_slice();
        for (node, lengths) in nodes[leaves..].iter_mut().zip(rows) {
            *node = lengths;
        }
        for node in (1..leaves).rev() {
            nodes[node] = nodes[2 * node] | nodes[2 * node + 1];
        }
        Self { nodes }
    }

    /// Sets the lengths of a row.
    pub(crate) fn set(&mut self, row: usize, lengths: Lengths) {
        let (mut node, mut lengths) = (self.nodes.len() / 2 + row, lengths);
        while self.nodes[node] != lengths {
            self.nodes[node] = lengths;
            if node == 1 {
                return;
            }
            lengths |= self.nodes[node ^ 1];
            node /= 2;
        }
    }

    /// The lengths of a row.
    pub(crate) fn of(&self, row: usize) -> Lengths {
        self.nodes[self.nodes.len() / 2 + row]
    }

    /// The lengths in any row.
    pub(crate) fn all(&self) -> Lengths {
        self.nodes[1]
    }

    /// The first row from `row` on that has one of the lengths.
    pub(crate) fn first(&self, row: usize, lengths: Lengths) -> Option<usize> {
        let leaves = self.nodes.len() / 2;
        if row >= leaves || self.nodes[1] & lengths == 0 {
            return None;
        }
        let mut node = leaves + row;
        while self.nodes[node] & lengths == 0 {
            while node % 2 == 1 {
                node /= 2;
            }
            if node == 0 {
                return None;
            }
            node += 1;
        }
        while node < leaves {
            node *= 2;
            if self.nodes[node] & lengths == 0 {
                node += 1;
            }
        }
        Some(node - leaves)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_row_is_found_from_everywhere() {
        for count in [1, 2, 3, 5, 8, 13, 100] {
            let lengths = |row: usize| 1 << (row * 7 % 5);
            let mut tree = RowTree::new((0..count).map(lengths));
            let changed = |row: usize| if row.is_multiple_of(3) { 0 } else { lengths(row) };
            for row in 0..count {
                tree.set(row, changed(row));
            }
            assert_eq!(tree, RowTree::new((0..count).map(changed)));
            for from in 0..=count + 1 {
                for length in 0..6 {
                    let first = (from..count).find(|&row| changed(row) & 1 << length != 0);
                    assert_eq!(tree.first(from, 1 << length), first, "{count} {from} {length}");
                }
            }
        }
    }
}
