//! The closed-form auction against a brute force that knows nothing of it: every bidder draws its own match noise in every
//! auction, the highest score wins and pays the second highest or the floor.
//!
//! Fixed seeds; a deviation is counted in standard errors and must stay below four.

use crate::common::{
    SEED, SplitMix, kolmogorov_smirnov, moments, small, z_of_chi_square, z_of_mean, z_of_variance,
};
use bidcast::engine::{Event, Observer, Simulation};
use bidcast::market::world::World;
use bidcast::mechanisms::auction::{Format, Frechet, draw_spend};
use bidcast::rng::Streams;
use bidcast::scenario::Scenario;
use bidcast::units::SimTime;

/// Bound on a deviation in standard errors.
const Z: f64 = 4.0;
/// Bound on the Kolmogorov–Smirnov distance in its own scale.
const KS: f64 = 2.2;
/// Strengths of four bidders next to outside demand of 0.125; they sum to 1. The first is dominant.
const STRENGTHS: [f64; 4] = [0.6, 0.2, 0.07, 0.005];
const OUTSIDE: f64 = 0.125;

/// What a brute-force auction of a cell brought.
struct Held {
    /// Auctions won by each bidder.
    wins: Vec<f64>,
    /// Auctions won by outside demand.
    lost: f64,
    /// Auctions in which nobody reached the floor.
    unsold: f64,
    /// Prices paid by each bidder.
    prices: Vec<Vec<f64>>,
    /// Winning scores of each bidder.
    scores: Vec<Vec<f64>>,
}

/// Holds `auctions` auctions among bidders of the given strengths and outside demand of strength `outside`.
///
/// A bidder's score is `T^(1/θ)` times Fréchet noise by inversion, `(−ln u)^(−1/θ)`. Outside demand is a continuum, of which
/// only the best can win or set a price here; the best of a continuum of total strength T is itself Fréchet with strength
/// T (max-stability), so one draw stands for all of it, exactly. That a crowd of small bidders is such a continuum is
/// tested by [`a_crowd_of_small_bidders_makes_the_price_of_outside_demand`].
fn brute_force(theta: f64, strengths: &[f64], outside: f64, floor: f64, auctions: usize, seed: u64) -> Held {
    let mut random = SplitMix(seed);
    let n = strengths.len();
    let mut held = Held {
        wins: vec![0.0; n],
        lost: 0.0,
        unsold: 0.0,
        prices: vec![Vec::new(); n],
        scores: vec![Vec::new(); n],
    };
    for _ in 0..auctions {
        // The order of scores is the reverse order of −ln(u)/T, which saves a power for each bidder.
        let (mut best, mut first, mut second) = (n, f64::INFINITY, f64::INFINITY);
        for (bidder, strength) in strengths.iter().chain([&outside]).enumerate() {
            let x = -random.unit().ln() / strength;
            if x < first {
                (best, first, second) = (bidder, x, first);
            } else if x < second {
                second = x;
            }
        }
        let score = |x: f64| x.powf(-1.0 / theta);
        if score(first) < floor {
            held.unsold += 1.0;
        } else if best == n {
            held.lost += 1.0;
        } else {
            held.wins[best] += 1.0;
            held.prices[best].push(score(second).max(floor));
            held.scores[best].push(score(first));
        }
    }
    held
}

/// Asserts that a deviation is below [`Z`].
fn near(z: f64, what: &str) {
    assert!(z.abs() < Z, "{what}: {z:.2} standard errors off");
}

/// θ and floor of the comparisons; scores are near 1, so a floor of 0.9 leaves many impressions unsold.
const CELLS: [(f64, f64); 8] =
    [(2.1, 0.0), (3.0, 0.0), (4.0, 0.0), (10.0, 0.0), (2.1, 0.8), (3.0, 0.9), (4.0, 0.9), (10.0, 1.0)];

