//! `everwatchd vectors DIR`: recomputes what test vectors expect, and names every one that does not hold.
//!
//! A vector file is JSON with `format` 1, a `check` and `vectors`, or with a named `format`, a `set` and `cases`; the
//! kinds are described beside the vectors.
//! What always holds: nothing passes by not being looked at. A file that cannot be read, a format or kind that
//! is not known, a vector without an id, and a check that panics all count as failed.
//! JSON files that are no vector files (none of `check`, `vectors` and `cases`) are left out.

mod arweave;
mod even;
mod everpay;

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Deserialize;
use serde_json::Value;

/// Deepest folder below the given one that is read.
const DEPTH_MAX: usize = 16;

/// Takes (check name, vector); answers `None` if the vector is not its business.
type Judge = fn(&str, &Value) -> Option<Result<(), String>>;

const CHECKS: [Judge; 3] = [everpay::check, arweave::check, even::check];

/// A vector file of either layout.
#[derive(Deserialize)]
struct VectorFile {
    format: Value,
    check: Option<String>,
    set: Option<String>,
    #[serde(alias = "cases")]
    vectors: Vec<Value>,
    count: Option<usize>,
}

impl VectorFile {
    /// Name of what is checked: `check`, or the named format and its set.
    fn check(&self) -> anyhow::Result<String> {
        match (&self.format, &self.check, &self.set) {
            (Value::Number(format), Some(check), _) if format.as_u64() == Some(1) => Ok(check.clone()),
            (Value::String(format), None, Some(set)) => Ok(format!("{format} {set}")),
            (Value::Number(_) | Value::String(_), Some(_), _) => anyhow::bail!("unknown format {}", self.format),
            _ => anyhow::bail!("not a vector file: no check"),
        }
    }
}

/// Checks every vector below `dir`; true if there was at least one and all held.
///
/// # Errors
/// The folder cannot be read, or `out` cannot be written.
pub(crate) fn run(dir: &Path, out: &mut dyn Write) -> anyhow::Result<bool> {
    let mut tally = Tally { out, passed: 0, failed: 0 };
    let mut files = Vec::new();
    collect(dir, DEPTH_MAX, &mut files)?;
    files.sort();
    for path in files {
        let name = path.strip_prefix(dir).unwrap_or(&path).display().to_string();
        match read(&path) {
            Ok(None) => {}
            Ok(Some(file)) => judge_file(&name, &file, &mut tally)?,
            Err(error) => tally.failed(&name, "-", &format!("{error:#}"))?,
        }
    }
    writeln!(tally.out, "{} passed, {} failed", tally.passed, tally.failed)?;
    Ok(tally.failed == 0 && tally.passed > 0)
}

struct Tally<'a> {
    out: &'a mut dyn Write,
    passed: usize,
    failed: usize,
}

impl Tally<'_> {
    fn failed(&mut self, file: &str, id: &str, reason: &str) -> std::io::Result<()> {
        self.failed += 1;
        let line: String = reason.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        writeln!(self.out, "FAIL {file} {id}: {line}")
    }
}

fn collect(dir: &Path, depth: usize, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    anyhow::ensure!(depth > 0, "{}: folders are nested too deeply", dir.display());
    for entry in std::fs::read_dir(dir).with_context(|| dir.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, depth - 1, files)?;
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    Ok(())
}

/// `None` for JSON that is no vector file.
fn read(path: &Path) -> anyhow::Result<Option<VectorFile>> {
    let json: Value = serde_json::from_slice(&std::fs::read(path)?).context("not JSON")?;
    if ["check", "vectors", "cases"].iter().all(|member| json.get(member).is_none()) {
        return Ok(None);
    }
    let file: VectorFile = serde_json::from_value(json).context("not a vector file")?;
    file.check()?;
    let announced = file.count.unwrap_or(file.vectors.len());
    anyhow::ensure!(announced == file.vectors.len(), "{} vectors instead of {announced}", file.vectors.len());
    Ok(Some(file))
}

