//! A program that opens a keystore leaves no core dump: a dump holds what its memory held, keys too.
//!
//! What it does not do: keep memory from the swap, or from whoever may trace this process.

/// Forbids core dumps of this process, for good.
#[cfg(unix)]
pub(crate) fn forbid() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // Lowering one's own limit needs no right; where it fails all the same, the keystore still opens.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
}

#[cfg(not(unix))]
pub(crate) fn forbid() {}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use crate::{KdfParams, Keystore, Password};
    use rustix::process::{Resource, getrlimit};

    #[test]
    fn whoever_opens_a_keystore_leaves_no_core_dump() {
        let dir = tempfile::tempdir().unwrap();
        let password = Password::new("correct horse").unwrap();
        let made = Keystore::create(&dir.path().join("k"), &password, KdfParams::insecure_for_tests()).unwrap();
        made.unlock(&password, 1, 60_000).unwrap();
        assert_eq!(getrlimit(Resource::Core).maximum, Some(0));
    }
}