#[test]
fn the_harness_itself_knows_uniform_bidders() {
    // N uniform bidders: the second highest has mean (N − 1)/(N + 1); two with a reserve of one half: revenue 5/12.
    let mut random = SplitMix(1);
    for n in [2_u32, 3, 10] {
        let seconds: Vec<f64> = (0..40_000)
            .map(|_| {
                let (mut first, mut second) = (0.0, 0.0);
                for _ in 0..n {
                    let x = random.unit();
                    if x > first {
                        (first, second) = (x, first);
                    } else if x > second {
                        second = x;
                    }
                }
                second
            })
            .collect();
        near(z_of_mean(&seconds, f64::from(n - 1) / f64::from(n + 1)), "second of uniform bidders");
    }
    let revenue: Vec<f64> = (0..40_000)
        .map(|_| {
            let (a, b) = (random.unit(), random.unit());
            if a.max(b) < 0.5 { 0.0 } else { a.min(b).max(0.5) }
        })
        .collect();
    near(z_of_mean(&revenue, 5.0 / 12.0), "revenue with a reserve");
}

#[test]
fn winners_are_those_of_the_brute_force() {
    for (k, (theta, floor)) in CELLS.into_iter().enumerate() {
        let auctions = 100_000;
        let held = brute_force(theta, &STRENGTHS, OUTSIDE, floor, auctions, 100 + k as u64);
        let f = Frechet::new(theta);
        let clearing = f.clear(1.0, floor, Format::SecondPrice);
        let all = auctions as f64;
        let mut counts = held.wins.clone();
        counts.push(held.lost);
        let mut expected: Vec<f64> =
            STRENGTHS.iter().chain([&OUTSIDE]).map(|t| all * clearing.sold_share * t).collect();
        let mut degrees = expected.len() as f64 - 1.0;
        if floor > 0.0 {
            counts.push(held.unsold);
            expected.push(all * (1.0 - clearing.sold_share));
            degrees += 1.0;
        } else {
            assert!(held.unsold < 0.5, "nothing is unsold without a floor");
        }
        near(z_of_chi_square(&counts, &expected, degrees), &format!("winners at θ {theta}, floor {floor}"));
    }
}

#[test]
fn prices_are_those_of_the_brute_force() {
    for (k, (theta, floor)) in CELLS.into_iter().enumerate() {
        let held = brute_force(theta, &STRENGTHS, OUTSIDE, floor, 200_000, 200 + k as u64);
        let f = Frechet::new(theta);
        let clearing = f.clear(1.0, floor, Format::SecondPrice);
        for (i, t) in STRENGTHS.into_iter().enumerate() {
            let what = format!("bidder {i} at θ {theta}, floor {floor}");
            near(z_of_mean(&held.prices[i], f.mean_price(&clearing, t)), &format!("price of {what}"));
            if theta < 2.5 {
                // The fourth moment of the price, on which the error of its variance rests, hardly exists there.
                continue;
            }
            near(z_of_mean(&held.scores[i], clearing.mean_score), &format!("winning score of {what}"));
            if theta > 3.5 {
                near(
                    z_of_variance(&held.prices[i], f.price_variance(&clearing, t)),
                    &format!("variance of the price of {what}"),
                );
            }
        }
    }
}

#[test]
fn tiny_bidders_pay_what_the_brute_force_says() {
    // 500 bidders with a share of 0.0006 each: the closed forms use a series there, or a line where there is a floor.
    let crowd = [0.0006; 500];
    for (theta, floor) in [(4.0, 0.0), (4.0, 0.9), (3.0, 0.0)] {
        let held = brute_force(theta, &crowd, 0.7, floor, 20_000, 300);
        let f = Frechet::new(theta);
        let clearing = f.clear(1.0, floor, Format::SecondPrice);
        let prices = held.prices.concat();
        let what = format!("tiny bidders at θ {theta}, floor {floor}");
        near(z_of_mean(&prices, f.mean_price(&clearing, crowd[0])), &format!("price of {what}"));
        if theta > 3.5 {
            near(
                z_of_variance(&prices, f.price_variance(&clearing, crowd[0])),
                &format!("variance of the price of {what}"),
            );
        }
        let sold = 20_000.0 * clearing.sold_share;
        let won = prices.len() as f64;
        near((won - 0.3 * sold) / (0.3 * 0.7 * sold).sqrt(), &format!("wins of {what}"));
    }
}

