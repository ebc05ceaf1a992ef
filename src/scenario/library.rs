//! The scenarios that come with the program: the files of `configs/scenarios/`, embedded like the base.
//!
//! A scenario is a layer like any other; being listed here only gives it a name that the command line knows. A new one
//! is a new file and a line in [`LIBRARY`].

use super::layers::Layer;
use super::suggest::{did_you_mean, nearest, quoted_list};
use crate::diagnostic::Diagnostic;

/// The name that stands for no scenario: the base as it is.
pub const NO_SCENARIO: &str = "base";

/// A scenario that comes with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shipped {
    /// Its name: the stem of its file.
    pub name: &'static str,
    /// Path of its file in the project, under which its problems are reported.
    pub file: &'static str,
    /// Its text.
    pub text: &'static str,
}

impl Shipped {
    /// The layer to put over the base.
    pub fn layer(&self) -> Layer {
        Layer::new(self.file, self.text)
    }
}

macro_rules! shipped {
    ($name:literal) => {
        Shipped {
            name: $name,
            file: concat!("configs/scenarios/", $name, ".toml"),
            text: include_str!(concat!("../../configs/scenarios/", $name, ".toml")),
        }
    };
}

/// Every scenario that comes with the program: single ones by name, then the two that put several together.
pub const LIBRARY: &[Shipped] = &[
    shipped!("ai_content"),
    shipped!("consolidation"),
    shipped!("cpm_shock_q4"),
    shipped!("free_wave"),
    shipped!("funding_dries_up"),
    shipped!("media_giant"),
    shipped!("privacy_loss"),
    shipped!("production_inflation"),
    shipped!("region_closes"),
    shipped!("store_fees_10"),
    shipped!("tiktok_push"),
    shipped!("all_adverse"),
    shipped!("all_favourable"),
];

/// Fewest characters that count as a part of a name.
const LEAST_PART: usize = 3;

/// Finds the scenario of that name; none for [`NO_SCENARIO`].
///
/// # Errors
/// A name that is not in the library, with the nearest that are and the whole list; a path, with the flag that takes it.
pub fn shipped(name: &str) -> Result<Option<Shipped>, Box<Diagnostic>> {
    if name == NO_SCENARIO {
        return Ok(None);
    }
    if let Some(found) = LIBRARY.iter().find(|shipped| shipped.name == name) {
        return Ok(Some(*found));
    }
    let unknown = Diagnostic::error(format!("there is no scenario `{name}`"));
    if name.contains(['/', '\\']) || name.to_ascii_lowercase().ends_with(".toml") {
        return Err(Box::new(
            unknown.hint(format!("a file of your own is laid over the base with -c: `-c {name}`")),
        ));
    }
    let names: Vec<&str> = LIBRARY.iter().map(|shipped| shipped.name).chain([NO_SCENARIO]).collect();
    let mut near = nearest(name, names.iter().copied());
    if near.is_empty() && name.len() >= LEAST_PART {
        // Half a name is no misspelling, but it is as easily meant.
        near = names.iter().copied().filter(|whole| whole.contains(name)).collect();
    }
    let unknown = if near.is_empty() { unknown } else { unknown.hint(did_you_mean(&near)) };
    Err(Box::new(unknown.hint(format!("the scenarios are {}", quoted_list(&names)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gives_its_file_and_base_gives_none() {
        assert_eq!(shipped("base").unwrap(), None);
        let found = shipped("store_fees_10").unwrap().unwrap();
        assert_eq!((found.name, found.file), ("store_fees_10", "configs/scenarios/store_fees_10.toml"));
        assert!(found.layer().text.contains("cash.store_fee_share"));
    }

    #[test]
    fn an_unknown_name_is_told_the_nearest_and_all() {
        let problem = shipped("store_fee_10").unwrap_err();
        assert_eq!(problem.hints[0], "did you mean `store_fees_10`?");
        assert!(
            problem.hints[1].contains("`region_closes`") && problem.hints[1].ends_with("`base`"),
            "{problem}"
        );
        assert_eq!(shipped("region").unwrap_err().hints[0], "did you mean `region_closes`?");
        // Nothing is near: only the list helps.
        assert_eq!(shipped("zzzzzz").unwrap_err().hints.len(), 1);
    }

    #[test]
    fn a_path_is_told_the_flag_for_files() {
        for path in ["mine/store_fees_10", "store_fees_10.toml", r"mine\store", "X.TOML"] {
            let problem = shipped(path).unwrap_err();
            assert_eq!(problem.hints.len(), 1, "{problem}");
            assert!(problem.hints[0].contains(&format!("`-c {path}`")), "{problem}");
        }
    }
}
