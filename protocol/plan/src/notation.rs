//! The short notation for labels in physical order: `19..1/2 | 2..20/2`.
//!
//! `..` is a range, `/` its step, `|` a break. Leading zeros keep their width.

use crate::label::check_label;
use compact_str::{CompactString, format_compact};
use thiserror::Error;

/// Labels in order, and where the order is broken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelList {
    pub labels: Vec<CompactString>,
    /// The indices of the labels that follow a break, ascending.
    pub breaks: Vec<u16>,
}

/// What is wrong with a text in the notation.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{why}")]
pub struct NotationFault {
    /// Where, in bytes from the beginning of the text.
    pub offset: usize,
    /// What is wrong, and what would be right.
    pub why: String,
}

impl LabelList {
    /// Reads at most `max` labels.
    ///
    /// # Errors
    /// [`NotationFault`] for what is no label or range, for breaks at the ends, and before memory
    /// is spent for more labels than `max`.
    pub fn parse(text: &str, max: usize) -> Result<Self, NotationFault> {
        let mut list = Self::default();
        let mut after_break = false;
        for (offset, word) in words(text) {
            let fault = |why| NotationFault { offset, why };
            if word == "|" {
                if after_break || list.labels.is_empty() {
                    return Err(fault("a break `|` stands between labels".to_owned()));
                }
                after_break = true;
                continue;
            }
            if after_break {
                list.breaks.push(u16::try_from(list.labels.len()).unwrap_or(u16::MAX));
                after_break = false;
            }
            let room = max - list.labels.len();
            let full = |count| format!("{word} is {count} labels more; there may be {max}");
            match word.split_once("..") {
                Some((first, rest)) => {
                    let range = LabelSeries::parse(word, first, rest).map_err(fault)?;
                    if range.count > room as u64 {
                        return Err(fault(full(range.count)));
                    }
                    list.labels.extend((0..range.count).map(|index| range.label(index)));
                }
                None if room == 0 => return Err(fault(full(1))),
                None => list
                    .labels
                    .push(check_label(word).map_err(|why| fault(format!("{word:?}: {why}")))?),
            }
        }
        match (after_break, list.labels.is_empty()) {
            (true, _) => Err(NotationFault {
                offset: text.rfind('|').unwrap_or(0),
                why: "a break `|` stands between labels".to_owned(),
            }),
            (_, true) => {
                Err(NotationFault { offset: 0, why: "there are no labels, like 1..20".to_owned() })
            }
            _ => Ok(list),
        }
    }

    /// The shortest text that reads as these labels.
    pub fn notation(&self) -> String {
        let mut text = String::new();
        let (mut start, mut breaks) = (0, self.breaks.iter().map(|&at| usize::from(at)));
        loop {
            let next = breaks.next();
            let end = next.unwrap_or(self.labels.len());
            print_run(&self.labels[start..end], &mut text);
            match next {
                Some(_) => text.push_str(" |"),
                None => return text,
            }
            start = end;
        }
    }
}

/// The words of a text with their offsets; a break is a word of its own.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &text[at..];
        let begin = at + (rest.len() - rest.trim_start().len());
        let word = &text[begin..];
        let end = match word.chars().next()? {
            '|' => 1,
            _ => word.find(|c: char| c.is_whitespace() || c == '|').unwrap_or(word.len()),
        };
        at = begin + end;
        Some((begin, &word[..end]))
    })
}

/// The class of a label's last characters, in which it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counting {
    Digits,
    Upper,
    Lower,
}

/// A label as a text before a number: `A12` is `A` and 12, `AB` is 28.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct CountedLabel<'a> {
    before: &'a str,
    counting: Counting,
    value: u64,
    /// The digits' number if they begin with a zero, else 0.
    width: usize,
}

