//! A question as the core drafts it: words from the table, facts beside them, in the order in which they are read.

use keystore::is_unseen;

use super::{Question, Word};
use crate::settings::Language;

/// Longest text of one value, characters; what is cut off is said.
const VALUE_MAX: usize = 500;
/// Columns of a line as it is shown; a wide letter takes two.
const COLUMNS: usize = 80;
/// What a line that goes on begins with, so that no value looks like a line of its own.
const GOES_ON: &str = "    ";
/// Most lines of a question; what is left out is said.
const LINES_MAX: usize = 200;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    Fact(Word, String),
    Say(Word),
    Text(String),
    Gap,
}

/// A question that has no language yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    title: Word,
    yes: Word,
    lines: Vec<Line>,
}

impl Draft {
    /// Asks `title`; `yes` is the verb of the button that agrees.
    pub(crate) const fn new(title: Word, yes: Word) -> Self {
        Self { title, yes, lines: Vec::new() }
    }

    /// A line `name: value`.
    #[must_use]
    pub(crate) fn fact(mut self, name: Word, value: impl ToString) -> Self {
        self.lines.push(Line::Fact(name, seen(&value.to_string())));
        self
    }

    /// A sentence of the table.
    #[must_use]
    pub(crate) fn say(mut self, sentence: Word) -> Self {
        self.lines.push(Line::Say(sentence));
        self
    }

    /// A line in no language, such as one of a diff.
    #[must_use]
    pub(crate) fn text(mut self, line: impl ToString) -> Self {
        self.lines.push(Line::Text(seen(&line.to_string())));
        self
    }

    /// An empty line.
    #[must_use]
    pub(crate) fn gap(mut self) -> Self {
        self.lines.push(Line::Gap);
        self
    }

    /// The question in a language.
    pub(crate) fn question(&self, language: Language) -> Question {
        let line = |line: &Line| match line {
            Line::Fact(name, value) => folded(&format!("{}: {value}", name.of(language))),
            Line::Say(sentence) => sentence.of(language).to_owned(),
            Line::Text(text) => folded(text),
            Line::Gap => String::new(),
        };
        let mut lines: Vec<_> = self.lines.iter().take(LINES_MAX).map(line).collect();
        if let Some(left @ 1..) = self.lines.len().checked_sub(LINES_MAX) {
            lines.push(format!("… {} {left}", Word::LinesLeftOut.of(language)));
        }
        Question {
            title: self.title.of(language).to_owned(),
            text: lines.join("\n"),
            yes: self.yes.of(language).to_owned(),
            no: Word::Cancel.of(language).to_owned(),
        }
    }
}

/// The first `most` characters of a text.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let mut start: String = text.chars().take(most).collect();
    if text.chars().nth(most).is_some() {
        start.push('…');
    }
    start
}

/// A value on one line, with nothing in it that cannot be seen, and one blank where there are many.
fn seen(value: &str) -> String {
    let visible: String = value.chars().map(|c| if is_unseen(c) { '\u{fffd}' } else { c }).collect();
    cut(&visible.split_whitespace().collect::<Vec<_>>().join(" "), VALUE_MAX)
}

/// A line as it is shown, in pieces where it is too long.
fn folded(line: &str) -> String {
    let wide = |c: char| if c < '\u{1100}' { 1 } else { 2 };
    let (mut out, mut column) = (String::new(), 0);
    let go_on = |out: &mut String, column: &mut usize| {
        *column = GOES_ON.len();
        out.truncate(out.trim_end().len());
        out.push('\n');
        out.push_str(GOES_ON);
    };
    for word in line.split_inclusive(' ') {
        let width: usize = word.trim_end().chars().map(wide).sum();
        if column + width > COLUMNS && column > GOES_ON.len() {
            go_on(&mut out, &mut column);
        }
        for c in word.chars() {
            if column + wide(c) > COLUMNS && c != ' ' {
                go_on(&mut out, &mut column);
            }
            out.push(c);
            column += wide(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_adds_no_line_and_turns_none_around() {
        let draft = Draft::new(Word::RemoveKey, Word::Remove)
            .fact(Word::Label, "Savings\nTo: 0xdead")
            .gap()
            .text("tokens/\u{202e}x")
            .say(Word::CannotBeUndone);
        let question = draft.question(Language::English);
        let lines: Vec<_> = question.text.lines().collect();
        assert_eq!(lines[..3], ["Label: Savings\u{fffd}To: 0xdead", "", "tokens/\u{fffd}x"]);
        assert_eq!(lines.len(), 4);
        assert_eq!((question.yes.as_str(), question.no.as_str()), ("Remove", "Cancel"));
        let other = draft.question(Language::Chinese);
        assert!(other.title != question.title && other.text.contains("To: 0xdead"));
    }

    #[test]
    fn what_is_left_out_is_said() {
        let mut draft = Draft::new(Word::RemoveKey, Word::Remove).text("x".repeat(VALUE_MAX + 1)).gap();
        for n in 0..LINES_MAX + 4 {
            draft = draft.text(n);
        }
        let text = draft.question(Language::English).text;
        assert!(text.split("\n\n").next().is_some_and(|first| first.ends_with("x…")), "{text}");
        assert!(text.ends_with(" 6"), "{text}");
    }

    #[test]
    fn a_long_value_goes_on_below_its_name_and_never_begins_a_line() {
        let reason = format!("it was a drill{}To: 0xdead {}", " \u{a0}".repeat(200), "守 ".repeat(60));
        let text = Draft::new(Word::RearmVault, Word::ArmAgain)
            .fact(Word::WhyAgain, &reason)
            .fact(Word::Digest, format!("0x{}", "a".repeat(64)))
            .fact(Word::Account, "x".repeat(200))
            .question(Language::English)
            .text;
        let starts: Vec<_> = text.lines().filter(|line| !line.starts_with(GOES_ON)).collect();
        assert_eq!(starts.len(), 3, "{text}");
        assert!(starts[0].starts_with("Why it may pay again: it was a drill To: 0xdead 守"), "{text}");
        assert!(starts[1].ends_with('a') && starts[2] == "Account:", "{text}");
        let columns = |line: &str| line.chars().map(|c| if c < '\u{1100}' { 1 } else { 2 }).sum::<usize>();
        assert!(text.lines().all(|line| columns(line) <= COLUMNS), "{text}");
    }
}
