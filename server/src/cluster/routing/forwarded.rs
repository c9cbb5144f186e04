//! A request on its way to another server: what was admitted, for whom, and until when.

use super::sealed::PeerError;
use crate::auth::RoleName;
use crate::cluster::asker::Asker;
use crate::cluster::cluster_state::ClusterState;
use crate::cluster::request::{ClusterRequest, Wanted};
use crate::cluster::settled::ReplyTo;
use boxoffice_protocol::frame::{decode, encode};
use boxoffice_protocol::id::{CustomerId, EventId, Principal};
use boxoffice_protocol::request::Request;
use boxoffice_protocol::time::Timestamp;
use bytes::BytesMut;
use std::net::{IpAddr, Ipv6Addr};

/// The party that asks: its token's name; its role's number, and the customer that it is bound to; whether it is a
/// visitor; its address.
type AskerParts = (Option<Principal>, (u8, Option<CustomerId>), bool, [u8; 16]);

/// The roles by their numbers.
const ROLES: [RoleName; 4] =
    [RoleName::Admin, RoleName::Agent, RoleName::Customer, RoleName::Reader];

/// Writes a request for an event's preferred server. The deadline is in the engine's time.
pub(super) fn write(request: &ClusterRequest, out: &mut BytesMut) {
    let Wanted::Decision(wanted) = &request.wanted else { return };
    let Asker { principal, role, is_visitor, address } = &request.asker;
    let number = ROLES.iter().position(|name| *name == role.name()).unwrap_or_default();
    let address = match address.to_canonical() {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    };
    let number = u8::try_from(number).expect("there are four");
    let role = (number, role.customer().cloned());
    let asker: AskerParts = (principal.clone(), role, *is_visitor, address.octets());
    encode(&(&asker, request.deadline, wanted), out);
}

/// Reads a request that another server admitted. It is decided here, whichever server its event prefers.
pub(super) fn read(
    message: &[u8],
    cluster: &ClusterState,
    reply: ReplyTo,
) -> Result<(EventId, Box<ClusterRequest>), PeerError> {
    let wrong = |why: &str| PeerError::Message(why.to_owned());
    let parts = decode::<(AskerParts, Timestamp, Request)>(message);
    let (asker, deadline, wanted) = parts.map_err(|malformed| wrong(&malformed.to_string()))?;
    let (principal, (number, customer), is_visitor, address) = asker;
    let role = ROLES.get(usize::from(number)).ok_or_else(|| wrong("no role has this number"))?;
    let role = role.with(customer).map_err(wrong)?;
    let address = IpAddr::V6(Ipv6Addr::from(address)).to_canonical();
    let asker = Asker { principal, role, is_visitor, address };
    let event = wanted.event().ok_or_else(|| wrong("no event decides this request"))?.clone();
    let times = (cluster.clock.now(), deadline);
    Ok((event, ClusterRequest::of(asker, wanted, &cluster.catalog, times, reply)))
}
