//! The work whose instructions count.

/// What a scene calls for that which is to be counted. Its name is told to callgrind.
#[inline(never)]
pub(crate) fn counted<T>(work: impl FnOnce() -> T) -> T {
    std::hint::black_box(work())
}
