//! From a file to a plan that holds, or to all that is wrong with the file.
//!
//! `sections` walks the file; `rows` makes the rows of a section, `shapes` says where they are,
//! `marks` adds what is special about seats once all seats have names, and `checks` has the rules
//! of single values.

mod categories;
mod checks;
mod drawing;
mod marks;
mod rows;
mod sections;
mod shapes;

pub(crate) use sections::build;