#[test]
fn a_bidder_almost_alone_pays_the_floor() {
    // Hundreds of its own scores lie above the floor, but hardly one of the others': the floor is its runner-up.
    for (theta, scores_above_floor) in [(4.0, 30.0), (4.0, 170.0), (8.0, 400.0)] {
        let floor = f64::powf(scores_above_floor, -1.0 / theta);
        let f = Frechet::new(theta);
        let clearing = f.clear(1.0, floor, Format::SecondPrice);
        for rest in [0.03, 0.003] {
            let held = brute_force(theta, &[1.0 - rest], rest, floor, 40_000, 450);
            let what = format!("share {}, {scores_above_floor} scores above the floor", 1.0 - rest);
            near(z_of_mean(&held.prices[0], f.mean_price(&clearing, 1.0 - rest)), &what);
            near(z_of_variance(&held.prices[0], f.price_variance(&clearing, 1.0 - rest)), &what);
        }
        for rest in [1e-4, 1e-9, 1e-15, 0.0] {
            let price = f.mean_price(&clearing, 1.0 - rest);
            assert!(
                price >= floor * (1.0 - 1e-9) && price <= clearing.mean_score,
                "share 1 − {rest}: price {price}, floor {floor}, score {}",
                clearing.mean_score
            );
        }
    }
}

#[test]
fn a_crowd_of_small_bidders_makes_the_price_of_outside_demand() {
    // Outside demand is built to make a stated mean price; here 400 bidders share its strength and make it themselves.
    for theta in [3.0, 4.0, 8.0] {
        let stated = 0.014;
        let f = Frechet::new(theta);
        let strength = f.outside_strength(stated, Format::SecondPrice);
        let crowd = [strength / 400.0; 400];
        let held = brute_force(theta, &crowd[1..], crowd[0], 0.0, 20_000, 400);
        // The crowd is not quite a continuum: a winner leaves a 400th part of the strength less to set his price, which
        // lowers it by less than a two-hundredth.
        near(
            z_of_mean(
                &held.prices.concat(),
                f.mean_price(&f.clear(strength, 0.0, Format::SecondPrice), crowd[0]),
            ),
            &format!("price of a crowd at θ {theta}"),
        );
        let mean = f.mean_price(&f.clear(strength, 0.0, Format::SecondPrice), crowd[0]);
        assert!((mean / stated - 1.0).abs() < 0.005, "θ {theta}: {mean} for {stated}");
    }
}

#[test]
fn spend_over_value_is_one_less_the_inverse_theta_over_the_target() {
    // A bidder with value V per install bids V/τ per install and scores bid × rate, so a won impression is worth τ times
    // its score to it; it pays the runner-up. Small, without budget or floor, it spends (1 − 1/θ)/τ of the value.
    for (theta, target) in [(3.0, 0.8), (4.0, 1.0), (8.0, 1.25)] {
        let held = brute_force(theta, &[0.004; 100], 0.6, 0.0, 60_000, 500);
        let spent: f64 = held.prices.concat().iter().sum();
        let worth: f64 = held.scores.concat().iter().map(|score| target * score).sum();
        let errors: Vec<f64> = held
            .prices
            .concat()
            .iter()
            .zip(held.scores.concat())
            .map(|(price, score)| price - spent / worth * target * score)
            .collect();
        let (_, variance, _) = moments(&errors);
        let error = (variance * errors.len() as f64).sqrt() / worth;
        // Not quite small: a share of 0.004 lowers the price by less than a share of it.
        let stated = (1.0 - 1.0 / theta) / target;
        let found = spent / worth;
        assert!((found - stated).abs() < Z * error + 0.004 * stated, "θ {theta}: {found}, stated {stated}");
    }
}

