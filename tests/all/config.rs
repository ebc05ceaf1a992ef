//! Layers of configuration: what is accepted, what is refused and how, and that the record of a run reads back.

use bidcast::diagnostic::Diagnostic;
use bidcast::scenario::{Basis, Layer, Overlay, Resolved, lookup, resolve};
use proptest::prelude::*;
use toml::Value;

/// A base with every kind of parameter.
const BASE: &str = r#"# line 1
[run]
start = { value = "2025-01-01", basis = "E", source = "choice", about = "first day" }
days = { value = 365, range = [1, 3650], basis = "E", source = "choice", about = "length" }

[regions]
names = { value = ["us", "jp", "sea"], basis = "E", source = "choice", about = "regions" }
[channels]
names = { value = ["search", "video"], basis = "E", source = "choice", about = "channels" }

[auction]
theta = { value = 4.0, range = [2.1, 20.0], basis = "J", source = "judgement", about = "shape of match noise" }
reserve_usd_per_mille = { value = 0.1, range = [0.0, 10.0], basis = "P", source = "ad servers", about = "floor" }
pricing = { value = "second", choices = ["first", "second"], basis = "E", source = "choice", about = "price rule" }

[supply]
cpm_usd_per_mille = { value = [14.0, 8, 1.5], range = [0.05, 100.0], basis = "P", source = "reports", about = "prices" }
affinity = { value = [[1.0, 0.5, 0.2], [0.3, 0.2, 0.1]], range = [0, 1], basis = "J", source = "judgement", about = "by channel and region" }
weekday = { value = [1.0, 1.1, 1.2, 0.9], range = [0.5, 2], basis = "J", source = "judgement", about = "no list has four names" }

[wallet]
enabled = { value = true, basis = "E", source = "choice", about = "whether purses bind" }
half_life_days = { value = 30.0, range = [1, 400], basis = "J", source = "judgement", about = "memory" }
store_fee_share = { value = 0.3, range = [0, 1], basis = "P", source = "stores", about = "fee" }

[archetype.funded_paid]
start_cash_usd = { value = 5e6, range = [0, 1e9], basis = "J", source = "judgement", about = "cash at birth" }
"#;

fn base() -> Layer {
    Layer::new("base.toml", BASE)
}

pub(crate) fn with_file(text: &str) -> Result<Resolved, Vec<Diagnostic>> {
    let layer = Layer::new("my.toml", text);
    resolve(&base(), &[Overlay::File(&layer)]).map_err(|problems| problems.0)
}

pub(crate) fn with_set(argument: &str) -> Result<Resolved, Vec<Diagnostic>> {
    resolve(&base(), &[Overlay::Set(argument)]).map_err(|problems| problems.0)
}

/// The only problem of a result that must have one.
pub(crate) fn only(result: Result<Resolved, Vec<Diagnostic>>) -> Diagnostic {
    let mut problems = result.expect_err("the input is wrong");
    assert_eq!(problems.len(), 1, "{problems:#?}");
    problems.remove(0)
}

#[test]
fn all_problems_of_all_layers_are_reported_at_once_in_order() {
    let first =
        Layer::new("a.toml", "zeta = 1\n[auction]\npricing = 3\ntheta = 99\ntheta = 3.0\n[acution]\n");
    let second = Layer::new("b.toml", "[auction]\ntheta = \"x\"\n");
    let overlays = [Overlay::File(&first), Overlay::File(&second), Overlay::Set("run.days=0")];
    let problems = resolve(&base(), &overlays).unwrap_err();
    let places: Vec<(&str, usize)> =
        problems.0.iter().filter_map(|p| p.place.as_ref()).map(|p| (p.source.as_str(), p.line)).collect();
    let expected = [
        ("a.toml", 1),
        ("a.toml", 3),
        ("a.toml", 4),
        ("a.toml", 5),
        ("a.toml", 6),
        ("b.toml", 2),
        ("--set", 1),
    ];
    assert_eq!(places, expected, "{problems}");
    assert!(problems.has_errors());
}

