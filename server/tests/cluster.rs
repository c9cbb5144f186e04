//! Several servers over one store, over every engine that the build has.

mod common;

mod cluster {
    mod bench;
    mod crowds;
    #[cfg(feature = "postgres")]
    mod faults;
    mod lives;
    #[cfg(feature = "postgres")]
    mod market;
    mod outage;
    mod plans;
    mod preferred;
    mod reports;
    mod reports_detector;
    #[cfg(feature = "postgres")]
    mod reports_postgres;
    mod routing;
    mod shares;
    #[cfg(feature = "postgres")]
    mod slow_socket;
    mod snapshots;
    mod time;
    mod unloading;
}