#[test]
fn drawn_prices_have_the_law_of_the_brute_force() {
    let streams = Streams::new(7, 0);
    for (k, (theta, floor)) in CELLS.into_iter().enumerate() {
        let held = brute_force(theta, &STRENGTHS, OUTSIDE, floor, 60_000, 600 + k as u64);
        let f = Frechet::new(theta);
        let clearing = f.clear(1.0, floor, Format::SecondPrice);
        for (i, t) in STRENGTHS.into_iter().enumerate() {
            let mut stream = streams.open(1, i as u64, k as u64);
            let drawn: Vec<f64> = (0..20_000).map(|_| f.draw_price(&clearing, t, &mut stream)).collect();
            let what = format!("prices of bidder {i} at θ {theta}, floor {floor}");
            let distance = kolmogorov_smirnov(&drawn, &held.prices[i]);
            assert!(distance < KS, "{what}: distance {distance:.2}");
            near(z_of_mean(&drawn, f.mean_price(&clearing, t)), &what);
            assert!(drawn.iter().all(|price| *price >= floor), "{what}: below the floor");
        }
    }
}

#[test]
fn drawn_spend_has_the_law_of_the_brute_force() {
    let streams = Streams::new(8, 0);
    for (k, (theta, floor)) in [(4.0, 0.0), (4.0, 0.9), (8.0, 0.0)].into_iter().enumerate() {
        let held = brute_force(theta, &STRENGTHS, OUTSIDE, floor, 600_000, 700 + k as u64);
        let f = Frechet::new(theta);
        let clearing = f.clear(1.0, floor, Format::SecondPrice);
        // The dominant bidder and one of seven percent; sums drawn price by price, and sums drawn whole.
        for (i, n) in [(0, 3_usize), (0, 16), (0, 60), (0, 400), (2, 5), (2, 40)] {
            let sums: Vec<f64> = held.prices[i].chunks_exact(n).take(3_000).map(|c| c.iter().sum()).collect();
            let mut stream = streams.open(2, i as u64, (k * 1_000 + n) as u64);
            let t = STRENGTHS[i];
            let drawn: Vec<f64> =
                (0..3_000).map(|_| draw_spend(&f, &clearing, t, n as u64, &mut stream).to_f64()).collect();
            let what = format!("spend of bidder {i} on {n} impressions at θ {theta}, floor {floor}");
            let (mean, variance) =
                (n as f64 * f.mean_price(&clearing, t), n as f64 * f.price_variance(&clearing, t));
            near(z_of_mean(&sums, mean), &format!("brute force: {what}"));
            near(z_of_mean(&drawn, mean), &what);
            near(z_of_variance(&sums, variance), &format!("brute force: variance of {what}"));
            near(z_of_variance(&drawn, variance), &format!("variance of {what}"));
            let distance = kolmogorov_smirnov(&drawn, &sums);
            assert!(distance < KS, "{what}: distance {distance:.2}");
            assert!(drawn.iter().all(|spend| *spend >= floor * n as f64 - 1e-6), "{what}: below the floor");
        }
    }
}

#[test]
fn winners_of_a_first_price_cell_pay_their_own_score() {
    let streams = Streams::new(10, 0);
    for (k, (theta, floor)) in CELLS.into_iter().enumerate() {
        let held = brute_force(theta, &STRENGTHS, OUTSIDE, floor, 60_000, 800 + k as u64);
        let f = Frechet::new(theta);
        let clearing = f.clear(1.0, floor, Format::FirstPrice);
        for (i, t) in STRENGTHS.into_iter().enumerate() {
            let mut stream = streams.open(1, i as u64, k as u64);
            let drawn: Vec<f64> = (0..20_000).map(|_| f.draw_price(&clearing, t, &mut stream)).collect();
            let what = format!("first prices of bidder {i} at θ {theta}, floor {floor}");
            let distance = kolmogorov_smirnov(&drawn, &held.scores[i]);
            assert!(distance < KS, "{what}: distance {distance:.2}");
            assert!(drawn.iter().all(|price| *price >= floor * (1.0 - 1e-12)), "{what}: below the floor");
            if theta > 2.5 {
                // Below, the price has hardly a variance, and its mean no standard error.
                near(z_of_mean(&held.scores[i], f.mean_price(&clearing, t)), &format!("brute force: {what}"));
                near(z_of_mean(&drawn, f.mean_price(&clearing, t)), &what);
            }
            if theta > 8.5 {
                near(
                    z_of_variance(&held.scores[i], f.price_variance(&clearing, t)),
                    &format!("variance: {what}"),
                );
            }
        }
    }
}

