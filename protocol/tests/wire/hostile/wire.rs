//! Messages written byte by byte, to say what the library's own types cannot.

use boxoffice_protocol::frame::ServerCodec;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::request::Request;
use bytes::BytesMut;
use tokio_util::codec::Decoder;

/// A message that is being written.
#[derive(Clone, Default)]
pub(crate) struct Wire(pub(crate) Vec<u8>);

impl Wire {
    pub(crate) fn request(number: u8) -> Self {
        Self(vec![number])
    }

    /// Bytes as they are.
    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// An integer, as SPEC.md has it.
    pub(crate) fn int(self, value: u64) -> Self {
        let bytes = value.to_le_bytes();
        match value {
            0..=250 => self.raw(&bytes[..1]),
            251..=0xFFFF => self.raw(&[0xFB]).raw(&bytes[..2]),
            0x1_0000..=0xFFFF_FFFF => self.raw(&[0xFC]).raw(&bytes[..4]),
            _ => self.raw(&[0xFD]).raw(&bytes),
        }
    }

    /// A text, which need not be UTF-8.
    pub(crate) fn text(self, text: impl AsRef<[u8]>) -> Self {
        let text = text.as_ref();
        self.int(text.len() as u64).raw(text)
    }

    /// A frame around it.
    pub(crate) fn frame(&self, correlation: u32) -> BytesMut {
        framed(correlation, &self.0)
    }

    /// What a server makes of it.
    pub(crate) fn read(&self) -> Result<Request, Refusal> {
        let frame = ServerCodec.decode(&mut self.frame(7)).expect("a frame").expect("all of it");
        assert_eq!(frame.correlation, 7);
        frame.request
    }

    /// The field that a server refuses it for.
    pub(crate) fn refused_for(&self) -> String {
        match self.read() {
            Err(Refusal::Invalid { field, why }) => {
                assert!(!why.is_empty() && why.len() < 300, "{field}: {why}");
                field.to_string()
            }
            other => panic!("{:02x?} was read as {other:?}", self.0),
        }
    }
}

/// A frame around a message.
pub(crate) fn framed(correlation: u32, message: &[u8]) -> BytesMut {
    let length = u32::try_from(message.len() + 4).expect("short").to_le_bytes();
    [&length, &correlation.to_le_bytes(), message].concat().as_slice().into()
}

/// A `Reserve` with this id, event, customer and selection.
pub(crate) fn reserve(id: &[u8; 16], event: &[u8], customer: &[u8], selection: &Wire) -> Wire {
    Wire::request(9).raw(id).text(event).text(customer).raw(&selection.0)
}

/// A `Reserve` of this selection.
pub(crate) fn select(selection: &Wire) -> Wire {
    reserve(&ID, b"dune-2", b"ann", selection)
}

/// A selection of exact seats.
pub(crate) fn seats(count: u64, labels: &[&str]) -> Wire {
    labels.iter().fold(Wire::default().int(0).int(count), |wire, label| wire.text(label))
}

/// A `CreateEvent` with this name, time, currency, limit a customer and sections.
pub(crate) fn create(
    name: &[u8],
    at: u64,
    currency: &str,
    limit: Option<u64>,
    sections: &Wire,
) -> Wire {
    let wire = Wire::request(5)
        .text("dune-2")
        .text(name)
        .int(at)
        .int(at)
        .text("UTC")
        .text(currency)
        .raw(&[2]);
    let wire = match limit {
        None => wire.raw(&[0]),
        Some(limit) => wire.raw(&[1]).int(limit),
    };
    wire.raw(&[0]).raw(&sections.0)
}

/// A `CreateEvent` with these sections.
pub(crate) fn create_with(sections: &Wire) -> Wire {
    create(b"Dune", 1_798_826_400_000, "EUR", None, sections)
}

/// A list of one seated section.
pub(crate) fn one_section(name: &[u8], price: u64, rows: &[u64]) -> Wire {
    let wire = Wire::default().int(1).text(name).int(price).int(0).int(rows.len() as u64);
    rows.iter().fold(wire, |wire, &seats| wire.int(seats))
}

/// A UUID of version 7.
pub(crate) const ID: [u8; 16] =
    [1, 0x9A, 0xA3, 0xA5, 0xEC, 0, 0x7D, 0xEF, 0x8A, 0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0xDE];
