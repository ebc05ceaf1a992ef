//! Laws of distributions, for all families: round trips, percentiles, means against integrals, truncation; and values of
//! SciPy.

use super::*;
use crate::sampling::special::smallest;

/// One or more members of every continuous family, with its scale: what a value near 0 is small against.
fn continuous() -> Vec<(&'static str, Distribution, f64)> {
    let made = |name, made: Result<Distribution, DistributionError>, scale| (name, made.unwrap(), scale);
    let normal = || Distribution::normal(3.0, 2.0);
    let parts = || {
        vec![
            (1.0, Distribution::normal(-2.0, 0.5).unwrap()),
            (3.0, Distribution::gamma(2.0, 3.0).unwrap()),
            (0.5, Distribution::uniform(4.0, 9.0).unwrap()),
        ]
    };
    vec![
        made("uniform", Distribution::uniform(-2.0, 5.0), 7.0),
        made("loguniform", Distribution::loguniform(1e-3, 40.0), 1e-3),
        made("normal", normal(), 2.0),
        made("normal cut twice", normal().and_then(|d| d.truncated(0.0, 4.0)), 2.0),
        made("normal cut below", normal().and_then(|d| d.truncated(7.0, f64::INFINITY)), 2.0),
        made("lognormal", Distribution::lognormal(0.3, 0.8), 0.1),
        made("lognormal cut", Distribution::lognormal(0.3, 0.8).and_then(|d| d.truncated(0.0, 3.0)), 0.1),
        made("triangular", Distribution::triangular(1.0, 2.0, 6.0), 1.0),
        made("triangular, mode low", Distribution::triangular(1.0, 1.0, 6.0), 1.0),
        made("triangular, mode high", Distribution::triangular(1.0, 6.0, 6.0), 1.0),
        made("pert", Distribution::pert(1.0, 2.0, 6.0, 4.0), 1.0),
        made("beta, hollow", Distribution::beta(0.4, 0.7, 0.0, 1.0), 1e-9),
        made("beta, narrow", Distribution::beta(900.0, 4_000.0, -1.0, 1.0), 0.1),
        made("gamma, steep", Distribution::gamma(0.2, 5.0), 1e-20),
        made("gamma", Distribution::gamma(9.0, 4.0 / 3.0), 1.0),
        made("gamma, narrow", Distribution::gamma(9_000.0, 0.1), 1.0),
        made("gamma cut", Distribution::gamma(9.0, 4.0 / 3.0).and_then(|d| d.truncated(5.0, 15.0)), 1.0),
        made("weibull", Distribution::weibull(1.7, 3.0), 1e-3),
        made(
            "weibull cut",
            Distribution::weibull(0.6, 3.0).and_then(|d| d.truncated(1.0, f64::INFINITY)),
            1.0,
        ),
        made("student_t", Distribution::student_t(2.5, 1.0, 3.0), 3.0),
        made("student_t, light", Distribution::student_t(900.0, 1.0, 3.0), 3.0),
        made(
            "student_t cut",
            Distribution::student_t(1.2, 0.0, 1.0).and_then(|d| d.truncated(0.0, 50.0)),
            1.0,
        ),
        made("mixture", Distribution::mixture(parts()), 0.5),
        made("mixture cut", Distribution::mixture(parts()).and_then(|d| d.truncated(-1.0, 8.0)), 0.5),
    ]
}

/// From the first to the last millionth, dense in both tails.
fn probabilities() -> impl Iterator<Item = f64> {
    let tail = (0..=60).map(|k| 10.0_f64.powf(-6.0 + 5.5 * f64::from(k) / 60.0));
    let lower: Vec<f64> = tail.collect();
    let upper: Vec<f64> = lower.iter().map(|u| 1.0 - u).collect();
    lower.into_iter().chain(upper).chain((1..40).map(|k| f64::from(k) / 40.0))
}

#[test]
fn quantiles_undo_probabilities_in_the_body_and_in_the_tails() {
    for (name, distribution, scale) in continuous() {
        for u in probabilities() {
            let x = distribution.quantile(u);
            let back = distribution.quantile(distribution.cdf(x));
            assert!(
                (back - x).abs() <= 1e-9 * x.abs().max(scale),
                "{name} at {u}: {x:e} comes back as {back:e}"
            );
            let p = distribution.cdf(x);
            assert!((p - u).abs() <= 1e-9 * u.min(1.0 - u) + 1e-14, "{name} at {u}: probability {p}");
        }
    }
}

#[test]
fn quantiles_never_fall_and_stay_in_the_support() {
    for (name, distribution, _) in continuous() {
        let (low, high) = distribution.support();
        let mut us: Vec<f64> = probabilities().collect();
        us.extend([0.0, 1.0, f64::MIN_POSITIVE, 0.5 * f64::EPSILON, 1.0 - 0.5 * f64::EPSILON]);
        us.sort_unstable_by(f64::total_cmp);
        let values: Vec<f64> = us.iter().map(|&u| distribution.quantile(u)).collect();
        assert!(values.windows(2).all(|pair| pair[0] <= pair[1]), "{name}");
        assert!(values.iter().all(|&x| x >= low && x <= high), "{name}");
        assert_eq!((values[0], values[us.len() - 1]), (low, high), "{name}");
        assert!(distribution.quantile(f64::NAN).is_nan() && distribution.cdf(f64::NAN).is_nan(), "{name}");
        let beyond = [distribution.cdf(f64::NEG_INFINITY), 1.0 - distribution.cdf(f64::INFINITY)];
        assert!(beyond.iter().all(|p| p.abs() < 1e-15), "{name}: {beyond:?}");
    }
}

