//! Refuses a line feed without a carriage return before it, in heads and around chunks.
//!
//! hyper takes a bare line feed for the end of a line (RFC 9112, 2.2 allows it), and a proxy in front
//! may not: the two would see other header fields in the same bytes. hyper parses; this only follows
//! where a head and a body end, and turns a bare line feed into a NUL, which hyper refuses anywhere
//! outside of a body's data.

/// The bytes of a body, as hyper understood the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyLength {
    Known(u64),
    Chunked,
}

/// The place in the requests of one connection.
#[derive(Debug, Default)]
pub(super) struct LineEnds {
    place: InputPlace,
    line: LineSoFar,
}

#[derive(Debug, Clone, Copy, Default)]
enum InputPlace {
    #[default]
    Head,
    /// After an empty line: a head has ended if hyper says so, and otherwise it has not begun.
    EmptyLine,
    Body {
        left: u64,
    },
    /// In the line before a chunk, whose digits made this size so far.
    ChunkSize {
        size: u64,
        digits: Digits,
    },
    /// In a chunk's data and the line end behind it.
    Chunk {
        left: u64,
    },
    Trailer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Digits {
    GoOn,
    /// What follows them is an extension.
    Ended,
}

/// What the current line has so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum LineSoFar {
    #[default]
    Nothing,
    /// A carriage return only.
    Return,
    Text,
    /// Text and a carriage return.
    TextReturn,
}

impl LineEnds {
    /// How many of these bytes, at least one, hyper may read now: no more than to the next end of a
    /// head or body, so that hyper says what follows a head before it sees any of it. `begun` is the
    /// body of the request that has begun since the last call.
    pub(super) fn pass(&mut self, bytes: &mut [u8], begun: Option<BodyLength>) -> usize {
        if let InputPlace::EmptyLine = self.place {
            self.place = match begun {
                None | Some(BodyLength::Known(0)) => InputPlace::Head,
                Some(BodyLength::Known(left)) => InputPlace::Body { left },
                Some(BodyLength::Chunked) => InputPlace::CHUNK_SIZE,
            };
        }
        let mut passed = 0;
        while passed < bytes.len() {
            let (more, ended) = self.step(&mut bytes[passed..]);
            passed += more;
            if ended {
                break;
            }
        }
        passed
    }

    /// Passes bytes of one place, and says whether a head or a body has ended with them.
    fn step(&mut self, bytes: &mut [u8]) -> (usize, bool) {
        match self.place {
            InputPlace::Head | InputPlace::EmptyLine => match self.line(bytes) {
                (passed, true) => self.leave(passed, InputPlace::EmptyLine, true),
                (passed, false) => (passed, false),
            },
            InputPlace::Trailer => match self.line(bytes) {
                (passed, true) => self.leave(passed, InputPlace::Head, true),
                (passed, false) => (passed, false),
            },
            InputPlace::Body { left } => match skip(bytes, left) {
                (passed, 0) => self.leave(passed, InputPlace::Head, true),
                (passed, left) => self.leave(passed, InputPlace::Body { left }, false),
            },
            InputPlace::Chunk { left } => match skip(bytes, left) {
                (passed, 0) => self.leave(passed, InputPlace::CHUNK_SIZE, false),
                (passed, left) => self.leave(passed, InputPlace::Chunk { left }, false),
            },
            InputPlace::ChunkSize { size, digits } => self.chunk_size(bytes, size, digits),
        }
    }

    fn leave(&mut self, passed: usize, next: InputPlace, ended: bool) -> (usize, bool) {
        self.place = next;
        (passed, ended)
    }

    /// Passes a line or a part of one, and says whether it ended and was empty.
    fn line(&mut self, bytes: &mut [u8]) -> (usize, bool) {
        let text = bytes.iter().position(|&byte| byte == b'\n').unwrap_or(bytes.len());
        self.line = match (self.line, &bytes[..text]) {
            (line, []) => line,
            (LineSoFar::Nothing, b"\r") => LineSoFar::Return,
            (_, [.., b'\r']) => LineSoFar::TextReturn,
            _ => LineSoFar::Text,
        };
        let Some(line_feed) = bytes.get_mut(text) else { return (text, false) };
        match self.line {
            LineSoFar::Return | LineSoFar::TextReturn => {
                let is_empty = self.line == LineSoFar::Return;
                self.line = LineSoFar::Nothing;
                (text + 1, is_empty)
            }
            LineSoFar::Nothing | LineSoFar::Text => {
                *line_feed = b'\0';
                self.line = LineSoFar::Text;
                (text + 1, false)
            }
        }
    }

