//! The gateway for development as our launcher runs it: a taken port is told, and what was mined is found again.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::net::TcpListener;
use std::path::Path;

use arweave::{Gateway, Limits};
use devnet::{Arlocal, Fault, Program, arlocal_program, counterparts};
use tests::repository;

fn program(folder: &Path, port: u16) -> Program {
    arlocal_program(&counterparts(Some(repository().join("counterparts"))).unwrap(), folder, port, None)
}

#[tokio::test]
async fn a_taken_port_is_told() {
    let (folder, taken) = (tempfile::tempdir().unwrap(), TcpListener::bind(("127.0.0.1", 0)).unwrap());
    let port = taken.local_addr().unwrap().port();
    let fault = Arlocal::start(&program(folder.path(), port)).await.unwrap_err();
    assert!(matches!(fault, Fault::PortInUse { port: told, .. } if told == port), "{fault}");
}

#[tokio::test]
async fn the_next_start_finds_the_height_of_the_last() {
    let folder = tempfile::tempdir().unwrap();
    let arlocal = Arlocal::start(&program(folder.path(), 0)).await.unwrap();
    for height in 1..=7 {
        // Within one second, which arlocal by itself resumes too low.
        assert_eq!(arlocal.control().mine().await.unwrap(), height);
    }
    arlocal.into_child().kill().await;
    let again = Arlocal::start(&program(folder.path(), 0)).await.unwrap();
    let gateway = Gateway::new(&again.url(), Limits::default()).unwrap();
    assert_eq!(gateway.info().await.unwrap().height, 7);
    again.into_child().stop().await;
}