/// The mean is the integral of x over the distribution function, by midpoints of ten thousand cells between quantiles
/// that leave out next to nothing; cells are even in x where the density may vanish, else even in the logit of u.
#[test]
fn means_are_integrals() {
    for (name, distribution, scale) in continuous() {
        let logistic = |v: f64| 1.0 / (1.0 + (-v).exp());
        let ends = [distribution.quantile(logistic(-34.0)), distribution.quantile(logistic(34.0))];
        let n = 10_000;
        let edge = |k: u32| {
            let part = f64::from(k) / f64::from(n);
            if name.contains("mixture") {
                ends[0] + part * (ends[1] - ends[0])
            } else {
                distribution.quantile(logistic(34.0 * (2.0 * part - 1.0)))
            }
        };
        let (mut integral, mut from) = (0.0, (ends[0], distribution.cdf(ends[0])));
        integral += from.0 * from.1;
        for k in 1..=n {
            let x = edge(k);
            let to = (x, distribution.cdf(x));
            integral += 0.5 * (from.0 + to.0) * (to.1 - from.1);
            from = to;
        }
        let mean = distribution.mean();
        // Cells are 0.7 % wide: midpoints err by the square of it; the far tail of t is left out.
        let tolerance = if name.contains("student") { 1e-3 } else { 1e-4 };
        assert!(
            (mean - integral).abs() < tolerance * mean.abs().max(scale),
            "{name}: {mean} against {integral}"
        );
    }
}

#[test]
fn percentiles_are_met_by_every_family_that_takes_them() {
    for [(p, x), (q, y)] in [
        [(0.05, 0.6), (0.95, 1.8)],
        [(0.1, 0.02), (0.9, 0.3)],
        [(0.25, 0.4), (0.75, 0.45)],
        [(0.5, 0.1), (0.99, 0.9)],
        [(0.025, 1.0), (0.5, 1.9)],
    ] {
        let pair = [(p, x), (q, y)];
        for (name, made) in [
            ("uniform", Distribution::uniform_from_percentiles(pair)),
            ("loguniform", Distribution::loguniform_from_percentiles(pair)),
            ("normal", Distribution::normal_from_percentiles(pair)),
            ("lognormal", Distribution::lognormal_from_percentiles(pair)),
            ("gamma", Distribution::gamma_from_percentiles(pair)),
            ("weibull", Distribution::weibull_from_percentiles(pair)),
            ("beta", Distribution::beta_from_percentiles(0.0, 2.0, pair)),
            ("student_t", Distribution::student_t_from_percentiles(3.0, pair)),
        ] {
            let made = made.unwrap_or_else(|error| panic!("{name} {pair:?}: {error}"));
            for (p, x) in pair {
                let got = made.quantile(p);
                assert!((got / x - 1.0).abs() < 1e-9, "{name} {pair:?}: {got} for {x}");
            }
        }
    }
}

#[test]
fn moments_are_met() {
    let sd = |distribution: &Distribution| {
        let (n, mean) = (20_000, distribution.mean());
        let squares =
            (0..n).map(|k| (distribution.quantile((f64::from(k) + 0.5) / f64::from(n)) - mean).powi(2));
        (squares.sum::<f64>() / f64::from(n)).sqrt()
    };
    for (name, made, wanted) in [
        ("lognormal", Distribution::lognormal_from_moments(12.0, 4.0), 12.0),
        ("gamma", Distribution::gamma_from_moments(12.0, 4.0), 12.0),
        ("weibull", Distribution::weibull_from_moments(12.0, 4.0), 12.0),
        ("beta", Distribution::beta_from_moments(12.0, 4.0, 2.0, 30.0), 12.0),
    ] {
        let made = made.unwrap();
        let (mean, sd) = (made.mean(), sd(&made));
        assert!((mean / wanted - 1.0).abs() < 1e-9, "{name}: mean {mean}");
        // Midpoints leave out a sliver of each tail.
        assert!((sd / 4.0 - 1.0).abs() < 1e-3, "{name}: sd {sd}");
    }
}

#[test]
fn the_mean_of_pert_is_a_weighted_mean_of_its_points() {
    for (a, m, b) in [(0.0, 1.0, 10.0), (-3.0, -3.0, 4.0), (2.0, 5.0, 5.0)] {
        let mean = Distribution::pert(a, m, b, 4.0).unwrap().mean();
        assert!((mean - (a + 4.0 * m + b) / 6.0).abs() < 1e-12, "{mean}");
    }
}

