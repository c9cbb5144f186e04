//! The paths among the arguments of a macro or attribute, as far as tokens show them.

use proc_macro2::{TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::mem;
use syn::ext::IdentExt;

/// A path is its names; one that begins with `::` has an empty name before the others.
pub(crate) fn words(path: &syn::Path) -> Vec<String> {
    let leading = path.leading_colon.map(|_| String::new());
    let names = path.segments.iter().map(|segment| segment.ident.unraw().to_string());
    leading.into_iter().chain(names).collect()
}

/// The paths, and every word that may be one.
pub(crate) fn paths(tokens: TokenStream) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    read(tokens, &[], &mut found);
    found.retain(|path| !path.is_empty());
    found
}

/// Finds paths, each behind `before`: the path in front of a group of imports.
fn read(tokens: TokenStream, before: &[String], found: &mut Vec<Vec<String>>) {
    let (mut path, mut colons, mut last) = (Vec::new(), 0, ' ');
    for token in tokens {
        match token {
            TokenTree::Punct(colon) if colon.as_char() == ':' => colons += 1,
            TokenTree::Ident(word) if colons == 2 && !path.is_empty() => {
                path.push(word.unraw().to_string());
                colons = 0;
            }
            TokenTree::Group(group) => {
                let outer = mem::take(&mut path);
                read(group.stream(), if colons == 2 { &outer } else { &[] }, found);
                found.push(outer);
                (colons, last) = (0, ' ');
            }
            TokenTree::Ident(word) => {
                found.push(mem::take(&mut path));
                let unknown = last == '$' && word != "crate"
                    || last == '>' && colons == 2
                    || ['.', '\''].contains(&last);
                if !unknown {
                    path = before.to_vec();
                    path.extend((colons == 2).then(String::new));
                    path.push(word.unraw().to_string());
                }
                // Names behind a parameter, generics or a field are as unknown as these.
                (colons, last) = (0, if unknown { '>' } else { ' ' });
            }
            TokenTree::Punct(punct) => {
                found.push(mem::take(&mut path));
                let range = punct.as_char() == '.' && last == '.';
                (colons, last) = (0, if range { ' ' } else { punct.as_char() });
            }
            TokenTree::Literal(literal) => {
                found.push(mem::take(&mut path));
                found.extend(quoted(&literal));
                (colons, last) = (0, ' ');
            }
        }
    }
    found.push(path);
}

/// The path in a string, as serde takes it.
fn quoted(literal: &proc_macro2::Literal) -> Option<Vec<String>> {
    let text: syn::LitStr = syn::parse_str(&literal.to_string()).ok()?;
    text.parse().ok().map(|path| words(&path))
}

/// Every word among the tokens.
pub(crate) fn all_words(tokens: TokenStream) -> BTreeSet<String> {
    let words = tokens.into_iter().flat_map(|token| match token {
        TokenTree::Group(group) => all_words(group.stream()),
        TokenTree::Ident(word) => BTreeSet::from([word.to_string()]),
        TokenTree::Punct(_) | TokenTree::Literal(_) => BTreeSet::new(),
    });
    words.collect()
}

#[test]
fn paths_are_found_among_tokens() {
    let check = |text: &str, expected: &[&str]| {
        let found = paths(text.parse().expect("tokens"));
        let found: Vec<_> = found.iter().map(|path| path.join("::")).collect();
        assert_eq!(found, expected, "{text}");
    };
    check("a::b, c::d(e)", &["a::b", "e", "c::d"]);
    check("x.y::z + 0..limit", &["x", "limit"]);
    check("$crate::a; $name::b", &["crate::a"]);
    check("Vec::<u8>::new(), ::std::io", &["Vec", "u8", "::std::io"]);
    check("use a::{b, c::{d}}", &["use", "a::b", "a::c::d", "a::c", "a"]);
    check("with = \"a::b\", key: value, 'life", &["with", "a::b", "key", "value"]);
}
