//! A way between two sockets on which every byte takes a given time, in both directions.

use anyhow::Result;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// Most bytes that are read at once, and how many such pieces are on the way.
const PIECE: usize = 16 * 1024;
const PIECES: usize = 256;

/// Where to connect to in order to reach `target` by the slow way. It lives as long as the runtime.
pub(super) async fn start(target: SocketAddr, delay: Duration) -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((caller, _)) = listener.accept().await {
            // Who cannot be reached is told so by the closed connection.
            let Ok(called) = TcpStream::connect(target).await else { continue };
            if caller.set_nodelay(true).and(called.set_nodelay(true)).is_err() {
                continue;
            }
            let ((from_caller, to_caller), (from_called, to_called)) = (caller.into_split(), called.into_split());
            pass(from_caller, to_called, delay);
            pass(from_called, to_caller, delay);
        }
    });
    Ok(address)
}

/// One direction, until either side closes.
fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, delay: Duration) {
    let (way, mut end) = mpsc::channel::<(Instant, Vec<u8>)>(PIECES);
    tokio::spawn(async move {
        loop {
            let mut piece = vec![0; PIECE];
            let Ok(read @ 1..) = from.read(&mut piece).await else { return };
            piece.truncate(read);
            if way.send((Instant::now() + delay, piece)).await.is_err() {
                return;
            }
        }
    });
    tokio::spawn(async move {
        while let Some((due, piece)) = end.recv().await {
            sleep_until(due).await;
            if to.write_all(&piece).await.is_err() {
                return;
            }
        }
    });
}
