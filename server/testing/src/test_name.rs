//! The name of a test, as `cargo test` prints it.

/// The name of the test that this is written in, with its modules: `overload::row_15_…`.
#[macro_export]
macro_rules! test_name {
    () => {{
        fn here() {}
        $crate::name_of(&here)
    }};
}

/// The name of the function that `here` is written in. The part of [`test_name!`] that needs no
/// macro.
pub fn name_of<T>(_here: &T) -> &'static str {
    let path = std::any::type_name::<T>();
    let path = path.strip_suffix("::here").unwrap_or(path);
    let path = path.trim_end_matches("::{{closure}}");
    path.split_once("::").map_or(path, |(_crate, name)| name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_test_knows_its_name() {
        assert_eq!(test_name!(), "test_name::tests::a_test_knows_its_name");
    }

    #[tokio::test]
    async fn so_does_an_asynchronous_one() {
        assert_eq!(test_name!(), "test_name::tests::so_does_an_asynchronous_one");
    }
}
