//! Amounts in words, where the page's own formatting does not reach: notifications and the tray.

use super::text::plain;

/// Most decimals that a token is believed to have.
const DECIMALS_MAX: u8 = 36;
/// Digits of a 256-bit number.
const DIGITS_MAX: usize = 78;

/// Base units as an amount with its symbol, like `1,234.50 ETH`. Without known decimals it says that they are base units.
/// None when `units` is no amount.
#[must_use]
pub fn sum(units: &str, decimals: Option<u8>, symbol: &str) -> Option<String> {
    if units.is_empty() || !units.bytes().all(|digit| digit.is_ascii_digit()) || units.len() > DIGITS_MAX {
        return None;
    }
    let symbol = plain(symbol);
    let text = match decimals.filter(|decimals| *decimals <= DECIMALS_MAX) {
        Some(decimals) => format!("{} {symbol}", decimal(units, usize::from(decimals))),
        None => format!("{} base units of {symbol}", group(units)),
    };
    Some(text.trim_end().to_owned())
}

/// Base units as a decimal number; zeros beyond the second decimal are dropped.
fn decimal(units: &str, decimals: usize) -> String {
    let padded = format!("{units:0>width$}", width = decimals + 1);
    let (whole, fraction) = padded.split_at(padded.len() - decimals);
    let shown = fraction.trim_end_matches('0').len().max(2.min(decimals));
    let whole = whole.trim_start_matches('0');
    let whole = group(if whole.is_empty() { "0" } else { whole });
    if shown == 0 { whole } else { format!("{whole}.{}", &fraction[..shown]) }
}

fn group(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (units, decimals, want) in [
            ("0", 0, "0"),
            ("0", 6, "0.00"),
            ("1", 18, "0.000000000000000001"),
            ("1200000", 6, "1.20"),
            ("1234567890", 6, "1,234.56789"),
            ("1000", 0, "1,000"),
            ("15", 1, "1.5"),
            ("100000000", 2, "1,000,000.00"),
        ] {
            assert_eq!(sum(units, Some(decimals), "").as_deref(), Some(want), "{units} with {decimals}");
        }
    }

    #[test]
    fn what_is_no_amount_is_not_shown_as_one() {
        for units in ["", "-1", "1.5", "0x1", &"9".repeat(79)] {
            assert_eq!(sum(units, Some(2), "X"), None, "{units}");
        }
        assert_eq!(sum("1234", None, "X").as_deref(), Some("1,234 base units of X"));
        assert_eq!(sum("1234", Some(37), "X").as_deref(), Some("1,234 base units of X"));
    }
}