#[test]
fn the_last_layer_wins_and_is_named_as_origin() {
    let first =
        Layer::new("a.toml", "name = \"a\"\nabout = \"first\"\n[auction]\ntheta = 5\npricing = \"first\"");
    let second = Layer::new(
        "b.toml",
        "name = \"b\"\n[auction]\ntheta = { value = 6.0, source = \"survey\", basis = \"S\" }",
    );
    let overlays = [Overlay::File(&first), Overlay::File(&second), Overlay::Set("run.start=2025-07-01")];
    let resolved = resolve(&base(), &overlays).unwrap();
    let theta = resolved.registry.get("auction.theta").unwrap();
    assert_eq!((&theta.value, &theta.base_value), (&Value::Float(6.0), &Value::Float(4.0)));
    assert_eq!((theta.origin.as_str(), theta.source.as_str()), ("b.toml", "survey"));
    assert_eq!((theta.basis, theta.unit()), (Basis::Published, "1"));
    assert_eq!(theta.about, "shape of match noise", "a field not given stays");
    assert_eq!(resolved.registry.get("auction.pricing").unwrap().origin, "a.toml");
    assert_eq!(resolved.registry.get("run.start").unwrap().origin, "--set");
    assert_eq!(resolved.registry.get("run.days").unwrap().origin, "base");
    assert_eq!((resolved.name.as_deref(), resolved.about.as_deref()), (Some("b"), Some("first")));
    assert_eq!(resolved.values["run"]["start"].as_str(), Some("2025-07-01"));
    assert_eq!(resolved.values["auction"]["theta"].as_float(), Some(6.0));
    assert!(resolved.warnings.0.is_empty(), "{}", resolved.warnings);
}

#[test]
fn parameters_stand_in_the_order_of_the_base() {
    let resolved = resolve(&base(), &[]).unwrap();
    let order: Vec<&str> = resolved.registry.iter().map(|p| p.path.as_str()).collect();
    assert_eq!(order[..3], ["run.start", "run.days", "regions.names"]);
    assert_eq!(order.last(), Some(&"archetype.funded_paid.start_cash_usd"));
    assert_eq!(resolved.registry.section("archetype").count(), 1);
    assert_eq!(resolved.registry.len(), order.len());
}

#[test]
fn whole_numbers_are_taken_where_the_base_has_floats() {
    let mut resolved = with_file("supply.cpm_usd_per_mille = [15, 9.5, 2]").unwrap();
    let cpm = resolved.values["supply"]["cpm_usd_per_mille"].as_array().unwrap();
    assert_eq!(cpm, &[Value::Float(15.0), Value::Float(9.5), Value::Float(2.0)]);
    assert_eq!(lookup(&mut resolved.values, "supply.cpm_usd_per_mille[jp]"), Some(&mut Value::Float(9.5)));
}

#[test]
fn elements_are_set_by_number_and_by_name() {
    let arguments = [
        "supply.cpm_usd_per_mille[us]=15",
        "supply.cpm_usd_per_mille[2] = 2.5",
        "supply.affinity[video][jp]=0.25",
        "supply.affinity[search]=[0, 0, 1]",
        "supply.weekday[3]=1",
        "regions.names[2]=latam",
        // The names in force count: the argument before has renamed this one.
        "supply.affinity[1][latam]=0.75",
    ];
    let overlays: Vec<Overlay<'_>> = arguments.iter().map(|argument| Overlay::Set(argument)).collect();
    let mut resolved = resolve(&base(), &overlays).unwrap();
    for (path, value) in [
        ("supply.cpm_usd_per_mille", "[15.0, 8.0, 2.5]"),
        ("supply.affinity", "[[0.0, 0.0, 1.0], [0.3, 0.25, 0.75]]"),
        ("supply.weekday", "[1.0, 1.1, 1.2, 1.0]"),
        ("regions.names", r#"["us", "jp", "latam"]"#),
    ] {
        assert_eq!(lookup(&mut resolved.values, path).unwrap().to_string(), value, "{path}");
    }
    assert_eq!(lookup(&mut resolved.values, "supply.affinity[video][latam]"), Some(&mut Value::Float(0.75)));
}

#[test]
fn doubtful_input_is_used_and_warned_of() {
    let wide = Layer::new("my.toml", "auction.theta = { value = 50, range = [2.1, 60] }");
    let overlays = [Overlay::File(&wide), Overlay::Set("run.days=10"), Overlay::Set("run.days=20")];
    let resolved = resolve(&base(), &overlays).unwrap();
    let messages: Vec<&str> = resolved.warnings.0.iter().map(|w| w.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "`auction.theta` is given a range wider than the 2.1 to 20 it had",
            "`run.days` is set more than once: this one, the last, counts"
        ]
    );
    assert!(!resolved.warnings.has_errors());
    assert_eq!(resolved.values["run"]["days"].as_integer(), Some(20));
}

