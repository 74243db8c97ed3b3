//! The windows in which a person confirms: GTK's own dialogs, made here, out of any page's reach.
//!
//! What always holds: the page has no permission for any of this and learns the answer only through the core; a question
//! opens with the focus on its "no", and its "yes" cannot be pressed in its first moment, so that a key or click meant for
//! the page answers nothing; Escape and closing are a no; an answer that nobody waits for closes its window.
//! GTK belongs to one thread: everything below is sent there.

#[cfg(target_os = "linux")]
mod dialog;

use std::sync::Arc;

use app::confirm::Desk;
use tauri::AppHandle;

/// Where this system's questions are asked; `None` where no native dialog is built yet: the core then refuses what needs
/// a person.
pub(crate) fn of(handle: &AppHandle) -> Option<Arc<dyn Desk>> {
    #[cfg(target_os = "linux")]
    return Some(Arc::new(linux::WindowDesk::new(handle.clone())));
    #[cfg(not(target_os = "linux"))]
    {
        let _ = handle;
        None
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::cell::RefCell;
    use std::collections::BTreeMap;
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicU64, Ordering};

    use app::confirm::{Answer, Desk, Question};
    use tauri::{AppHandle, Manager, WebviewWindow};
    use tokio::sync::oneshot;

    use super::dialog::{self, Close, Parent};
    use crate::{WINDOW, show_window};

    thread_local! {
        /// What closes each open dialog, by number. Used by GTK's thread only.
        static OPEN: RefCell<BTreeMap<u64, Close>> = const { RefCell::new(BTreeMap::new()) };
    }

    /// Asks over the main window.
    pub(super) struct WindowDesk {
        handle: AppHandle,
        last: AtomicU64,
    }

    /// Closes its dialog when nobody waits for the answer any more.
    struct Shown<'a> {
        handle: &'a AppHandle,
        number: u64,
    }

    impl Drop for Shown<'_> {
        fn drop(&mut self) {
            let number = self.number;
            let close = move || {
                if let Some(close) = OPEN.with_borrow_mut(|open| open.remove(&number)) {
                    close();
                }
            };
            // Fails when the program ends, and its windows with it.
            let _ = self.handle.run_on_main_thread(close);
        }
    }

    impl WindowDesk {
        pub(super) fn new(handle: AppHandle) -> Self {
            Self { handle, last: AtomicU64::new(0) }
        }

        /// Opens a dialog and waits for what it tells; `None` when it told nothing.
        async fn open<T: Send + 'static>(
            &self,
            show: impl FnOnce(Option<&Parent>, oneshot::Sender<T>) -> Close + Send + 'static,
        ) -> Option<T> {
            let shown = Shown { handle: &self.handle, number: self.last.fetch_add(1, Ordering::Relaxed) };
            let (tell, told) = oneshot::channel();
            let (handle, number) = (self.handle.clone(), shown.number);
            let open = move || {
                let window = handle.get_webview_window(WINDOW);
                let hidden = |window: &WebviewWindow| {
                    window.is_minimized().unwrap_or(false) || !window.is_visible().unwrap_or(true)
                };
                // Over a window that nobody sees nobody would see it. One that is seen is not raised: it would come to
                // lie over its dialog where no window manager keeps them in order.
                if window.as_ref().is_some_and(hidden) {
                    show_window(&handle);
                }
                let parent = window.and_then(|window| window.gtk_window().ok());
                let close = show(parent.as_ref(), tell);
                OPEN.with_borrow_mut(|open| open.insert(number, close));
            };
            self.handle.run_on_main_thread(open).ok()?;
            told.await.ok()
        }
    }

    impl Desk for WindowDesk {
        fn ask(&self, question: Question) -> Answer<'_, bool> {
            Box::pin(async move {
                let asked = self.open(move |parent, tell| dialog::ask(parent, &question, tell));
                asked.await.unwrap_or(false)
            })
        }

        fn choose_new_file(&self, title: String, name: String) -> Answer<'_, Option<PathBuf>> {
            Box::pin(async move {
                self.open(move |parent, tell| dialog::choose(parent, &title, Some(&name), tell)).await.flatten()
            })
        }

        fn choose_file(&self, title: String) -> Answer<'_, Option<PathBuf>> {
            Box::pin(async move {
                self.open(move |parent, tell| dialog::choose(parent, &title, None, tell)).await.flatten()
            })
        }
    }
}
