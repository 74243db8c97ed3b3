//! `everwatchd serve`: the same pages as the desktop's, on loopback, for a browser on this machine.
//!
//! An adapter over `app`: commands by POST /rpc, events by GET /events, the pages as static files built into this
//! program. What always holds: the listener is bound to a loopback address; every request has one of our own names in
//! Host and, where it has an Origin, our own origin; everything but the static files and POST /session needs the
//! session cookie; nothing changes unless started with `--allow-changes`. The token is printed once, in the fragment of
//! the address, and appears in no log. Source: the design's section on what must always hold, loopback services.

mod assets;
mod door;
mod routes;
mod session;

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use app::App;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use door::Names;
use session::Sessions;

/// How long open requests may take after the signal to stop.
const GRACE: Duration = Duration::from_secs(5);
/// Event streams open at a time.
const STREAMS: usize = 32;
/// Commands worked on at a time; more wait.
const COMMANDS: usize = 32;

/// Serve the pages on this machine's loopback address.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which ledger to watch: the network file.
    #[arg(long, value_name = "FILE")]
    network: PathBuf,
    /// Where this program keeps what it verified.
    #[arg(long, value_name = "DIR")]
    data_dir: PathBuf,
    /// Loopback address and port to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Let the page change things, such as acknowledge an alert.
    #[arg(long)]
    allow_changes: bool,
    /// Raise native notifications too.
    #[arg(long)]
    notify: bool,
}

/// What every request sees.
struct Server {
    app: Arc<App>,
    sessions: Sessions,
    names: Names,
    allow_changes: bool,
    streams: Arc<Semaphore>,
    commands: Semaphore,
    stopping: watch::Receiver<bool>,
}

/// Serves until a signal.
pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    if !args.listen.ip().is_loopback() {
        bail!(
            "{} is not a loopback address: the pages are for this machine only. Use 127.0.0.1:PORT or [::1]:PORT.",
            args.listen
        );
    }
    let listener = TcpListener::bind(args.listen)
        .await
        .with_context(|| format!("cannot listen on {}; is the port in use?", args.listen))?;
    let address = listener.local_addr().context("the listener has no address")?;
    let config = app::Config {
        network: app::network_file(&args.network)?,
        data_dir: args.data_dir.clone(),
        notify: args.notify,
        desk: None,
    };
    let app = Arc::new(App::start(config)?);
    let (sessions, token) = Sessions::new().context("no random bytes for the token")?;
    let (stop, stopping) = watch::channel(false);
    let server = Arc::new(Server {
        app: Arc::clone(&app),
        sessions,
        names: Names::of(address),
        allow_changes: args.allow_changes,
        streams: Arc::new(Semaphore::new(STREAMS)),
        commands: Semaphore::new(COMMANDS),
        stopping,
    });
    announce(address, &token, args.allow_changes)?;
    drop(token);
    let serving = tokio::spawn(serve(listener, server));
    crate::signal::stopped().await;
    // Nobody is left to hear it when the listener has already ended.
    let _ = stop.send(true);
    let served = tokio::time::timeout(GRACE, serving).await;
    app.stop().await;
    match served {
        Ok(ended) => ended.context("the server task ended badly")?,
        Err(_) => {
            tracing::info!("open requests were cut off");
            Ok(())
        }
    }
}

async fn serve(listener: TcpListener, server: Arc<Server>) -> anyhow::Result<()> {
    let mut stopping = server.stopping.clone();
    let until = async move {
        // The sender lives until the end of `run`; its loss is a reason to stop as well.
        let _ = stopping.wait_for(|stop| *stop).await;
    };
    axum::serve(listener, routes::router(server)).with_graceful_shutdown(until).await.context("the listener failed")
}

/// The one place where the token is written: the terminal of whoever started this program. One write, so that a reader
/// that stops at the address does not end the service.
fn announce(address: SocketAddr, token: &str, allow_changes: bool) -> anyhow::Result<()> {
    let mode = if allow_changes { "changes allowed" } else { "read only" };
    let text = format!(
        "Everwatch is served to this machine ({mode}). Open this address in a browser; the part after # is a key, and \
         whoever has it sees these pages. Ctrl-C ends the service.\nhttp://{address}/#token={token}\n"
    );
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("cannot write the address")
}