#[test]
fn shocks_of_all_layers_are_kept_with_their_places() {
    let first = Layer::new(
        "a.toml",
        "[[shock]]\nkind = \"fee\"\n  to_share = 0.1\nonly.regions = [\"us\", \"jp\"]\n",
    );
    let second = Layer::new("b.toml", "\n[[shock]]\nkind = \"cpm\"\n");
    let resolved = resolve(&base(), &[Overlay::File(&first), Overlay::File(&second)]).unwrap();
    let [fee, cpm] = &resolved.shocks[..] else { panic!("two shocks: {:?}", resolved.shocks) };
    assert_eq!((fee.origin.as_str(), cpm.origin.as_str()), ("a.toml", "b.toml"));
    assert_eq!(fee.table["to_share"].as_float(), Some(0.1));
    assert_eq!((fee.key_place("to_share").line, fee.key_place("to_share").column), (3, 3));
    assert_eq!(fee.value_place("to_share").column, 14);
    assert_eq!(fee.value_place("only.regions[1]").line_text, "only.regions = [\"us\", \"jp\"]");
    assert_eq!((cpm.place.line, cpm.key_place("absent")), (2, &cpm.place));
}

/// What the base itself must say, each fault alone.
#[test]
fn an_incomplete_base_is_refused() {
    let complete = "x = { value = 1.0, range = [0, 2], basis = \"J\", source = \"s\", about = \"a\" }";
    assert!(resolve(&Layer::new("base.toml", complete), &[]).is_ok());
    for (from, to, message) in [
        (", range = [0, 2]", "", "`x` is a number and has no `range`"),
        (", basis = \"J\"", "", "`x` has no `basis`"),
        (", source = \"s\"", "", "`x` has no `source`"),
        (", about = \"a\"", "", "`x` has no `about`"),
        ("source = \"s\"", "source = \" \"", "`source` of `x` takes a string that is not empty, found \" \""),
        ("1.0", "3.0", "`x` is 3.0, outside its range 0 to 2"),
        ("1.0", "nan", "`x` is nan, which is not a finite number"),
        ("1.0", "true", "`x` holds no number and takes no `range`"),
        ("1.0", "2025-01-01", "`x` is a TOML date"),
        ("1.0, ", "1.0, unit = \"USD\", ", "`x` is a parameter and has no field `unit`"),
        (complete, "x = 1.0", "`x` is a bare value in the base configuration"),
        ("x =", "\"a.b\" =", "\"a.b\" needs quotes, and parameters cannot"),
    ] {
        let text = complete.replace(from, to);
        let problems = resolve(&Layer::new("base.toml", text.as_str()), &[]).unwrap_err();
        assert_eq!(problems.0.len(), 1, "{text}: {problems}");
        assert_eq!(problems.0[0].message, message);
        assert!(problems.0[0].place.is_some() && problems.0[0].key.is_some(), "{problems}");
    }
}

