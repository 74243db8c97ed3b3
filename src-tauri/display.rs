//! Whether there is a display to open a window on. The window library ends the program without a sentence when there is
//! none, so this is asked first.

use anyhow::bail;

/// Fails with a sentence when no display answers.
#[cfg(target_os = "linux")]
pub(crate) fn require() -> anyhow::Result<()> {
    let text = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let (x11, wayland) = (text("DISPLAY"), text("WAYLAND_DISPLAY"));
    if x11.is_none() && wayland.is_none() {
        bail!(
            "there is no display: DISPLAY and WAYLAND_DISPLAY are not set. Start it from a desktop session, or use \
             `everwatchd serve` and a browser."
        );
    }
    let answers =
        wayland.as_deref().is_some_and(linux::wayland_answers) || x11.as_deref().is_some_and(linux::x11_answers);
    if !answers {
        let named = x11.or(wayland).unwrap_or_default();
        bail!(
            "the display {named} does not answer. Start it from a desktop session, or use `everwatchd serve` and a browser."
        );
    }
    Ok(())
}

/// Other systems always have one when a program with a window is started.
#[cfg(not(target_os = "linux"))]
pub(crate) fn require() -> anyhow::Result<()> {
    Ok(())
}

#[cfg(target_os = "linux")]
mod linux {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixStream};
    use std::path::{Path, PathBuf};

    pub(super) fn wayland_answers(name: &str) -> bool {
        let path = match std::env::var_os("XDG_RUNTIME_DIR") {
            Some(folder) if !name.starts_with('/') => PathBuf::from(folder).join(name),
            _ => PathBuf::from(name),
        };
        UnixStream::connect(path).is_ok()
    }

    /// Asks local displays (":0", "unix:0") for a connection; of remote ones nothing is known before the window opens.
    pub(super) fn x11_answers(display: &str) -> bool {
        let Some(number) = local_number(display) else { return true };
        let path = format!("/tmp/.X11-unix/X{number}");
        if UnixStream::connect(Path::new(&path)).is_ok() {
            return true;
        }
        SocketAddr::from_abstract_name(path).is_ok_and(|address| UnixStream::connect_addr(&address).is_ok())
    }

    pub(super) fn local_number(display: &str) -> Option<&str> {
        let (host, rest) = display.rsplit_once(':')?;
        let number = rest.split('.').next().unwrap_or_default();
        let local =
            matches!(host, "" | "unix") && !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit());
        local.then_some(number)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::linux::{local_number, x11_answers};

    #[test]
    fn local_displays_are_recognised() {
        assert_eq!(local_number(":99"), Some("99"));
        assert_eq!(local_number(":0.1"), Some("0"));
        assert_eq!(local_number("unix:3"), Some("3"));
        assert_eq!(local_number("desk.example:0"), None);
        assert_eq!(local_number("nonsense"), None);
        assert_eq!(local_number(":"), None);
    }

    #[test]
    fn a_display_that_nobody_serves_does_not_answer() {
        assert!(!x11_answers(":64999"));
    }
}
