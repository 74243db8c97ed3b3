//! The committed TypeScript types are those of `app::api`. `EVERWATCH_WRITE_TYPES=1 cargo test -p app --test types`
//! writes them anew.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use app::api;
use ts_rs::{Config, TS, TypeVisitor};

const HEADER: &str = "// Generated from crates/app/src/api.rs by `make types`. Do not edit.\n";
/// A longer line is broken up.
const WIDTH: usize = 100;

/// Collects the declaration of every type that it is shown, and of all that those name.
#[derive(Default)]
struct Collector {
    declarations: BTreeMap<String, String>,
}

impl TypeVisitor for Collector {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        let config = Config::default();
        if T::output_path().is_some() {
            let name = T::ident(&config);
            if self.declarations.contains_key(&name) {
                return;
            }
            let text = T::export_to_string(&config).unwrap();
            self.declarations.insert(name, tidy(&text));
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

/// Lays one exported type out: short comments on one line, one member or alternative a line.
fn tidy(text: &str) -> String {
    let mut out = String::from(HEADER);
    let mut comment: Vec<&str> = Vec::new();
    let mut in_comment = false;
    let mut inside = false;
    for line in text.lines().skip(1).map(str::trim) {
        match line {
            "/**" => in_comment = true,
            "*/" => {
                in_comment = false;
                push_comment(&mut out, &std::mem::take(&mut comment), inside);
            }
            _ if in_comment => comment.push(line.trim_start_matches('*').trim()),
            _ if inside => {
                let (member, last) = match line.strip_suffix("};") {
                    Some(member) => (member.trim(), true),
                    None => (line, false),
                };
                if let Some(member) = member.strip_suffix(',') {
                    out.push_str(&format!("  {member};\n"));
                }
                if last {
                    out.push_str("};\n");
                    inside = false;
                }
            }
            _ if line.ends_with("= {") => {
                out.push_str(line);
                out.push('\n');
                inside = true;
            }
            _ => push_line(&mut out, line),
        }
    }
    out
}

fn push_comment(out: &mut String, lines: &[&str], inside: bool) {
    let indent = if inside { "  " } else { "" };
    if let [line] = lines {
        out.push_str(&format!("{indent}/** {line} */\n"));
        return;
    }
    out.push_str(&format!("{indent}/**\n"));
    for line in lines {
        out.push_str(&format!("{indent} * {line}\n"));
    }
    out.push_str(&format!("{indent} */\n"));
}

fn push_line(out: &mut String, line: &str) {
    match line.split_once(" = ") {
        Some((head, alternatives)) if line.len() > WIDTH => {
            out.push_str(head);
            out.push_str(" =");
            for alternative in alternatives.split(" | ") {
                out.push_str(&format!("\n  | {alternative}"));
            }
            out.push('\n');
        }
        _ => {
            out.push_str(line);
            out.push('\n');
        }
    }
}

/// The map from a command's name to its request and reply.
fn command_map() -> String {
    let commands = api::command_map();
    let mut names: Vec<&str> =
        commands.iter().flat_map(|(_, request, reply)| [request.as_str(), reply.as_str()]).collect();
    names.sort_unstable();
    names.dedup();
    let mut out = String::from(HEADER);
    for name in names {
        out.push_str(&format!("import type {{ {name} }} from \"./{name}\";\n"));
    }
    out.push_str("\n/** Every command of the core: what it is asked with and what it answers. */\n");
    out.push_str("export interface CommandMap {\n");
    for (name, request, reply) in &commands {
        out.push_str(&format!("  {name}: {{ request: {request}; reply: {reply} }};\n"));
    }
    out.push_str("}\n\n/** A command's name. */\nexport type CommandName = keyof CommandMap;\n");
    out
}

/// File name → content, for the whole generated folder.
fn generated() -> BTreeMap<String, String> {
    let mut collector = Collector::default();
    api::visit_types(&mut collector);
    let mut index = String::from(HEADER);
    for name in collector.declarations.keys() {
        index.push_str(&format!("export type {{ {name} }} from \"./{name}\";\n"));
    }
    index.push_str("export type { CommandMap, CommandName } from \"./commands\";\n");
    let mut files: BTreeMap<String, String> =
        collector.declarations.into_iter().map(|(name, text)| (format!("{name}.ts"), text)).collect();
    files.insert("commands.ts".into(), command_map());
    files.insert("index.ts".into(), index);
    files
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/lib/api/generated")
}

fn committed(folder: &Path) -> BTreeMap<String, String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return BTreeMap::new() };
    entries
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            (entry.file_name().into_string().unwrap(), text)
        })
        .collect()
}

#[test]
fn the_committed_types_are_those_of_the_core() {
    let (folder, files) = (folder(), generated());
    if std::env::var_os("EVERWATCH_WRITE_TYPES").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        for stale in committed(&folder).keys().filter(|name| !files.contains_key(*name)) {
            std::fs::remove_file(folder.join(stale)).unwrap();
        }
        for (name, text) in &files {
            std::fs::write(folder.join(name), text).unwrap();
        }
    }
    let committed = committed(&folder);
    for (name, text) in &files {
        assert_eq!(committed.get(name), Some(text), "{name} is not up to date: run `make types`");
    }
    let stale: Vec<_> = committed.keys().filter(|name| !files.contains_key(*name)).collect();
    assert!(stale.is_empty(), "no type of the core is behind {stale:?}: run `make types`");
}

#[test]
fn every_member_of_a_type_is_kept_by_the_layout() {
    let files = generated();
    let status = &files["Status.ts"];
    assert!(status.contains("\n  lastVerifiedMs: number | null;\n"), "{status}");
    assert!(status.contains("\n  sources: Array<SourceView>;\n"), "{status}");
    assert!(status.ends_with("};\n"), "{status}");
    let body = &files["EventBody.ts"];
    assert!(body.contains("\n  | { \"type\": \"reloaded\" }\n"), "{body}");
    assert!(body.ends_with("{ \"type\": \"even\" };\n"), "{body}");
    assert_eq!(files["commands.ts"].matches("request:").count(), api::command_map().len());
}