impl<'a> CountedLabel<'a> {
    fn of(label: &'a str) -> Option<Self> {
        let class = |byte: u8| match byte {
            b'0'..=b'9' => Some(Counting::Digits),
            b'A'..=b'Z' => Some(Counting::Upper),
            b'a'..=b'z' => Some(Counting::Lower),
            _ => None,
        };
        let counting = class(label.bytes().next_back()?)?;
        let length = label.bytes().rev().take_while(|&byte| class(byte) == Some(counting)).count();
        let (before, counter) = label.split_at(label.len() - length);
        let (value, width) = match counting {
            Counting::Digits => {
                let padded = counter.len() > 1 && counter.starts_with('0');
                (counter.parse().ok()?, if padded { counter.len() } else { 0 })
            }
            _ if counter.len() > 4 => return None,
            _ => (counter.bytes().fold(0, |sum, b| sum * 26 + u64::from(b & 31)), 0),
        };
        Some(Self { before, counting, value, width })
    }
}

/// A range of labels.
struct LabelSeries<'a> {
    first: CountedLabel<'a>,
    count: u64,
    step: u64,
    ascending: bool,
    width: usize,
}

impl<'a> LabelSeries<'a> {
    fn parse(word: &str, first: &'a str, rest: &'a str) -> Result<Self, String> {
        let (last, step) = rest.split_once('/').unwrap_or((rest, "1"));
        for end in [first, last] {
            check_label(end).map_err(|why| format!("{word}: {end:?}: {why}"))?;
        }
        let step: u64 = step
            .parse()
            .ok()
            .filter(|&step| step > 0)
            .ok_or_else(|| format!("{word}: a step is a number from 1, like 1..19/2"))?;
        let unlike = || {
            format!(
                "{word}: a range is of numbers or letters, like 1..20, A..H or W1..W4; its \
                     ends differ in that alone"
            )
        };
        let (from, to) = (CountedLabel::of(first), CountedLabel::of(last));
        let (Some(from), Some(to)) = (from, to) else { return Err(unlike()) };
        if from.before != to.before || from.counting != to.counting {
            return Err(unlike());
        }
        let distance = from.value.abs_diff(to.value);
        if distance % step != 0 {
            return Err(format!("{word} does not reach {last} in steps of {step}"));
        }
        Ok(Self {
            first: from,
            count: distance / step + 1,
            step,
            ascending: from.value <= to.value,
            width: from.width.max(to.width),
        })
    }

    fn label(&self, index: u64) -> CompactString {
        let (first, distance) = (self.first.value, index * self.step);
        let value = if self.ascending { first + distance } else { first - distance };
        spell(&self.first, value, self.width)
    }
}

/// The label of a value.
fn spell(like: &CountedLabel<'_>, value: u64, width: usize) -> CompactString {
    let mut label = CompactString::from(like.before);
    let base = match like.counting {
        Counting::Digits => return format_compact!("{label}{value:0width$}"),
        Counting::Upper => b'A',
        Counting::Lower => b'a',
    };
    let (mut letters, mut rest) = ([0; 16], value);
    let mut at = letters.len();
    while rest > 0 && at > 0 {
        rest -= 1;
        at -= 1;
        letters[at] = base + (rest % 26) as u8;
        rest /= 26;
    }
    label.push_str(std::str::from_utf8(&letters[at..]).unwrap_or_default());
    label
}

fn print_run(labels: &[CompactString], text: &mut String) {
    let mut rest = labels;
    while let Some(first) = rest.first() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(first);
        let length = series_length(rest);
        if length >= 3 {
            let step = match (CountedLabel::of(first), CountedLabel::of(&rest[1])) {
                (Some(a), Some(b)) => a.value.abs_diff(b.value),
                _ => 1,
            };
            text.push_str("..");
            text.push_str(&rest[length - 1]);
            if step > 1 {
                text.push_str(&format!("/{step}"));
            }
            rest = &rest[length..];
        } else {
            rest = &rest[1..];
        }
    }
}

