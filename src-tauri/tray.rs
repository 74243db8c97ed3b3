//! The tray icon: the mark with the state cut into it, and a menu whose first line says the state in words.
//!
//! A desktop without a tray, or without the library for it, is no reason not to watch: the icon is then left out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use app::api::Status;
use tauri::image::Image;
use tauri::menu::{MenuBuilder, MenuItem, MenuItemBuilder};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager, Theme, Wry};

use crate::words::{self, Tone};
use crate::{WINDOW, show_window};

const ICON: &str = "state";
const OPEN: &str = "open";
const QUIT: &str = "quit";

/// What the tray shows now, so that it is touched only when that changes.
struct Shown {
    line: MenuItem<Wry>,
    now: Mutex<(Tone, String, bool)>,
}

/// Puts the icon into the tray, where there is one.
pub(crate) fn install(handle: &AppHandle) {
    // The binding panics when its library is not installed.
    match catch_unwind(AssertUnwindSafe(|| build(handle))) {
        Ok(Ok(())) => {}
        Ok(Err(fault)) => tracing::warn!(%fault, "there is no tray icon"),
        Err(_) => tracing::warn!("there is no tray icon: the library for it is not installed"),
    }
}

fn build(handle: &AppHandle) -> tauri::Result<()> {
    let line = MenuItemBuilder::new(words::STARTING).enabled(false).build(handle)?;
    let menu =
        MenuBuilder::new(handle).item(&line).separator().text(OPEN, "Open Everwatch").text(QUIT, "Quit").build()?;
    let dark = is_dark(handle);
    TrayIconBuilder::with_id(ICON)
        // The icon passes through a file; the default folder for it is open to everybody on the machine.
        .temp_dir_path(handle.path().app_cache_dir()?)
        .icon(mark(Tone::Wait, dark)?)
        .tooltip(words::STARTING)
        .menu(&menu)
        .on_menu_event(|handle, event| match event.id().as_ref() {
            OPEN => show_window(handle),
            QUIT => handle.exit(0),
            _ => {}
        })
        .build(handle)?;
    handle.manage(Shown { line, now: Mutex::new((Tone::Wait, words::STARTING.to_owned(), dark)) });
    Ok(())
}

/// Shows a state.
pub(crate) fn show(handle: &AppHandle, status: &Status) {
    let Some(shown) = handle.try_state::<Shown>() else { return };
    let (tone, sentence) = words::of(status);
    let next = (tone, sentence, is_dark(handle));
    let mut now = shown.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if *now == next {
        return;
    }
    if let Err(fault) = redraw(handle, &shown.line, &next) {
        tracing::debug!(%fault, "cannot change the tray icon");
    }
    *now = next;
}

fn redraw(
    handle: &AppHandle,
    line: &MenuItem<Wry>,
    (tone, sentence, dark): &(Tone, String, bool),
) -> tauri::Result<()> {
    line.set_text(sentence)?;
    if let Some(icon) = handle.tray_by_id(ICON) {
        icon.set_icon(Some(mark(*tone, *dark)?))?;
        icon.set_tooltip(Some(sentence))?;
    }
    Ok(())
}

fn is_dark(handle: &AppHandle) -> bool {
    handle.get_webview_window(WINDOW).and_then(|window| window.theme().ok()).is_some_and(|theme| theme == Theme::Dark)
}

fn mark(tone: Tone, dark: bool) -> tauri::Result<Image<'static>> {
    macro_rules! drawing {
        ($state:literal) => {
            if dark {
                include_bytes!(concat!("../icons/tray-", $state, "-on-dark.png")).as_slice()
            } else {
                include_bytes!(concat!("../icons/tray-", $state, "-on-light.png")).as_slice()
            }
        };
    }
    Image::from_bytes(match tone {
        Tone::Watching => drawing!("watching"),
        Tone::Wait => drawing!("wait"),
        Tone::Attention => drawing!("attention"),
        Tone::Danger => drawing!("danger"),
    })
}
