//! The gallery of configuration errors: each wrong input with the message, place, key and hints it must get.

use bidcast::diagnostic::{Diagnostic, Severity};

use crate::config::{only, with_file, with_set};

/// One wrong input and what must be said of it.
struct Case {
    text: &'static str,
    /// The whole message.
    message: &'static str,
    key: &'static str,
    /// Line and column.
    at: (usize, usize),
    /// A part of each hint, in order; there must be as many hints.
    hints: &'static [&'static str],
}

const fn case(
    text: &'static str,
    message: &'static str,
    key: &'static str,
    at: (usize, usize),
    hints: &'static [&'static str],
) -> Case {
    Case { text, message, key, at, hints }
}

fn check(case: &Case, source: &str, problem: &Diagnostic) {
    assert_eq!(problem.message, case.message, "{}", case.text);
    assert_eq!(problem.severity, Severity::Error);
    assert_eq!(problem.key.as_deref().unwrap_or_default(), case.key, "{}", case.text);
    let place = problem.place.as_ref().expect("each problem has a place");
    assert_eq!((place.line, place.column), case.at, "{}: {place:?}", case.text);
    assert_eq!(place.source, source);
    assert_eq!(Some(place.line_text.as_str()), case.text.lines().nth(place.line - 1), "{}", case.text);
    assert_eq!(problem.hints.len(), case.hints.len(), "{}: {:?}", case.text, problem.hints);
    for (hint, part) in problem.hints.iter().zip(case.hints) {
        assert!(hint.contains(part), "{}: `{hint}` should contain `{part}`", case.text);
    }
}

