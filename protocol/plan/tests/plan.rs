//! Plans through the public face: files, labels, changes of a plan, and pretix.

mod plan {
    mod bounds;
    mod digest;
    mod docs;
    mod drawing;
    mod faults;
    mod labels;
    mod matching;
    mod pretix;
    mod pretix_files;
    mod schema;
    mod validate;
}
