//! Ports on loopback: those that were asked for must be free, those of the last run are taken again if they are.

use std::net::TcpListener;
use std::ops::Range;

use crate::error::Fault;
use crate::folder::{Choices, Folder};

/// Ports that a person asked for; absent or 0 means any.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ports {
    /// Of the Arweave gateway.
    pub gateway: Option<u16>,
    /// Of the Ethereum node.
    pub evm: Option<u16>,
    /// Of the coordinator's API.
    pub coordinator: Option<u16>,
}

/// Ports of this run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chosen {
    pub(crate) gateway: u16,
    pub(crate) evm: u16,
    pub(crate) coordinator: u16,
}

/// Chooses the ports of this run and remembers them in `folder`.
pub(crate) fn choose(asked: Ports, folder: &Folder) -> Result<Chosen, Fault> {
    let last = folder.choices()?;
    let chosen = Chosen {
        gateway: port(asked.gateway, last.map(|last| last.gateway_port), "Arweave gateway", "--gateway-port")?,
        evm: port(asked.evm, last.and_then(|last| last.evm_port), "Ethereum node", "--evm-port")?,
        coordinator: port(
            asked.coordinator,
            last.map(|last| last.coordinator_port),
            "coordinator",
            "--coordinator-port",
        )?,
    };
    let Chosen { gateway, evm, coordinator } = chosen;
    folder.remember(Choices { gateway_port: gateway, coordinator_port: coordinator, evm_port: Some(evm) })?;
    Ok(chosen)
}

fn port(asked: Option<u16>, last: Option<u16>, what: &'static str, flag: &'static str) -> Result<u16, Fault> {
    if let Some(port) = asked.filter(|port| *port != 0) {
        return if is_free(port) { Ok(port) } else { Err(Fault::PortInUse { port, what, flag }) };
    }
    match last.filter(|port| is_free(*port)) {
        Some(port) => Ok(port),
        None => free_port(),
    }
}

pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok()
}

/// Below what systems hand out by themselves (Linux: 32768 on): between finding a port and listening on it, no outgoing
/// connection of anybody takes it.
const QUIET_PORTS: Range<u16> = 10_240..32_768;
const QUIET_TRIES: usize = 64;

/// A port of 127.0.0.1 that is free at this moment, and likely stays so until it is used.
///
/// # Errors
/// If there is none.
pub fn free_port() -> Result<u16, Fault> {
    let mut quiet = (0..QUIET_TRIES).map(|_| rand::random_range(QUIET_PORTS));
    if let Some(port) = quiet.find(|port| is_free(*port)) {
        return Ok(port);
    }
    let listener = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    listener.map(|address| address.port()).map_err(|source| Fault::System { what: "finding a free port", source })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_port_that_was_asked_for_must_be_free_and_a_remembered_one_may_move() {
        let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let number = taken.local_addr().unwrap().port();
        let text = port(Some(number), None, "coordinator", "--coordinator-port").unwrap_err().to_string();
        assert!(text.contains(&number.to_string()) && text.contains("--coordinator-port"), "{text}");
        assert_ne!(port(None, Some(number), "coordinator", "--coordinator-port").unwrap(), number);
        drop(taken);
        assert_eq!(port(None, Some(number), "coordinator", "--coordinator-port").unwrap(), number);
        assert_eq!(port(Some(number), None, "coordinator", "--coordinator-port").unwrap(), number);
    }
}
