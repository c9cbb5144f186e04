//! The order of the house, guarded: which package, room and file may name which, what each must not
//! name, how long files may be, and how they speak.
//!
//! `cargo test -p boxoffice-server --test tidy -- circles` lists all circles.

mod tidy {
    mod boundaries;
    mod circles;
    mod graph;
    mod house;
    mod links;
    mod packages;
    mod resolve;
    mod rooms;
    mod shape;
    mod sources;
    mod tokens;
    mod tree;
    mod voice;
}
