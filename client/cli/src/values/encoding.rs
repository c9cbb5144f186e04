//! The encoding of a text file, by its name.

use encoding_rs::Encoding;
use std::str::FromStr;

/// An encoding with one of its names in the WHATWG Encoding Standard: `windows-1252`, `latin1`,
/// `utf-16le`, `shift_jis`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TextEncoding(pub(crate) &'static Encoding);

impl FromStr for TextEncoding {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let encoding = Encoding::for_label_no_replacement(text.as_bytes());
        encoding.map(Self).ok_or_else(|| {
            "must be the name of an encoding, like windows-1252, utf-8 or utf-16le".to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_have_names() {
        for name in ["windows-1252", "Windows-1252", "cp1252", "latin1"] {
            assert_eq!(name.parse(), Ok(TextEncoding(encoding_rs::WINDOWS_1252)), "{name}");
        }
        for wrong in ["", "excel", "utf-7", "iso-2022-kr"] {
            assert!(wrong.parse::<TextEncoding>().is_err(), "{wrong:?} was taken");
        }
    }
}