#[test]
fn first_price_spend_has_the_law_of_the_brute_force() {
    let streams = Streams::new(11, 0);
    for (k, (theta, floor)) in
        [(2.5, 0.0), (4.0, 0.0), (4.0, 0.9), (4.0, 1.5), (8.0, 0.0)].into_iter().enumerate()
    {
        let held = brute_force(theta, &STRENGTHS, OUTSIDE, floor, 1_000_000, 900 + k as u64);
        let f = Frechet::new(theta);
        let clearing = f.clear(1.0, floor, Format::FirstPrice);
        // Who wins says nothing of the winning score, so all bidders' scores are one sample.
        let scores = held.scores.concat();
        for n in [3_usize, 16, 17, 40, 300] {
            let sums: Vec<f64> = scores.chunks_exact(n).take(2_500).map(|c| c.iter().sum()).collect();
            let mut stream = streams.open(2, 0, (k * 1_000 + n) as u64);
            let mut draw = || draw_spend(&f, &clearing, 0.2, n as u64, &mut stream).to_f64();
            let drawn: Vec<f64> = (0..2_500).map(|_| draw()).collect();
            let what = format!("first-price spend on {n} impressions at θ {theta}, floor {floor}");
            let distance = kolmogorov_smirnov(&drawn, &sums);
            assert!(distance < KS, "{what}: distance {distance:.2}");
            assert!(drawn.iter().all(|spend| *spend >= floor * n as f64 - 1e-6), "{what}: below the floor");
            if theta > 3.5 {
                let mean = n as f64 * f.mean_price(&clearing, 0.2);
                near(z_of_mean(&sums, mean), &format!("brute force: {what}"));
                near(z_of_mean(&drawn, mean), &what);
            }
            if theta > 7.5 {
                near(
                    z_of_variance(&drawn, n as f64 * f.price_variance(&clearing, 0.2)),
                    &format!("variance: {what}"),
                );
            }
        }
    }
}

#[test]
fn a_batch_splits_into_independent_poisson_draws() {
    // The kernel draws each bidder's impressions by itself; a brute force splits a Poisson number of auctions one by one.
    // The counts of both must have the same means, variance = mean, and no correlation.
    let (theta, floor, supply, batches) = (4.0, 0.9, 200.0, 1_500);
    let clearing = Frechet::new(theta).clear(1.0, floor, Format::SecondPrice);
    let streams = Streams::new(9, 0);
    let (mut totals, mut kernel, mut brute) = (Vec::new(), Vec::new(), Vec::new());
    for batch in 0..batches {
        let mut stream = streams.open(3, 0, batch);
        let won: Vec<u64> =
            STRENGTHS.iter().map(|t| stream.poisson(supply * clearing.sold_share * t)).collect();
        let lost = stream.poisson(supply * clearing.sold_share * OUTSIDE);
        let unsold = stream.poisson(supply * (1.0 - clearing.sold_share));
        totals.push((won.iter().sum::<u64>() + lost + unsold) as f64);
        kernel.push(won);
        let auctions = streams.open(4, 0, batch).poisson(supply) as usize;
        brute.push(brute_force(theta, &STRENGTHS, OUTSIDE, floor, auctions, 10_000 + batch).wins);
    }
    near(z_of_mean(&totals, supply), "impressions of a batch");
    near(z_of_variance(&totals, supply), "variance of the impressions of a batch");
    for (i, t) in STRENGTHS.into_iter().enumerate() {
        let mean = supply * clearing.sold_share * t;
        let by_kernel: Vec<f64> = kernel.iter().map(|won| won[i] as f64).collect();
        let by_brute: Vec<f64> = brute.iter().map(|won| won[i]).collect();
        for (counts, which) in [(&by_kernel, "kernel"), (&by_brute, "brute force")] {
            near(z_of_mean(counts, mean), &format!("{which}: wins of bidder {i}"));
            near(z_of_variance(counts, mean), &format!("{which}: variance of wins of bidder {i}"));
        }
        let distance = kolmogorov_smirnov(&by_kernel, &by_brute);
        assert!(distance < KS, "wins of bidder {i}: distance {distance:.2}");
    }
    // Splitting a Poisson number one by one leaves the counts uncorrelated, as the kernel has them by construction.
    let products: Vec<f64> = brute
        .iter()
        .map(|won| {
            let gap = |i: usize| won[i] - supply * clearing.sold_share * STRENGTHS[i];
            gap(0) * gap(1)
        })
        .collect();
    near(z_of_mean(&products, 0.0), "covariance of two bidders");
}

