//! The last hour, minute by minute.

use detector::model::MinuteMark;

use crate::api::{LastHour, Minute};

/// The marks with their words.
pub(crate) fn last_hour(marks: &[MinuteMark]) -> LastHour {
    let minutes = marks
        .iter()
        .map(|mark| Minute {
            start_ms: mark.start_ms,
            verified: mark.verified,
            sources: sources(mark).to_owned(),
            alerts: mark.alerts,
        })
        .collect();
    LastHour { minutes }
}

/// The worst of a minute names it. A minute without any poll was not watched.
fn sources(mark: &MinuteMark) -> &'static str {
    if mark.disagreed > 0 {
        "disagree"
    } else if mark.late > 0 {
        "late"
    } else if mark.agreed > 0 {
        "agree"
    } else if mark.silent > 0 {
        "silent"
    } else {
        "notWatching"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_of_a_minute_names_it() {
        let word = |agreed, late, disagreed, silent| {
            sources(&MinuteMark { agreed, late, disagreed, silent, ..MinuteMark::default() })
        };
        assert_eq!(word(0, 0, 0, 0), "notWatching");
        assert_eq!(word(0, 0, 0, 9), "silent");
        // One lost poll among good ones is no silence.
        assert_eq!(word(9, 0, 0, 1), "agree");
        assert_eq!(word(9, 1, 0, 0), "late");
        assert_eq!(word(9, 1, 1, 1), "disagree");
    }
}
