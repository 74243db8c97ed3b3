//! Lines on standard output.

use std::io::Write;

/// Prints a line at once.
///
/// # Errors
/// The terminal is closed.
pub(super) fn say(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")?;
    Ok(out.flush()?)
}