/// How many labels from the first one on are one range.
fn series_length(labels: &[CompactString]) -> usize {
    let [first, second, ..] = labels else { return 1 };
    let (Some(a), Some(b)) = (CountedLabel::of(first), CountedLabel::of(second)) else { return 1 };
    if a.before != b.before || a.counting != b.counting || a.value == b.value {
        return 1;
    }
    let (step, ascending) = (a.value.abs_diff(b.value), a.value < b.value);
    let width = a.width.max(b.width);
    let is_next = |(index, label): (usize, &CompactString)| {
        let distance = (index as u64).checked_mul(step)?;
        let value = if ascending {
            a.value.checked_add(distance)?
        } else {
            a.value.checked_sub(distance)?
        };
        // A range of letters begins at A.
        (value > 0 || a.counting == Counting::Digits).then_some(())?;
        (spell(&a, value, width) == *label).then_some(())
    };
    labels.iter().enumerate().take_while(|&entry| is_next(entry).is_some()).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &str) {
        let list = LabelList::parse(text, 100).expect(text);
        let mut labels: Vec<String> = list.labels.iter().map(ToString::to_string).collect();
        for &at in &list.breaks {
            labels[usize::from(at)].insert(0, '|');
        }
        assert_eq!(labels.join(" "), expected, "{text}");
        assert_eq!(LabelList::parse(&list.notation(), 100), Ok(list));
    }

    #[test]
    fn the_notation_is_read() {
        check("1..4", "1 2 3 4");
        check("7..1/2 | 2..8/2", "7 5 3 1 |2 4 6 8");
        check("A..C E", "A B C E");
        check("Y..AB", "Y Z AA AB");
        check("01..03", "01 02 03");
        check("08..11", "08 09 10 11");
        check("W1..W3", "W1 W2 W3");
        check("1a..1c|2", "1a 1b 1c |2");
        check("c..a", "c b a");
        check("5", "5");
        check("O'B.1 x", "O'B.1 x");
        check("101..099", "101 100 099");
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        for (text, offset, why) in [
            ("", 0, "no labels"),
            ("| 1", 0, "between labels"),
            ("1 | | 2", 4, "between labels"),
            ("1 2 |", 4, "between labels"),
            ("1..", 0, "begins with a letter"),
            ("1..A", 0, "a range is of numbers"),
            ("1 A1..B4", 2, "differ in that alone"),
            ("1..10/2", 0, "does not reach 10"),
            ("1..9/0", 0, "a step is a number"),
            ("1..9/x", 0, "a step is a number"),
            ("1-5", 0, "U+002D"),
            ("1..1000000000", 0, "1000000000 labels more; there may be 100"),
            ("1..9999999999999999", 0, "9999999999999999 labels"),
            ("1..60 1..60", 6, "60 labels more"),
            ("A..ZZZZ", 0, "labels more"),
            ("\u{E9}..\u{EA}", 0, "a range is of numbers"),
        ] {
            let fault = LabelList::parse(text, 100).expect_err(text);
            assert!(fault.offset == offset && fault.why.contains(why), "{text}: {fault:?}");
        }
    }

    #[test]
    fn labels_print_short() {
        for text in ["19..1/2 | 2..20/2", "A..H J..N P", "01..10", "1 2", "a b | c..e", "1 1 1"] {
            assert_eq!(LabelList::parse(text, 100).expect(text).notation(), text);
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_the_same(
            labels in prop::collection::vec("[A-C]{0,2}[0-9]{1,3}|[a-d]{1,3}|[X-Z]{1,2}", 1..40),
            breaks in prop::collection::btree_set(1..40u16, 0..4),
        ) {
            let count = u16::try_from(labels.len()).expect("few");
            let breaks = breaks.into_iter().filter(|&at| at < count).collect();
            let labels = labels.into_iter().map(CompactString::from).collect();
            let list = LabelList { labels, breaks };
            let text = list.notation();
            prop_assert_eq!(LabelList::parse(&text, 40), Ok(list), "{}", text);
        }
    }
}