/// Purchases of the cells of one format, against what the auction says of them.
#[derive(Default)]
struct Purchases {
    /// Impressions expected and won, where no budget stopped the purchase.
    expected: Vec<f64>,
    won: Vec<f64>,
    /// Spend less its mean, in units of its standard deviation.
    spend: Vec<f64>,
    /// Installs and what they should be: impressions × mean score / bid.
    installs: f64,
    implied: f64,
    /// Largest relative distance between a share of the full score that is bid and the best response to the seat's share.
    shading: f64,
    /// Largest distance between a seat's remembered share and the one that its last share and the batch make.
    share: f64,
    /// Largest shading off: it must be seen that there is one.
    most_shaded: f64,
}

/// Compares each batch that the engine clears with what the auction says of it.
struct Audit {
    frechet: Frechet,
    format_by_channel: Vec<Format>,
    /// What is read before a batch: impressions of the app in the region, its spend, its paid installs there, share of the seat.
    before: Vec<(f64, f64, u64, f64)>,
    second_price: Purchases,
    first_price: Purchases,
}

impl Audit {
    fn new(scenario: &Scenario) -> Self {
        Self {
            frechet: scenario.parameters().frechet,
            format_by_channel: scenario.parameters().spec.auction.format_by_channel.clone(),
            before: Vec::new(),
            second_price: Purchases::default(),
            first_price: Purchases::default(),
        }
    }

    fn seats(world: &World, cell: usize) -> Vec<(f64, f64, u64, f64)> {
        let (cell, apps) = (&world.cells[cell], &world.apps);
        cell.app
            .iter()
            .zip(&cell.share)
            .map(|(app, share)| {
                let at = apps.at(*app, cell.region);
                (
                    apps.region_impressions[at],
                    apps.account[*app as usize].ad_spend.to_f64(),
                    apps.paid_installs[at],
                    *share,
                )
            })
            .collect()
    }

    /// What is bid of the full score, against what the remembered shares ask for.
    fn audit_shading(&mut self, world: &World) {
        let theta = self.frechet.theta;
        for cell in &world.cells {
            for (share, shading) in cell.share.iter().zip(&cell.shading) {
                let (purchases, stated) = match self.format_by_channel[cell.channel] {
                    Format::SecondPrice => (&mut self.second_price, 1.0),
                    // First-order condition of (1 − β) × share of the impressions, solved for the bid.
                    Format::FirstPrice => {
                        (&mut self.first_price, 1.0 - 1.0 / (theta - share * (theta - 1.0)))
                    }
                };
                purchases.shading = purchases.shading.max((shading / stated - 1.0).abs());
                purchases.most_shaded = purchases.most_shaded.max(1.0 - shading);
            }
        }
    }