#[test]
fn the_resolved_text_reads_back_as_base_and_as_overlay() {
    let layer = Layer::new(
        "dir/my\nfile.toml",
        "name = \"n \\\"q\\\"\"\n[auction]\ntheta = { value = 50, range = [1e-7, 1e12], about = \"a\\nb\" }\n\
         [[shock]]\nkind = \"fee\"\nwhen = { day = 3, \"a b\" = [1, 2.5] }\n",
    );
    let resolved = resolve(&base(), &[Overlay::File(&layer), Overlay::Set("wallet.enabled=false")]).unwrap();
    let text = resolved.to_toml();
    assert!(text.contains("# dir/my file.toml; base value 4.0\n"), "{text}");
    let record = Layer::new("config.resolved.toml", text.as_str());

    let as_base = resolve(&record, &[]).unwrap();
    let as_overlay = resolve(&base(), &[Overlay::File(&record)]).unwrap();
    for again in [&as_base, &as_overlay] {
        assert_eq!(again.values, resolved.values);
        assert_eq!((&again.name, &again.about), (&resolved.name, &resolved.about));
        assert_eq!(again.shock_values(), resolved.shock_values());
        for (a, b) in again.registry.iter().zip(&resolved.registry) {
            assert_eq!((&a.path, a.range, &a.choices, a.basis), (&b.path, b.range, &b.choices, b.basis));
            assert_eq!((&a.source, &a.about), (&b.source, &b.about));
        }
    }
}

#[test]
fn a_record_opens_each_table_once_however_the_base_is_written() {
    let parameter = "{ value = 1, range = [0, 2], basis = \"J\", source = \"s\", about = \"a\" }";
    let text = format!("a.x = {parameter}\nb = {parameter}\na.c.y = {parameter}\na.z = {parameter}\n");
    let resolved = resolve(&Layer::new("base.toml", text), &[]).unwrap();
    let order: Vec<&str> = resolved.registry.iter().map(|p| p.path.as_str()).collect();
    assert_eq!(order, ["a.x", "b", "a.c.y", "a.z"]);
    let again = resolve(&Layer::new("again.toml", resolved.to_toml()), &[]).unwrap();
    assert_eq!(again.values, resolved.values);
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.toml");
    let error = Layer::from_file(&missing).unwrap_err();
    assert_eq!(error.to_string(), format!("cannot read {}", missing.display()));
    assert!(std::error::Error::source(&error).is_some());

    let binary = folder.path().join("binary.toml");
    std::fs::write(&binary, b"a = 1\nb = \"\xff\"\n").unwrap();
    let error = Layer::from_file(&binary).unwrap_err();
    assert_eq!(error.to_string(), format!("{}:2 is not UTF-8 text", binary.display()));

    let windows = folder.path().join("windows.toml");
    std::fs::write(&windows, "\u{feff}[auction]\r\ntheta = 50\r\n").unwrap();
    let layer = Layer::from_file(&windows).unwrap();
    let problem = only(resolve(&base(), &[Overlay::File(&layer)]).map_err(|p| p.0));
    let place = problem.place.unwrap();
    assert_eq!((place.line, place.column, place.line_text.as_str()), (2, 9, "theta = 50"));
}

/// Depth is the one way in which a small text could exhaust the stack.
#[test]
fn deep_nesting_is_refused_not_fatal() {
    let depth = 100_000;
    for text in [
        format!("{}a = 1", "a.".repeat(depth)),
        format!("[{}a]", "a.".repeat(depth)),
        format!("auction.theta = {}1{}", "[".repeat(depth), "]".repeat(depth)),
        format!("auction.theta = {}{}", "{a=".repeat(depth), "}".repeat(depth)),
    ] {
        assert!(with_file(&text).is_err());
        assert!(with_set(&text).is_err());
    }
}

/// Pieces from which random texts are put together: far more of them parse than of random characters.
fn fragments() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "[auction]",
        "[[shock]]",
        "[supply",
        "]",
        "theta",
        "cpm_usd_per_mille",
        "run.days",
        "value",
        "range",
        "shock",
        "name",
        " = ",
        "=",
        "{ ",
        " }",
        "[",
        ", ",
        "\n",
        "\r\n",
        "5",
        "5.0",
        "nan",
        "-inf",
        "1e999",
        "true",
        "\"x\"",
        "'",
        "\"\"\"",
        "2025-01-01",
        "预算",
        "\u{feff}",
        "#",
        ".",
        "\0",
        "0x7fffffffffffffff",
        "99999999999999999999",
    ]);
    prop::collection::vec(piece, 0..25).prop_map(|pieces| pieces.concat())
}

