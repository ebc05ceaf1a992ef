//! Tells the program what it was built from: commit, lock file, compiler, platform. The manifest of every run says it.
//!
//! Nothing here can fail a build: what is not to be found (no repository, no git, no lock file) is `unknown`.

#![allow(clippy::print_stdout, reason = "a build script speaks to Cargo through its output")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// What the program is made of. A change elsewhere neither rebuilds it nor makes it differ from its commit.
const SOURCES: &[&str] = &["src", "configs", "assets", "build.rs", "Cargo.toml", "Cargo.lock"];

fn main() {
    let root = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from);
    for source in SOURCES {
        watch(&root.join(source));
    }
    copy_lock(&root);
    tell("BIDCAST_MODEL", &format!("{:016x}", model(&root)));
    let (commit, dirty) = commit(&root);
    tell("BIDCAST_GIT_COMMIT", &commit);
    tell("BIDCAST_GIT_DIRTY", dirty);
    let rustc = env::var("RUSTC").ok().and_then(|rustc| output(Command::new(rustc).arg("--version")));
    tell("BIDCAST_RUSTC", rustc.as_deref().unwrap_or("unknown"));
    tell("BIDCAST_TARGET", &env::var("TARGET").unwrap_or_else(|_| "unknown".to_owned()));
    tell("BIDCAST_PROFILE", &env::var("PROFILE").unwrap_or_else(|_| "unknown".to_owned()));
}

/// Rooms of `src` that no outcome of a market depends on.
const BESIDE_THE_MODEL: &[&str] =
    &["cli", "experiment", "main.rs", "report", "sampling", "sensitivity", "store"];

/// Identifies the code that outcomes depend on, dependencies included: FNV-1a of names and contents, in order of name.
fn model(root: &Path) -> u64 {
    let mut files = vec![root.join("Cargo.lock")];
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let beside =
                folder == root.join("src") && BESIDE_THE_MODEL.iter().any(|name| entry.file_name() == *name);
            match (beside, path.is_dir()) {
                (true, _) => {}
                (false, true) => folders.push(path),
                (false, false) => files.push(path),
            }
        }
    }
    files.sort();
    let mut digest = 0xcbf2_9ce4_8422_2325_u64;
    for file in files {
        let name = file.strip_prefix(root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        let content = fs::read(&file).unwrap_or_default();
        for byte in name.bytes().chain([0]).chain(content).chain([0]) {
            digest = (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    digest
}

fn tell(name: &str, value: &str) {
    println!("cargo::rustc-env={name}={value}");
}

/// Cargo takes a watched path that does not exist as always changed, so only existing ones are named.
fn watch(path: &Path) {
    if path.exists() {
        println!("cargo::rerun-if-changed={}", path.display());
    }
}

/// Puts the lock file where the program embeds it from; an empty one stands for none.
fn copy_lock(root: &Path) {
    if let Some(out) = env::var_os("OUT_DIR") {
        let lock = fs::read(root.join("Cargo.lock")).unwrap_or_default();
        if let Err(error) = fs::write(Path::new(&out).join("Cargo.lock"), lock) {
            println!("cargo::warning=the lock file could not be embedded: {error}");
        }
    }
}

/// The commit of the sources, and whether they differ from it (`true`, `false`, or `unknown`).
fn commit(root: &Path) -> (String, &'static str) {
    // Only a repository that has this package in it counts: an unpacked archive may lie inside an unrelated one.
    let ours = git(root, &["ls-files", "--error-unmatch", "Cargo.toml"]).is_some();
    if !ours {
        return (packaged_commit(root).unwrap_or_else(|| "unknown".to_owned()), "unknown");
    }
    // HEAD moves with a checkout, its branch with a commit. Both exist even before the first commit.
    for file in ["HEAD", "refs/heads"] {
        if let Some(path) = git(root, &["rev-parse", "--git-path", file]) {
            watch(&root.join(path));
        }
    }
    let Some(head) = git(root, &["rev-parse", "--verify", "HEAD"]) else {
        return ("unknown".to_owned(), "unknown");
    };
    let status = [&["status", "--porcelain", "--"], SOURCES].concat();
    let dirty = match git(root, &status) {
        Some(changes) if changes.is_empty() => "false",
        Some(_) => "true",
        None => "unknown",
    };
    (head, dirty)
}

/// The commit that `cargo package` noted in the archive.
fn packaged_commit(root: &Path) -> Option<String> {
    let note = fs::read_to_string(root.join(".cargo_vcs_info.json")).ok()?;
    let (_, rest) = note.split_once("\"sha1\"")?;
    let commit = rest.split('"').nth(1)?;
    (commit.len() >= 40 && commit.bytes().all(|b| b.is_ascii_hexdigit())).then(|| commit.to_owned())
}

fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("git");
    // Inside a git hook these point to the index of the commit under way, not to the repository as it is.
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(variable);
    }
    // Without optional locks, looking does not touch the index that others may be using.
    output(command.arg("--no-optional-locks").args(arguments).current_dir(root))
}

fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|o| o.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
