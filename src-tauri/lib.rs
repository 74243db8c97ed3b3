//! The desktop shell: a window, a tray icon and one IPC command over `app`.
//!
//! What always holds: the page reaches the core through `rpc` alone and may listen to `core-event`, nothing else (see
//! `capabilities/main.json`); it never leaves its own origin; the window opens before the core has read its data. This
//! crate decides nothing about a ledger and holds no state of its own.

mod arguments;
mod desk;
mod display;
mod tray;
mod words;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use app::App;
use app::api::{Command, CommandError, Reply};
use tauri::{AppHandle, Emitter, Manager, State, WebviewWindowBuilder};

pub use arguments::Arguments;

/// Label of the one window, as in the configuration.
const WINDOW: &str = "main";
/// Name of the event that carries every event of the core.
const CORE_EVENT: &str = "core-event";

/// Opens the window and stays until it is closed.
///
/// # Errors
/// With a sentence when there is no display, the network file cannot be read or another instance has the data directory.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    display::require()?;
    if arguments.exit_with_parent {
        app::lifetime::exit_with_parent();
    }
    let mut config = arguments.config()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the threads of the core")?;
    tauri::async_runtime::set(runtime.handle().clone());
    let desktop = tauri::Builder::default()
        // First, so that a second start hands over before it touches anything.
        .plugin(tauri_plugin_single_instance::init(|handle, _, _| show_window(handle)))
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .invoke_handler(tauri::generate_handler![rpc])
        .setup(|desktop| {
            open_window(desktop.handle())?;
            tray::install(desktop.handle());
            Ok(())
        })
        .build(tauri::generate_context!())
        .context("cannot build the window")?;
    config.desk = desk::of(desktop.handle());
    let core = {
        let _inside = runtime.enter();
        Arc::new(App::start(config)?)
    };
    desktop.manage(Arc::clone(&core));
    runtime.spawn(forward(desktop.handle().clone(), Arc::clone(&core)));
    runtime.spawn(close_on_signal(desktop.handle().clone()));
    let code = desktop.run_return(|_, _| {});
    runtime.block_on(core.stop());
    // A task may still wait for the window, which is gone.
    runtime.shutdown_timeout(Duration::from_secs(1));
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}

/// The one command of the page: an envelope `{command, request}`.
#[tauri::command]
async fn rpc(envelope: serde_json::Value, core: State<'_, Arc<App>>) -> Result<Reply, CommandError> {
    core.handle(Command::from_json(envelope)?).await
}

fn open_window(handle: &AppHandle) -> anyhow::Result<()> {
    let config = handle
        .config()
        .app
        .windows
        .iter()
        .find(|window| window.label == WINDOW)
        .context("the configuration has no window")?
        .clone();
    WebviewWindowBuilder::from_config(handle, &config)?
        .on_navigation(|url| is_own(url.scheme(), url.host_str()))
        .build()
        .context("cannot open the window")?;
    Ok(())
}

/// The page's own origin; everything else the window refuses to open.
fn is_own(scheme: &str, host: Option<&str>) -> bool {
    matches!((scheme, host), ("tauri", Some("localhost")) | ("http" | "https", Some("tauri.localhost")))
        || (cfg!(dev) && host == Some("localhost"))
}

fn show_window(handle: &AppHandle) {
    let Some(window) = handle.get_webview_window(WINDOW) else { return };
    for outcome in [window.unminimize(), window.show(), window.set_focus()] {
        if let Err(fault) = outcome {
            tracing::debug!(%fault, "cannot bring the window to the front");
        }
    }
}

/// Ctrl-C and SIGTERM close the program as its own menu does.
async fn close_on_signal(handle: AppHandle) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_err() {
        return;
    }
    handle.exit(0);
}

/// Passes the core's events on to the page and the tray. A lag leaves a gap in the numbers, and the page loads anew.
async fn forward(handle: AppHandle, core: Arc<App>) {
    use tokio::sync::broadcast::error::RecvError;
    let mut events = core.subscribe();
    loop {
        match events.recv().await {
            Ok(event) => {
                if let app::api::EventBody::Status(status) = &event.body {
                    tray::show(&handle, status);
                }
                if let Err(fault) = handle.emit(CORE_EVENT, &event) {
                    tracing::debug!(%fault, "the window does not take events");
                }
            }
            Err(RecvError::Lagged(missed)) => tracing::debug!(missed, "the window was too slow"),
            Err(RecvError::Closed) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_own;

    #[test]
    fn the_window_stays_on_its_own_page() {
        assert!(is_own("tauri", Some("localhost")));
        assert!(is_own("http", Some("tauri.localhost")));
        for (scheme, host) in [
            ("https", Some("example.org")),
            ("http", Some("tauri.localhost.example.org")),
            ("file", None),
            ("data", None),
            ("tauri", Some("other")),
        ] {
            assert!(!is_own(scheme, host), "{scheme} {host:?}");
        }
    }
}
