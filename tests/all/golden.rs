//! Texts kept on file under `tests/golden`: what the program said when somebody last looked, compared word for word.
//!
//! A change of results that is meant rewrites the files: run the tests with `BIDCAST_UPDATE_GOLDEN=1` and read the diff.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail where it stands")]

use std::fs;
use std::path::Path;

/// Rewrites the files instead of comparing with them, when it is 1.
const UPDATE: &str = "BIDCAST_UPDATE_GOLDEN";

/// Compares a text with the one on file. Tests that do so are called `..._as_on_file`, so that one filter finds them.
pub(crate) fn same_as_on_file(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var(UPDATE).is_ok_and(|value| value == "1") {
        fs::write(&path, found).unwrap();
        return;
    }
    // A file that is not there is as wrong as an empty one, and is made in the same way.
    let expected = fs::read_to_string(&path).unwrap_or_default();
    if let Some(difference) = difference(&expected, found) {
        panic!(
            "tests/golden/{name} is not what is found now\n{difference}\n\n\
             hint: if the change is meant, rewrite the files and read the diff:\n  \
             {UPDATE}=1 cargo test --test all as_on_file\n"
        );
    }
}

/// The first line in which two texts differ; nothing when they are the same to the byte.
fn difference(expected: &str, found: &str) -> Option<String> {
    if expected == found {
        return None;
    }
    let (mut a, mut b) = (expected.split('\n'), found.split('\n'));
    let mut line = 1;
    loop {
        let (on_file, now) = (a.next(), b.next());
        if on_file != now {
            let shown = |text: Option<&str>| text.map_or("nothing, it ends".to_owned(), |x| format!("{x:?}"));
            return Some(format!(
                "line {line}, on file: {}\nline {line}, now:     {}",
                shown(on_file),
                shown(now)
            ));
        }
        line += 1;
    }
}

#[test]
fn the_first_line_that_differs_is_named() {
    assert_eq!(difference("a\nb\n", "a\nb\n"), None);
    let told = |a, b| difference(a, b).unwrap();
    assert_eq!(told("a\nb\n", "a\nc\n"), "line 2, on file: \"b\"\nline 2, now:     \"c\"");
    assert_eq!(told("a\n", "a\nb"), "line 2, on file: \"\"\nline 2, now:     \"b\"");
    assert_eq!(told("a", "a\n"), "line 2, on file: nothing, it ends\nline 2, now:     \"\"");
    // Ends of lines count too.
    assert!(difference("a\r\nb", "a\nb").is_some());
}
