//! What the user may have meant: near misses of a name, by edit distance and by unit.

use super::registry::Registry;
use super::unit::{in_unit, split_unit};
pub use crate::diagnostic::{edit_distance, nearest};

/// Most suggestions worth reading at once.
const MOST: usize = 3;

/// The parameters that `path` may have meant, best first, at most three.
///
/// Keys of the same section come first, then the same key in another section, then any path that looks alike.
pub(crate) fn closest<'a>(registry: &'a Registry, path: &str) -> Vec<&'a str> {
    let (section, key) = split_path(path);
    let in_section: Vec<&str> =
        registry.iter().filter(|p| p.section() == section).map(|p| p.path.as_str()).collect();
    let mut found: Vec<&str> = Vec::new();
    for near in nearest(key, in_section.iter().map(|path| split_path(path).1)) {
        found.extend(in_section.iter().filter(|path| split_path(path).1 == near));
    }
    found.extend(registry.iter().filter(|p| p.key() == key).map(|p| p.path.as_str()));
    found.extend(nearest(path, registry.iter().map(|p| p.path.as_str())));
    let mut unique: Vec<&str> = Vec::new();
    for path in found {
        if !unique.contains(&path) {
            unique.push(path);
        }
    }
    unique.truncate(MOST);
    unique
}

/// Hints for a path that names no parameter: another unit of the same quantity, else the nearest names.
pub(crate) fn hints(registry: &Registry, path: &str) -> Vec<String> {
    let (section, key) = split_path(path);
    let (stem, suffix) = split_unit(key);
    let mut same_stem: Vec<_> =
        registry.iter().filter(|p| split_unit(p.key()).0 == stem && p.key() != key).collect();
    if same_stem.iter().any(|p| p.section() == section) {
        same_stem.retain(|p| p.section() == section);
    } else {
        // In another section a shared stem is chance (`wallet.start_usd`, `run.start`) unless both are quantities.
        same_stem.retain(|p| !suffix.is_empty() && p.unit() != "1");
    }
    if !same_stem.is_empty() && same_stem.len() <= MOST {
        return same_stem
            .iter()
            .map(|p| {
                let shown = if p.section() == section { p.key() } else { p.path.as_str() };
                format!("bidcast takes this {}: `{shown}`", in_unit(p.unit()))
            })
            .collect();
    }
    let near = closest(registry, path);
    if near.is_empty() { Vec::new() } else { vec![did_you_mean(&near)] }
}

/// Hints for a section that does not exist.
pub(crate) fn section_hints(registry: &Registry, section: &str) -> Vec<String> {
    let sections = registry.sections();
    let near = nearest(section, sections.iter().copied());
    if near.is_empty() {
        // Only the outermost names: the whole list would fill the screen.
        let mut outer: Vec<&str> = sections.iter().filter_map(|s| s.split('.').next()).collect();
        outer.dedup();
        vec![format!("the sections are {}", quoted_list(&outer))]
    } else {
        vec![did_you_mean(&near)]
    }
}

/// The sentence that offers `names`.
pub(crate) fn did_you_mean(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    format!("did you mean {}?", quoted.join(" or "))
}

/// Names in backticks, separated by commas.
pub(crate) fn quoted_list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Splits `a.b.c` into the section `a.b` and the key `c`; the section of a lone key is empty.
pub(crate) fn split_path(path: &str) -> (&str, &str) {
    path.rsplit_once('.').unwrap_or(("", path))
}