/// Errors of files, each alone in its file.
const FILE_ERRORS: &[Case] = &[
    // Names.
    case(
        "[auction]\ntehta = 5.0",
        "unknown parameter `auction.tehta`",
        "auction.tehta",
        (2, 1),
        &["did you mean `auction.theta`?"],
    ),
    case("theta = 5.0", "unknown parameter `theta`", "theta", (1, 1), &["did you mean `auction.theta`?"]),
    case(
        "wallet.half_life_hours = 720",
        "unknown parameter `wallet.half_life_hours`",
        "wallet.half_life_hours",
        (1, 8),
        &["bidcast takes this in days: `half_life_days`"],
    ),
    case(
        "[archetype.funded_paid]\nstart_cash_eur = 5",
        "unknown parameter `archetype.funded_paid.start_cash_eur`",
        "archetype.funded_paid.start_cash_eur",
        (2, 1),
        &["bidcast takes this in USD: `start_cash_usd`"],
    ),
    case(
        "auction.half_life_hours = 720",
        "unknown parameter `auction.half_life_hours`",
        "auction.half_life_hours",
        (1, 9),
        &["bidcast takes this in days: `wallet.half_life_days`"],
    ),
    case(
        "[wallet]\nstore_fee_percent = 30",
        "unknown parameter `wallet.store_fee_percent`",
        "wallet.store_fee_percent",
        (2, 1),
        &["bidcast takes this as a share from 0 to 1: `store_fee_share`"],
    ),
    case(
        "[auction]\ntheta_days = 3.0",
        "unknown parameter `auction.theta_days`",
        "auction.theta_days",
        (2, 1),
        &["bidcast takes this without unit: `theta`"],
    ),
    case(
        "# x\n[acution]\ntheta = 5.0\npricing = 1",
        "unknown section `acution`",
        "acution",
        (2, 2),
        &["did you mean `auction`?"],
    ),
    case(
        "[zzzzzzzzz]\nx = 1",
        "unknown section `zzzzzzzzz`",
        "zzzzzzzzz",
        (1, 2),
        &["the sections are `archetype`, `auction`,"],
    ),
    case(
        "\"auction.theta\" = 5.0",
        "unknown parameter `\"auction.theta\"`",
        "\"auction.theta\"",
        (1, 1),
        &["did you mean `auction.theta`?"],
    ),
    case(
        "auction = 5",
        "`auction` is a section, not a parameter",
        "auction",
        (1, 1),
        &["its parameters begin with `auction.theta`,"],
    ),
    case(
        "[auction.theta]\nvalu = 5.0",
        "`auction.theta` is a parameter, not a section",
        "auction.theta",
        (1, 10),
        &["write `theta = …`"],
    ),
    case(
        "auction.theta = { value = 5.0, rnge = [1, 9] }",
        "`auction.theta` is a parameter and has no field `rnge`",
        "auction.theta",
        (1, 32),
        &["did you mean `range`?"],
    ),
    // Types.
    case(
        "[archetype.funded_paid]\n  start_cash_usd = \"5 MUSD\"",
        "`archetype.funded_paid.start_cash_usd` takes a number in USD, found the string \"5 MUSD\"",
        "archetype.funded_paid.start_cash_usd",
        (2, 20),
        &["write the number alone, without quotes: the key says that it is in USD"],
    ),
    case(
        "auction.theta = \"5\"",
        "`auction.theta` takes a number, found the string \"5\"",
        "auction.theta",
        (1, 17),
        &["remove the quotes"],
    ),
    case(
        "run.days = 30.0",
        "`run.days` takes a whole number in days, found the number 30.0",
        "run.days",
        (1, 12),
        &[],
    ),
    case(
        "run.start = 2025-01-01",
        "`run.start` takes a string, found the date 2025-01-01",
        "run.start",
        (1, 13),
        &["write the date in quotes: \"2025-01-01\""],
    ),
    case(
        "wallet.enabled = 1",
        "`wallet.enabled` takes true or false, found the number 1",
        "wallet.enabled",
        (1, 18),
        &["write true or false"],
    ),
    case(
        "run.days = 99999999999999999999",
        "`run.days` is 99999999999999999999, too large for a whole number",
        "run.days",
        (1, 12),
        &["64 bits"],
    ),
    // Arrays.
    case(
        "[supply]\ncpm_usd_per_mille = [1.0, 2.0]",
        "`supply.cpm_usd_per_mille` takes an array of 3 numbers in USD per 1000 impressions, found an array of 2",
        "supply.cpm_usd_per_mille",
        (2, 21),
        &["one element for each of: us, jp, sea"],
    ),
    case(
        "supply.weekday = 1.0",
        "`supply.weekday` takes an array of 4 numbers, found the number 1.0",
        "supply.weekday",
        (1, 18),
        &["give all 4 elements", "`--set supply.weekday[0]=…`"],
    ),
    case(
        "supply.cpm_usd_per_mille = [1.0, 200, 1.0]",
        "`supply.cpm_usd_per_mille[jp]` is 200, outside its range 0.05 to 100 USD per 1000 impressions",
        "supply.cpm_usd_per_mille[jp]",
        (1, 34),
        &["`supply.cpm_usd_per_mille = { value = …, range = [0.05, 200],"],
    ),
    case(
        "supply.affinity = [[1, 1, 1], [1, 1, 2]]",
        "`supply.affinity[video][sea]` is 2, outside its range 0 to 1",
        "supply.affinity[video][sea]",
        (1, 38),
        &["to go beyond the range"],
    ),
    // Ranges and choices.
    case(
        "auction.theta = 50",
        "`auction.theta` is 50, outside its range 2.1 to 20",
        "auction.theta",
        (1, 17),
        &["range = [2.1, 50]"],
    ),
    case(
        "wallet.store_fee_share = 30",
        "`wallet.store_fee_share` is 30, outside its range 0 to 1",
        "wallet.store_fee_share",
        (1, 26),
        &["30 % is 0.3", "to go beyond the range"],
    ),
    case(
        "auction.theta = nan",
        "`auction.theta` is nan, which is not a finite number",
        "auction.theta",
        (1, 17),
        &["give a number in the range 2.1 to 20"],
    ),
    case(
        "supply.weekday = [1, 1, -inf, 1]",
        "`supply.weekday[2]` is -inf, which is not a finite number",
        "supply.weekday[2]",
        (1, 25),
        &["give a number in the range 0.5 to 2"],
    ),
    case(
        "auction.theta = { range = [5.0, 9.0] }",
        "`auction.theta` is 4 (from base), outside its new range 5 to 9",
        "auction.theta",
        (1, 27),
        &["give a `value` beside the `range`"],
    ),
    case(
        "auction.theta = { range = [9.0, 5.0], value = 60 }",
        "`range` of `auction.theta` takes two finite numbers, low and high, found [9.0, 5.0]",
        "auction.theta",
        (1, 27),
        &[],
    ),
    case(
        "wallet.enabled = { range = [0, 1] }",
        "`wallet.enabled` holds no number and takes no `range`",
        "wallet.enabled",
        (1, 28),
        &[],
    ),
    case(
        "auction.pricing = \"secnd\"",
        "`auction.pricing` has no choice \"secnd\"",
        "auction.pricing",
        (1, 19),
        &["did you mean `second`? allowed are `first`, `second`"],
    ),
    case(
        "auction.theta = { value = 5, basis = \"Q\" }",
        "`basis` of `auction.theta` takes one of the letters S, P, E, J, F, found \"Q\"",
        "auction.theta",
        (1, 38),
        &["S published report, P other public estimate, E experiment, J judgement, F fitted"],
    ),
    case(
        "auction.pricing = 2",
        "`auction.pricing` takes a string, found the number 2",
        "auction.pricing",
        (1, 19),
        &["allowed are `first`, `second`"],
    ),
    // Syntax.
    case(
        "[auction]\ntheta = 4,5",
        "not valid TOML: unexpected key or value, expected newline, `#`",
        "",
        (2, 10),
        &["numbers use a dot, not a comma"],
    ),
    case(
        "[auction]\ntheta = high",
        "not valid TOML: string values must be quoted, expected literal string",
        "",
        (2, 9),
        &["strings stand in quotes"],
    ),
    case(
        "[auction]\ntheta = 5\n[auction]\npricing = \"first\"",
        "`auction` is given twice",
        "auction",
        (3, 2),
        &["keep one of the two"],
    ),
    case("[auction\ntheta = 4.5", "not valid TOML: unclosed table, expected `]`", "", (1, 9), &[]),
    case(
        "[auction]\ntheta = 5.0\npricing = \"first\"\ntheta = 6.0",
        "`theta` is given twice",
        "auction.theta",
        (4, 1),
        &["it already stands on line 2"],
    ),
    // What is no parameter.
    Case { text: "name = 3", message: "`name` takes a string, found 3", key: "name", at: (1, 8), hints: &[] },
    case(
        "[shock]\nkind = \"fee\"",
        "`shock` takes an array of tables, found a table",
        "shock",
        (1, 1),
        &["`[[shock]]`, in double brackets"],
    ),
    case(
        "[[shock]]\nfactor = inf",
        "`shock[0].factor` is inf, which is not a finite number",
        "shock[0].factor",
        (2, 10),
        &["give a finite number"],
    ),
];

