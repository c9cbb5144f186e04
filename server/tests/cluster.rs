//! Several servers over one store, over every engine that the build has.

mod common;

mod cluster {
    mod bench;
    mod crowds;
    mod lives;
    mod outage;
    mod plans;
    mod preferred;
    mod snapshots;
    mod unloading;
}