    fn audit_batch(&mut self, world: &World, index: usize) {
        let (cell, apps) = (&world.cells[index], &world.apps);
        let (f, format) = (self.frechet, self.format_by_channel[cell.channel]);
        let purchases = match format {
            Format::SecondPrice => &mut self.second_price,
            Format::FirstPrice => &mut self.first_price,
        };
        let strength = |seat: usize| apps.factor[cell.app[seat] as usize] * cell.strength[seat];
        let phi = cell.outside + (0..cell.app.len()).map(strength).sum::<f64>();
        let clearing = f.clear(phi, cell.floor, format);
        for (seat, after) in Self::seats(world, index).into_iter().enumerate() {
            let (i, t, before) = (cell.app[seat] as usize, strength(seat), self.before[seat]);
            if t > 0.0 {
                let moved = before.3 + 0.2 * (t / phi - before.3);
                purchases.share = purchases.share.max((after.3 - moved).abs());
            }
            let mean = cell.supply * clearing.sold_share * t / phi;
            let price = f.mean_price(&clearing, t);
            // Whether the budget can stop a purchase is known beforehand, so leaving those out selects nothing.
            let left = apps.cap[i].to_f64() - (apps.spent[i].to_f64() - (after.1 - before.1));
            if !(t > 0.0) || mean < 20.0 || left < 3.0 * mean * price {
                continue;
            }
            let n = after.0 - before.0;
            purchases.expected.push(mean);
            purchases.won.push(n);
            let sd = (n * f.price_variance(&clearing, t)).sqrt();
            purchases.spend.push((after.1 - before.1 - n * price) / sd);
            // An install is worth the full bid; what is bid for it is paced, and shaded where the winner pays its own bid.
            let full = apps.bid[apps.at(cell.app[seat], cell.region)];
            let bid = full * apps.factor[i].powf(f.inv_theta) * cell.shading[seat];
            purchases.installs += (after.2 - before.2) as f64;
            purchases.implied += n * clearing.mean_score / bid;
        }
    }
}

impl Observer for Audit {
    fn observe(&mut self, _: SimTime, event: &Event, world: &World) {
        match event {
            Event::Pace => {
                self.audit_shading(world);
                self.before = Self::seats(world, 0);
            }
            Event::AuctionBatch(index) => {
                let index = *index as usize;
                self.audit_batch(world, index);
                let next = index + 1;
                self.before = if next < world.cells.len() { Self::seats(world, next) } else { Vec::new() };
            }
            _ => {}
        }
    }
}

#[test]
fn the_engine_sells_as_the_auction_says() {
    // With rates known, one material and no depletion, an app's believed rate is its true rate, and the cost per install is
    // the bid times mean price over mean score. At θ 4 a first price, which is a score, has no fourth moment, and so the
    // variance of spend no standard error: there only θ 10 can tell.
    for (theta, has_error) in [(4.0, [true, false]), (10.0, [true, true])] {
        let theta_is = format!("auction.theta={theta:?}");
        let scenario = small(&[
            "learning.enabled=false",
            "creatives.enabled=false",
            "response.depletion_enabled=false",
            "run.start_date=2025-01-01",
            &theta_is,
        ]);
        let mut audit = Audit::new(&scenario);
        let run = Simulation::new(&scenario, SEED, 0).run(&mut audit);
        run.unwrap_or_else(|violation| panic!("{violation}"));
        let Audit { second_price, first_price, .. } = audit;
        assert!(second_price.most_shaded.abs() < 1e-15 && first_price.most_shaded > 1.0 / theta);
        for (format, seen, at_least, has_error) in [
            ("second price", &second_price, 10_000, has_error[0]),
            ("first price", &first_price, 2_000, has_error[1]),
        ] {
            let what = format!("of all purchases at θ {theta}, {format}");
            assert!(seen.won.len() > at_least, "{} {what} seen", seen.won.len());
            let degrees = seen.won.len() as f64;
            near(z_of_chi_square(&seen.won, &seen.expected, degrees), &format!("impressions {what}"));
            near(z_of_mean(&seen.spend, 0.0), &format!("spend {what}"));
            if has_error {
                near(z_of_variance(&seen.spend, 1.0), &format!("variance of spend {what}"));
            }
            // Installs are nearly Poisson: their error is the root of their number.
            near((seen.installs - seen.implied) / seen.implied.sqrt(), &format!("installs {what}"));
            assert!(seen.shading < 1e-12 && seen.share < 1e-12, "{what}: {} {}", seen.shading, seen.share);
        }
    }
}
