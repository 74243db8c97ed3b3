//! Native windows beside the page: found by their titles, looked at, and answered by keys of the display (XTEST), as a
//! person's keyboard sends them. There is no window manager: the window that gets the keys is said.

use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use super::wait_for;

/// A question's "yes" does not work in its first moment.
const FIRST_MOMENT: Duration = Duration::from_millis(1_000);
/// Between two keys, so that what one of them opens is there for the next.
const STROKE: Duration = Duration::from_millis(150);

/// An open native window.
#[derive(Debug)]
pub(crate) struct Dialog {
    id: String,
    title: String,
}

impl Dialog {
    /// The window of this title, as soon as it is open.
    pub(crate) fn open(title: &str) -> Self {
        let id = wait_for(&format!("a native window says {title:?}"), || {
            shown().into_iter().find(|id| xdotool(&["getwindowname", id]).is_some_and(|name| name.trim_end() == title))
        });
        sleep(FIRST_MOMENT);
        Self { id, title: title.to_owned() }
    }

    /// Says no: the focus is there when it opens.
    pub(crate) fn say_no(self) {
        self.answer(&["Return"]);
    }

    /// Says yes: it is the next after "no".
    pub(crate) fn say_yes(self) {
        self.answer(&["Tab", "Return"]);
    }

    /// Names a new file.
    pub(crate) fn save_as(self, path: &Path) {
        self.press(&["ctrl+a"]);
        self.name(path);
    }

    /// Chooses a file that is there.
    pub(crate) fn choose(self, path: &Path) {
        self.press(&["ctrl+l", "ctrl+a"]);
        self.name(path);
    }

    fn name(self, path: &Path) {
        let typed = xdotool(&["type", path.to_str().unwrap()]);
        assert!(typed.is_some(), "cannot type into {:?}", self.title);
        sleep(FIRST_MOMENT);
        self.answer(&["Return"]);
    }

    /// Presses keys and waits until the window is gone.
    fn answer(self, keys: &[&str]) {
        self.press(keys);
        wait_for(&format!("{:?} is answered", self.title), || (!shown().contains(&self.id)).then_some(()));
    }

    fn press(&self, keys: &[&str]) {
        let focused = xdotool(&["windowfocus", "--sync", &self.id]);
        assert!(focused.is_some(), "{:?} cannot have the focus", self.title);
        for key in keys {
            sleep(STROKE);
            assert!(xdotool(&["key", key]).is_some(), "cannot press {key}");
        }
    }
}

/// Makes a picture of the whole screen.
pub(crate) fn picture(path: &Path) {
    let made = Command::new("import").args(["-window", "root"]).arg(path).status().expect("imagemagick is installed");
    assert!(made.success(), "import: {made}");
}

/// All windows that can be seen.
fn shown() -> Vec<String> {
    let found = xdotool(&["search", "--onlyvisible", "--name", "."]).unwrap_or_default();
    found.lines().map(str::to_owned).collect()
}

/// What it says; `None` when it fails, as it does for a window that has just gone.
fn xdotool(args: &[&str]) -> Option<String> {
    let told = Command::new("xdotool").args(args).output().expect("xdotool is installed");
    told.status.success().then(|| String::from_utf8_lossy(&told.stdout).into_owned())
}