    fn chunk_size(&mut self, bytes: &mut [u8], mut size: u64, mut digits: Digits) -> (usize, bool) {
        let (passed, _) = self.line(bytes);
        for &byte in &bytes[..passed] {
            match char::from(byte).to_digit(16) {
                // hyper refuses a size that overflows.
                Some(digit) if digits == Digits::GoOn => {
                    size = size.saturating_mul(16).saturating_add(u64::from(digit));
                }
                _ => digits = Digits::Ended,
            }
        }
        let next = match (self.line, size) {
            (LineSoFar::Nothing, 0) => InputPlace::Trailer,
            (LineSoFar::Nothing, size) => InputPlace::Chunk { left: size.saturating_add(2) },
            _ => InputPlace::ChunkSize { size, digits },
        };
        self.leave(passed, next, false)
    }
}

impl InputPlace {
    const CHUNK_SIZE: Self = Self::ChunkSize { size: 0, digits: Digits::GoOn };
}

/// Passes data of which so much is left, and says what is left then.
fn skip(bytes: &[u8], left: u64) -> (usize, u64) {
    let passed = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
    (passed, left - passed as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &str = "POST / HTTP/1.1\r\ncontent-length: 4\r\n\r\n\n\r\n\n";
    const CHUNKED: &str = "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n\
                           4;why=\"0\"\r\n\n\r\n\n\r\n1\r\n\n\r\n0\r\nsum: 1\r\n\r\n";

    /// What hyper would be given of these pieces, when it says the bodies of the requests one by one.
    /// A head is one that has a request line.
    fn passed(pieces: &[&[u8]], bodies: &[BodyLength]) -> Vec<u8> {
        let (mut line_ends, mut given, mut begun) = (LineEnds::default(), Vec::new(), None);
        let (mut head, mut bodies) = (Vec::new(), bodies.iter().copied());
        for piece in pieces {
            let mut bytes = piece.to_vec();
            while !bytes.is_empty() {
                let passed = line_ends.pass(&mut bytes, begun.take());
                assert!(passed > 0, "{:?}", line_ends.place);
                match line_ends.place {
                    InputPlace::Head | InputPlace::EmptyLine => head.extend(&bytes[..passed]),
                    _ => head.clear(),
                }
                given.extend(bytes.drain(..passed));
                if let (InputPlace::EmptyLine, false) =
                    (line_ends.place, head.trim_ascii().is_empty())
                {
                    begun = bodies.next();
                    head.clear();
                }
            }
        }
        given
    }

    /// Checks all of this in one piece, and cut into two everywhere.
    fn check(bytes: &str, bodies: &[BodyLength], expected: &str) {
        let bytes = bytes.as_bytes();
        for cut in 0..bytes.len() {
            let pieces = [&bytes[..cut], &bytes[cut..]];
            let given = passed(&pieces, bodies);
            let given = String::from_utf8_lossy(&given);
            assert_eq!(given, expected, "cut at {cut}");
        }
    }

    #[test]
    fn requests_with_line_feeds_in_their_bodies_pass_unchanged() {
        let bodies = [BodyLength::Known(4), BodyLength::Chunked, BodyLength::Known(0)];
        let get = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
        let all = format!("{KNOWN}{CHUNKED}{get}");
        check(&all, &bodies, &all);
        let after_empty_lines = format!("\r\n\r\n{get}");
        check(&after_empty_lines, &bodies[2..], &after_empty_lines);
    }

    #[test]
    fn a_bare_line_feed_becomes_a_nul() {
        let bodies = [BodyLength::Known(4), BodyLength::Chunked, BodyLength::Known(0)];
        for (bare, expected) in [
            ("GET / HTTP/1.1\nhost: a\r\n\r\n", "GET / HTTP/1.1\0host: a\r\n\r\n"),
            ("GET / HTTP/1.1\r\nhost: a\r\n\n", "GET / HTTP/1.1\r\nhost: a\r\n\0"),
            ("GET / HTTP/1.1\r\nhost: a\n\r\n", "GET / HTTP/1.1\r\nhost: a\0\r\n"),
            ("GET / HTTP/1.1\r\nhost: a\n\n", "GET / HTTP/1.1\r\nhost: a\0\0"),
            ("GET / HTTP/1.1\r\nhost:\na\r\n\r\n", "GET / HTTP/1.1\r\nhost:\0a\r\n\r\n"),
            ("\nGET / HTTP/1.1\r\n\r\n", "\0GET / HTTP/1.1\r\n\r\n"),
        ] {
            let all = format!("{KNOWN}{CHUNKED}{bare}");
            check(&all, &bodies, &format!("{KNOWN}{CHUNKED}{expected}"));
        }
        let head = "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n";
        for (bare, expected) in [
            ("1\na\r\n", "1\0a\r\n"),
            ("1;a\n", "1;a\0"),
            ("1\r\n\n\r\n0\n\r\n", "1\r\n\n\r\n0\0\r\n"),
            ("1\r\n\n\r\n0\r\nsum: 1\n\r\n", "1\r\n\n\r\n0\r\nsum: 1\0\r\n"),
            ("1\r\n\n\r\n0\r\n\n", "1\r\n\n\r\n0\r\n\0"),
        ] {
            let all = format!("{KNOWN}{head}{bare}");
            check(&all, &bodies, &format!("{KNOWN}{head}{expected}"));
        }
    }
}
