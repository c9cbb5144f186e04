//! A port that stays a test's own while servers come and go on it.

use socket2::{Domain, Socket, Type};
use std::net::{Ipv4Addr, SocketAddr};

/// A free port, bound and not listened on: no other program gets it, a server can listen on it (both
/// say `SO_REUSEADDR`), and while none does, connections are refused.
pub struct ReservedPort {
    _socket: Socket,
    pub address: SocketAddr,
}

impl ReservedPort {
    pub fn new() -> std::io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.set_reuse_address(true)?;
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
        let address = socket.local_addr()?.as_socket().expect("it is an IPv4 address");
        Ok(Self { _socket: socket, address })
    }
}