fn judge_file(name: &str, file: &VectorFile, tally: &mut Tally<'_>) -> anyhow::Result<()> {
    let check = file.check()?;
    for vector in &file.vectors {
        let Some(id) = vector["id"].as_str() else {
            tally.failed(name, "-", "a vector without an id")?;
            continue;
        };
        match judge(&check, vector) {
            Ok(()) => tally.passed += 1,
            Err(reason) => tally.failed(name, id, &reason)?,
        }
    }
    Ok(())
}

fn judge(check: &str, vector: &Value) -> Result<(), String> {
    for judge in CHECKS {
        match catch_unwind(AssertUnwindSafe(|| judge(check, vector))) {
            Ok(None) => {}
            Ok(Some(verdict)) => return verdict,
            Err(_) => return Err("the check panicked".into()),
        }
    }
    Err(format!("unknown check {check}/{}", vector["kind"].as_str().unwrap_or("-")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn run_on(files: &[(&str, &str)]) -> (bool, String) {
        let dir = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        let mut out = Vec::new();
        let clean = run(dir.path(), &mut out).unwrap();
        (clean, String::from_utf8(out).unwrap())
    }

    /// Vectors that were published, by reference.
    const EVERPAY: usize = 286;
    const EVEN: usize = 210;

    const GOOD: &str = r#"{"format":1,"check":"arweave","vectors":[
        {"id":"one","kind":"ar-base64url","hex":"0x4170702d4e616d65","expect":{"text":"QXBwLU5hbWU"}}]}"#;

    #[test]
    fn every_public_vector_holds_and_none_was_left_out() {
        let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors");
        for (folder, published) in [("everpay", EVERPAY), ("even", EVEN), ("", EVERPAY + EVEN)] {
            let mut out = Vec::new();
            let clean = run(&vectors.join(folder), &mut out).unwrap();
            let out = String::from_utf8(out).unwrap();
            assert!(clean, "{out}");
            assert_eq!(out, format!("{published} passed, 0 failed\n"), "{folder}");
        }
    }

    #[test]
    fn good_vectors_pass_and_other_json_is_left_out() {
        let (clean, out) = run_on(&[("a/b/x.json", GOOD), ("other.json", r#"{"name":"x"}"#), ("read.me", "no")]);
        assert_eq!((clean, out.as_str()), (true, "1 passed, 0 failed\n"));
    }

    #[test]
    fn a_wrong_expectation_fails_and_is_named() {
        let (clean, out) = run_on(&[("x.json", &GOOD.replace("QXBwLU5hbWU", "QXBwLU5hbWV"))]);
        assert!(!clean);
        assert!(out.starts_with("FAIL x.json one: text: "), "{out}");
        assert!(out.ends_with("0 passed, 1 failed\n"), "{out}");
    }

    #[test]
    fn what_cannot_be_judged_fails() {
        let cases = [
            ("{", "not JSON"),
            (r#"{"format":1,"check":"arweave"}"#, "not a vector file"),
            (r#"{"vectors":[]}"#, "not a vector file"),
            (&GOOD.replace("\"format\":1", "\"format\":2"), "unknown format 2"),
            (&GOOD.replace("\"format\":1", "\"format\":1,\"count\":2"), "1 vectors instead of 2"),
            (&GOOD.replace("ar-base64url", "ar-else"), "unknown check arweave/ar-else"),
            (r#"{"format":"other/1","set":"s","cases":[{"id":"1"}]}"#, "unknown check other/1 s/-"),
            (&GOOD.replace("\"arweave\"", "\"else\""), "unknown check else/ar-base64url"),
            (&GOOD.replace("\"id\":\"one\",", ""), "a vector without an id"),
            (&GOOD.replace("\"text\":\"QXBwLU5hbWU\"", "\"texts\":\"QXBwLU5hbWU\""), "texts"),
            (&GOOD.replace("\"text\":\"QXBwLU5hbWU\"", ""), "expects nothing"),
        ];
        for (content, reason) in cases {
            let (clean, out) = run_on(&[("x.json", content)]);
            assert!(!clean && out.contains(reason) && out.ends_with("0 passed, 1 failed\n"), "{reason}: {out}");
        }
    }

    #[test]
    fn no_vectors_at_all_is_not_clean() {
        assert_eq!(run_on(&[]), (false, "0 passed, 0 failed\n".into()));
    }
}