/// Errors of `--set`.
const SET_ERRORS: &[Case] = &[
    case("=5", "`` is not a path", "", (1, 1), &["paths look like `section.key`"]),
    case(
        "auction.theta={value=5}",
        "`auction.theta` takes a number, found a table",
        "auction.theta",
        (1, 15),
        &["a table with `range` and `source` belongs in a file"],
    ),
    case(
        "auction.theta*=high",
        "`auction.theta` cannot be multiplied by `high`",
        "auction.theta",
        (1, 16),
        &["give a number, such as 1.2"],
    ),
    case(
        "auction.theta *= 10",
        "`auction.theta` would become 40, outside its range 2.1 to 20",
        "auction.theta",
        (1, 18),
        &["take a factor nearer to 1"],
    ),
    case(
        "auction.pricing*=2",
        "`auction.pricing` holds no number that could be multiplied",
        "auction.pricing",
        (1, 18),
        &["set it with `=` instead"],
    ),
    case("auction.theta", "`--set auction.theta` has no `=`", "", (1, 1), &["`--set auction.theta=5`"]),
    case(
        "auction.theta=high",
        "`auction.theta` takes a number, found the string high",
        "auction.theta",
        (1, 15),
        &["write the number alone"],
    ),
    case(
        "auction.theta=3 or 4",
        "`auction.theta` is given `3 or 4`: not valid TOML: string values must be quoted, expected literal string",
        "auction.theta",
        (1, 15),
        &["strings stand in quotes"],
    ),
    case("auction.theta= ", "`auction.theta` is given no value", "auction.theta", (1, 16), &[]),
    case(
        "auction.thta=5",
        "unknown parameter `auction.thta`",
        "auction.thta",
        (1, 1),
        &["did you mean `auction.theta`?"],
    ),
    case(
        " auction = 5",
        "`auction` is a section, not a parameter",
        "auction",
        (1, 2),
        &["its parameters begin with"],
    ),
    case(
        "auction.theta = 50",
        "`auction.theta` is 50, outside its range 2.1 to 20",
        "auction.theta",
        (1, 17),
        &["to go beyond the range"],
    ),
    case(
        "auction.pricing=third",
        "`auction.pricing` has no choice third",
        "auction.pricing",
        (1, 17),
        &["allowed are `first`, `second`"],
    ),
    case(
        "supply.cpm_usd_per_mille[jq]=15",
        "`supply.cpm_usd_per_mille` has no element `jq`",
        "supply.cpm_usd_per_mille",
        (1, 1),
        &["did you mean `jp`?", "numbered 0 to 2 or named us, jp, sea"],
    ),
    case(
        "supply.weekday[4]=1",
        "`supply.weekday` has no element `4`",
        "supply.weekday",
        (1, 1),
        &["numbered 0 to 3"],
    ),
    case(
        "auction.theta[0]=5",
        "`auction.theta` is not an array and has no element `0`",
        "auction.theta",
        (1, 1),
        &["`--set auction.theta=…`"],
    ),
    case(
        "supply.weekday[0=1",
        "`supply.weekday[0` is not a path",
        "supply.weekday[0",
        (1, 1),
        &["elements like"],
    ),
    case(
        "supply.cpm_usd_per_mille[us]=200",
        "`supply.cpm_usd_per_mille[us]` is 200, outside its range 0.05 to 100 USD per 1000 impressions",
        "supply.cpm_usd_per_mille[us]",
        (1, 30),
        &["to go beyond the range"],
    ),
    case(
        "shock.kind=fee",
        "shocks cannot be given by `--set`",
        "shock.kind",
        (1, 1),
        &["in a scenario file"],
    ),
];

#[test]
fn each_error_of_a_file_says_what_where_and_how_to_mend_it() {
    for case in FILE_ERRORS {
        check(case, "my.toml", &only(with_file(case.text)));
    }
}

#[test]
fn each_error_of_a_set_argument_says_what_where_and_how_to_mend_it() {
    for case in SET_ERRORS {
        check(case, "--set", &only(with_set(case.text)));
    }
}