#[test]
fn a_cut_keeps_the_shape_between_the_bounds() {
    for (name, whole, _) in continuous() {
        let (low, high) = (whole.quantile(0.1), whole.quantile(0.7));
        let cut = whole.clone().truncated(low, high).unwrap();
        assert_eq!(cut.support(), (low, high), "{name}");
        for u in [0.01, 0.3, 0.5, 0.99] {
            let (got, expected) = (cut.quantile(u), whole.quantile(0.1 + 0.6 * u));
            assert!((got / expected - 1.0).abs() < 1e-9, "{name}: {got} for {expected}");
        }
    }
    let bounds_at_the_ends = Distribution::gamma(2.0, 1.0).unwrap().truncated(0.0, f64::INFINITY).unwrap();
    assert_eq!(bounds_at_the_ends, Distribution::gamma(2.0, 1.0).unwrap());
}

#[test]
fn a_value_at_the_bound_stays() {
    let parts = [1.0, 2.0, 3.0].map(|x| (1.0, Distribution::point(x).unwrap()));
    let cut = Distribution::mixture(parts.to_vec()).unwrap().truncated(2.0, 3.0).unwrap();
    assert!((cut.mean() - 2.5).abs() < 1e-12 && (cut.quantile(0.25) - 2.0).abs() < 1e-12, "{}", cut.mean());
    assert!((cut.cdf(2.0) - 0.5).abs() < 1e-12);
}

/// Source: `ppf` at 1e-6, 0.05, 0.5, 0.9, 1 - 1e-6 and `mean` of `scipy.stats`, SciPy 1.17.1.
#[test]
#[rustfmt::skip]
fn quantiles_and_means_are_those_of_scipy() {
    for (made, quantiles, mean) in [
        (Distribution::lognormal(0.3, 0.8), [0.030114772494927597, 0.36208260536895115, 1.3498588075760032, 3.763093100873834, 60.50581324129039], 1.8589280418463423),
        (Distribution::beta(0.4, 0.7, 0.0, 1.0), [1.6125502533136285e-15, 0.0009012688650899144, 0.26755992832498654, 0.8951770297004266, 0.9999999921594298], 0.36363636363636365),
        (Distribution::beta(12.0, 3.0, -1.0, 4.0), [0.12879936809278725, 2.07305158818059, 3.0676294870729786, 3.5926142300013897, 3.992970102182702], 3.0),
        (Distribution::gamma(0.2, 5.0), [3.2627404217286506e-30, 1.0196065550564263e-06, 0.10373169596412429, 3.0245116049328677, 51.763909591530265], 1.0),
        (Distribution::gamma(9.0, 1.25), [1.2319611959118426, 5.869034425430614, 10.836188980462962, 16.243389426648257, 38.696391697612064], 11.25),
        (Distribution::weibull(1.7, 3.0), [0.0008865630313147689, 0.5227973389511255, 2.4181830515577625, 4.899923581595441, 14.058058186417291], 2.676733507497972),
        (Distribution::student_t(2.5, 1.0, 3.0), [-659.5202875347106, -6.674655842407809, 1.0, 6.1907527864215295, 661.5202875271127], 1.0),
        (Distribution::student_t(40.0, 1.0, 3.0), [-15.661909255445117, -4.051553040006957, 1.0, 4.909231157821584, 17.661909255418387], 1.0),
        (Distribution::triangular(1.0, 2.0, 6.0), [1.0022360679774998, 1.5, 2.8377223398316205, 4.585786437626905, 5.995527864044936], 3.0),
        (Distribution::loguniform(0.001, 40.0), [0.001000010596690878, 0.0016986464646342474, 0.19999999999999998, 13.862896863102925, 39.99957613685638], 3.7746889467721885),
        (Distribution::normal(3.0, 2.0).and_then(|d| d.truncated(0.0, 4.0)), [9.645839969874004e-06, 0.4143981969906796, 2.384492357702009, 3.658395748833141, 3.999996451482521], 2.2874542316458806),
    ] {
        let made = made.unwrap();
        for (u, expected) in [1e-6, 0.05, 0.5, 0.9, 1.0 - 1e-6].into_iter().zip(quantiles) {
            let got = made.quantile(u);
            assert!((got / expected - 1.0_f64).abs() < 1e-9, "{made:?} at {u}: {got:e} for {expected:e}");
        }
        assert!((made.mean() / mean - 1.0_f64).abs() < 1e-9, "{made:?}: mean {} for {mean}", made.mean());
    }
}

/// Normal draws by inversion: the smallest float whose probability reaches u, without any formula for the inverse.
#[test]
fn the_inverse_agrees_with_bisection() {
    for (name, distribution, scale) in continuous() {
        let (low, high) = distribution.support();
        for u in [1e-6, 0.02, 0.5, 0.9, 1.0 - 1e-6] {
            let found = smallest(low.max(f64::MIN), high.min(f64::MAX), |x| distribution.cdf(x) >= u);
            let quantile = distribution.quantile(u);
            assert!(
                (found - quantile).abs() < 1e-9 * quantile.abs().max(scale),
                "{name} at {u}: {quantile} for {found}"
            );
        }
    }
}
