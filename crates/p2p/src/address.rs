//! Where a peer is reached: `host:port`, with a host name, an IPv4 address or an IPv6 address in brackets.
//!
//! Host names are asked of the system's resolver before each dial, so that a peer may move. Who answers there is checked
//! by its key, never by its name.

use libp2p::multiaddr::{Multiaddr, Protocol};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

const HOST_LEN_MAX: usize = 253;
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(5);
const RESOLVED_MAX: usize = 4;

/// Where a peer is reached.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(String);

/// Text that is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an address is host:port")]
pub struct ParseAddressError;

impl Address {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The sockets that the address stands for now; none when its name is not known.
    pub(crate) async fn resolve(&self) -> Vec<Multiaddr> {
        if let Ok(socket) = self.0.parse::<SocketAddr>() {
            return vec![to_multiaddr(socket)];
        }
        match tokio::time::timeout(RESOLVE_TIMEOUT, tokio::net::lookup_host(&self.0)).await {
            Ok(Ok(sockets)) => sockets.take(RESOLVED_MAX).map(to_multiaddr).collect(),
            Ok(Err(_)) | Err(_) => Vec::new(),
        }
    }
}

pub(crate) fn to_multiaddr(socket: SocketAddr) -> Multiaddr {
    Multiaddr::from(socket.ip()).with(Protocol::Tcp(socket.port()))
}

pub(crate) fn from_multiaddr(address: &Multiaddr) -> Option<SocketAddr> {
    let mut parts = address.iter();
    let ip = match parts.next()? {
        Protocol::Ip4(ip) => IpAddr::V4(ip),
        Protocol::Ip6(ip) => IpAddr::V6(ip),
        _ => return None,
    };
    match parts.next()? {
        Protocol::Tcp(port) => Some(SocketAddr::new(ip, port)),
        _ => None,
    }
}

impl From<SocketAddr> for Address {
    fn from(socket: SocketAddr) -> Self {
        Self(socket.to_string())
    }
}

impl FromStr for Address {
    type Err = ParseAddressError;

    fn from_str(text: &str) -> Result<Self, ParseAddressError> {
        if text.parse::<SocketAddr>().is_ok_and(|socket| socket.port() != 0) {
            return Ok(Self(text.to_owned()));
        }
        let (host, port) = text.rsplit_once(':').ok_or(ParseAddressError)?;
        let port_fits = port.bytes().all(|c| c.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port != 0);
        let label_fits = |label: &str| {
            let inside = label.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_');
            (1..=63).contains(&label.len()) && inside && !label.starts_with('-')
        };
        // A name whose last label is a number would be an IPv4 address that the parser above refused.
        let last_is_number = host.rsplit('.').next().is_none_or(|label| label.bytes().all(|c| c.is_ascii_digit()));
        let host_fits = host.len() <= HOST_LEN_MAX && host.split('.').all(label_fits) && !last_is_number;
        (port_fits && host_fits).then(|| Self(text.to_owned())).ok_or(ParseAddressError)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn an_address_is_a_host_and_a_port() {
        for good in ["127.0.0.1:7000", "[::1]:7000", "localhost:1", "one.watchmen.example:65535"] {
            assert_eq!(good.parse::<Address>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "host",
            ":1",
            "host:",
            "host:0",
            "host:65536",
            "host:+1",
            "127.0.0.1:0",
            "256.0.0.1:1",
            "::1:7000",
            "a..b:1",
            "-a:1",
            "http://host:1",
            "host/x:1",
            "user@host:1",
        ] {
            assert_eq!(bad.parse::<Address>(), Err(ParseAddressError), "{bad:?}");
        }
    }

    #[test]
    fn sockets_keep_their_meaning_in_the_form_of_the_library() {
        for text in ["127.0.0.1:7000", "[2001:db8::1]:7000"] {
            let socket: SocketAddr = text.parse().unwrap();
            assert_eq!(from_multiaddr(&to_multiaddr(socket)), Some(socket));
        }
    }

    #[tokio::test]
    async fn names_are_resolved_and_unknown_ones_give_nothing() {
        let known = "localhost:7000".parse::<Address>().unwrap().resolve().await;
        assert!(known.iter().filter_map(from_multiaddr).any(|socket| socket.ip().is_loopback()));
        assert_eq!("no-such-host.invalid:1".parse::<Address>().unwrap().resolve().await, []);
    }
}
