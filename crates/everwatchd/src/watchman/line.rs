//! Lines on standard output.

use std::io::Write;

/// Prints a line at once. What cannot be seen in it, such as the control codes of a terminal in a foreign name, is shown as
/// something that can.
///
/// # Errors
/// The terminal is closed.
pub(crate) fn say(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", seen(text))?;
    Ok(out.flush()?)
}

fn seen(text: &str) -> String {
    text.chars().map(|c| if keystore::is_unseen(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::seen;

    #[test]
    fn a_name_commands_no_terminal() {
        assert_eq!(seen("watchman 0x1 \u{1b}[2J\u{202e}Eve\n"), "watchman 0x1 \u{fffd}[2J\u{fffd}Eve\u{fffd}");
        assert_eq!(seen("守望人 → 1.50"), "守望人 → 1.50");
    }
}