/// A random overlay that is valid: the theta, the cash and one element of the prices.
fn overrides() -> impl Strategy<Value = (f64, f64, Vec<f64>, i64, bool, String)> {
    (
        2.1..=20.0,
        0.0..=1e9,
        prop::collection::vec(0.05..=100.0, 3),
        1..=3650_i64,
        any::<bool>(),
        // Any characters, also those that a TOML string must escape.
        any::<String>(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, rng_seed: prop::test_runner::RngSeed::Fixed(2025), ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics_and_every_problem_has_a_place(text in prop_oneof![any::<String>(), fragments()]) {
        let layer = Layer::new("my.toml", text.as_str());
        for result in [
            resolve(&base(), &[Overlay::File(&layer)]),
            resolve(&base(), &[Overlay::Set(&text)]),
            resolve(&layer, &[]),
        ] {
            match result {
                Ok(resolved) => prop_assert!(resolve(&Layer::new("again", resolved.to_toml()), &[]).is_ok()),
                Err(problems) => {
                    prop_assert!(problems.has_errors());
                    for problem in &problems.0 {
                        let place = problem.place.as_ref().expect("a place");
                        prop_assert!(place.line >= 1 && place.column >= 1 && place.length >= 1);
                        prop_assert!(place.column <= place.line_text.chars().count() + 1);
                    }
                }
            }
        }
    }

    #[test]
    fn no_number_outside_its_range_gets_in(number in prop_oneof![any::<f64>(), 0.0..30.0]) {
        let shown = if number.is_nan() { "nan".to_owned() } else { format!("{number:?}") };
        for result in [with_file(&format!("auction.theta = {shown}")), with_set(&format!("auction.theta={shown}"))] {
            prop_assert_eq!(result.is_ok(), (2.1..=20.0).contains(&number));
        }
    }

    #[test]
    fn valid_overrides_read_back((theta, cash, cpm, days, enabled, name) in overrides()) {
        let mut table = toml::Table::new();
        for (path, value) in [
            ("auction.theta", Value::from(theta)),
            ("archetype.funded_paid.start_cash_usd", Value::from(cash)),
            ("supply.cpm_usd_per_mille", Value::from(cpm.clone())),
            ("run.days", Value::from(days)),
            ("wallet.enabled", Value::from(enabled)),
            ("name", Value::from(name.clone())),
        ] {
            prop_assert!(bidcast::scenario::insert(&mut table, path, value));
        }
        let resolved = with_file(&toml::to_string(&table).unwrap()).unwrap();
        prop_assert_eq!(resolved.name.as_deref(), Some(name.as_str()));
        prop_assert_eq!(resolved.values["auction"]["theta"].as_float(), Some(theta));
        prop_assert_eq!(&resolved.values["supply"]["cpm_usd_per_mille"], &Value::from(cpm.clone()));

        let by_set = [
            format!("auction.theta={theta:?}"),
            format!("archetype.funded_paid.start_cash_usd={cash:?}"),
            format!("supply.cpm_usd_per_mille[0]={:?}", cpm[0]),
            format!("supply.cpm_usd_per_mille[jp]={:?}", cpm[1]),
            format!("supply.cpm_usd_per_mille[sea]={:?}", cpm[2]),
            format!("run.days={days}"),
            format!("wallet.enabled={enabled}"),
        ];
        let overlays: Vec<Overlay<'_>> = by_set.iter().map(|argument| Overlay::Set(argument)).collect();
        prop_assert_eq!(&resolve(&base(), &overlays).unwrap().values, &resolved.values);

        let record = resolved.to_toml();
        let again = resolve(&Layer::new("record", record.as_str()), &[]).unwrap();
        prop_assert_eq!(&again.values, &resolved.values);
        prop_assert_eq!(again.name, resolved.name);
    }
}

/// The configuration that ships: complete, sourced, within its ranges, and equal to its own record.
#[test]
fn the_shipped_base_is_complete() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("configs/base.toml");
    let shipped = Layer::from_file(&path).unwrap();
    let resolved = resolve(&shipped, &[]).unwrap_or_else(|problems| panic!("{problems}"));
    assert!(!resolved.registry.is_empty());
    let record = Layer::new("config.resolved.toml", resolved.to_toml());
    assert_eq!(resolve(&record, &[]).unwrap().values, resolved.values);
    assert_eq!(resolve(&shipped, &[Overlay::File(&record)]).unwrap().values, resolved.values);
}
