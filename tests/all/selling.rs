//! Three ways to sell a batch agree with each other and with the closed forms.
//!
//! The scan knows no closed form: it draws a score for every bidder and compares. Fixed seeds; a deviation is counted in
//! standard errors and must stay below four.

use crate::common::{moments, z_of_chi_square, z_of_mean, z_of_variance};
use crate::offer::{FORMATS, MODES, Offer, SHAPES, Sampled, Z, always, near, sample, sum};
use bidcast::mechanisms::auction::{Format, Frechet, MatchNoise, Mode};

/// Asserts that samples have the means and variances of the closed form for mean strengths `presence × strength`.
fn follows_the_closed_form(offer: &Offer, s: &Sampled, what: &str) {
    let (f, batch) = (offer.frechet(), offer.batch());
    let c = batch.clearing;
    let sold = offer.supply * c.sold_share;
    let times = s.lost.len() as f64;
    let (mut counts, mut expected) = (vec![sum(&s.lost)], vec![times * sold * offer.outside / c.phi]);
    near(z_of_mean(&s.lost, sold * offer.outside / c.phi), &format!("{what}: lost"));
    if offer.floor > 0.0 {
        near(z_of_mean(&s.unsold, offer.supply - sold), &format!("{what}: unsold"));
        counts.push(sum(&s.unsold));
        expected.push(times * (offer.supply - sold));
    } else {
        assert!(sum(&s.unsold) < 0.5, "{what}: nothing is unsold without a floor");
    }
    for (i, bidder) in offer.bidders.iter().enumerate() {
        let t = bidder.presence * bidder.strength;
        let mean = sold * t / c.phi;
        let (price, variance) = (f.mean_price(&c, t), f.price_variance(&c, t));
        let what = format!("{what}, bidder {i}");
        near(z_of_mean(&s.n[i], mean), &format!("{what}: impressions"));
        near(z_of_variance(&s.n[i], mean), &format!("{what}: variance of impressions"));
        near(z_of_mean(&s.spend[i], mean * price), &format!("{what}: spend"));
        near(z_of_mean(&s.score[i], mean * c.mean_score), &format!("{what}: winning scores"));
        if offer.theta > 7.5 {
            // A Poisson sum of prices; below, the price's fourth moment, on which the error rests, may not exist.
            let expected = mean * (variance + price * price);
            near(z_of_variance(&s.spend[i], expected), &format!("{what}: variance of spend"));
        }
        counts.push(sum(&s.n[i]));
        expected.push(times * mean);
    }
    // Counts are independent Poisson numbers, so each has its own degree of freedom.
    near(z_of_chi_square(&counts, &expected, counts.len() as f64), &format!("{what}: winners"));
}

#[test]
fn the_three_ways_sell_alike() {
    for (theta, floor) in SHAPES {
        for format in FORMATS {
            let offer = Offer::four(theta, floor, format);
            for mode in MODES {
                let s = sample(&offer, mode, MatchNoise::Frechet, 1_500);
                follows_the_closed_form(
                    &offer,
                    &s,
                    &format!("{mode:?}, {format:?}, θ {theta}, floor {floor}"),
                );
            }
        }
    }
}

#[test]
fn a_hundred_bidders_sell_alike() {
    let strengths: Vec<f64> = (1..=100).map(|rank| 0.1 / f64::from(rank)).collect();
    for format in FORMATS {
        let offer = Offer { supply: 400.0, bidders: always(&strengths), ..Offer::four(4.0, 0.5, format) };
        for mode in MODES {
            let s = sample(&offer, mode, MatchNoise::Frechet, 300);
            let c = offer.batch().clearing;
            let mean = |t: f64| 300.0 * offer.supply * c.sold_share * t / c.phi;
            let counts: Vec<f64> = s.n.iter().map(|n| sum(n)).collect();
            let expected: Vec<f64> = strengths.iter().map(|t| mean(*t)).collect();
            near(z_of_chi_square(&counts, &expected, 100.0), &format!("{mode:?}, {format:?}: winners"));
            let all = |columns: &[Vec<f64>]| -> Vec<f64> {
                (0..300).map(|k| columns.iter().map(|column| column[k]).sum()).collect()
            };
            let price = |t: f64| mean(t) / 300.0 * offer.frechet().mean_price(&c, t);
            let spend: f64 = strengths.iter().map(|t| price(*t)).sum();
            near(z_of_mean(&all(&s.spend), spend), &format!("{mode:?}, {format:?}: spend"));
            let score: f64 = strengths.iter().map(|t| mean(*t) / 300.0 * c.mean_score).sum();
            near(z_of_mean(&all(&s.score), score), &format!("{mode:?}, {format:?}: scores"));
        }
    }
}

#[test]
fn single_auctions_are_as_many_from_the_tree_as_from_the_scan() {
    let offer = Offer::four(4.0, 0.9, Format::SecondPrice);
    let offered = |mode| {
        let mut all = Vec::new();
        offer.sold(mode, MatchNoise::Frechet, 40, 50, |sale| {
            all.push(sale.purchases.iter().map(|p| p.n).sum::<u64>() + sale.lost + sale.unsold);
        });
        all
    };
    assert_eq!(offered(Mode::Tree), offered(Mode::Scan), "the number of auctions is one draw");
    let counts: Vec<f64> = offered(Mode::Tree).iter().map(|n| *n as f64).collect();
    near(z_of_mean(&counts, offer.supply), "auctions of a batch");
}

#[test]
fn kernel_and_tree_take_throttling_as_a_weaker_bid() {
    for (theta, floor) in [(4.0, 0.0), (4.0, 0.9), (8.0, 0.95)] {
        for format in FORMATS {
            let mut offer = Offer::four(theta, floor, format);
            offer.bidders[0].presence = 0.5;
            offer.bidders[2].presence = 0.9;
            for mode in [Mode::Kernel, Mode::Tree] {
                let s = sample(&offer, mode, MatchNoise::Frechet, 1_500);
                follows_the_closed_form(&offer, &s, &format!("throttled, {mode:?}, {format:?}, θ {theta}"));
            }
        }
    }
}

#[test]
fn throttling_of_small_bidders_is_a_weaker_bid() {
    // A hundred bidders of strength 0.005 in a cell of 1 enter every second auction: kernel and tree may be off by
    // (1 − q)T/Φ, a quarter of a percent.
    let mut offer = Offer {
        supply: 2_000.0,
        outside: 0.75,
        bidders: always(&[0.005; 100]),
        ..Offer::four(4.0, 0.9, Format::SecondPrice)
    };
    for bidder in &mut offer.bidders {
        bidder.presence = 0.5;
    }
    let totals = |mode| {
        let (mut n, mut spend) = (Vec::new(), Vec::new());
        offer.sold(mode, MatchNoise::Frechet, 41, 60, |sale| {
            n.push(sale.purchases.iter().map(|p| p.n as f64).sum());
            spend.push(sale.purchases.iter().map(|p| p.asked.to_f64()).sum());
        });
        (n, spend)
    };
    let ((scan_n, scan_spend), (kernel_n, kernel_spend)) = (totals(Mode::Scan), totals(Mode::Kernel));
    for (scan, kernel, what) in [(scan_n, kernel_n, "impressions"), (scan_spend, kernel_spend, "spend")] {
        let (mean, variance, _) = moments(&scan);
        let error = Z * (2.0 * variance / scan.len() as f64).sqrt();
        let gap = sum(&kernel) / kernel.len() as f64 - mean;
        assert!(gap.abs() < error + 0.0025 * mean, "{what}: {gap} of {mean}");
    }
}

#[test]
fn throttling_of_a_large_bidder_is_overstated_by_a_weaker_bid() {
    // One bidder that enters half of the auctions, against outside demand of the same mean strength. In half of the
    // auctions its strength is twice that of outside demand: it wins q·T/(T + T0) = 1/3 of all, not qT/(qT + T0) = 1/2.
    let mut offer =
        Offer { outside: 1.0, bidders: always(&[2.0]), ..Offer::four(4.0, 0.0, Format::SecondPrice) };
    offer.bidders[0].presence = 0.5;
    for (mode, share) in [(Mode::Scan, 1.0 / 3.0), (Mode::Tree, 0.5), (Mode::Kernel, 0.5)] {
        let s = sample(&offer, mode, MatchNoise::Frechet, 1_000);
        near(z_of_mean(&s.n[0], offer.supply * share), &format!("{mode:?}"));
    }
}

#[test]
fn lognormal_noise_wins_as_its_integral_says() {
    // One bidder against outside demand: it wins where the best of outside demand lies below its score, so with
    // probability E[exp(−(T0/T) m^−θ)], ln m normal with mean γ/θ and standard deviation π/(θ√6).
    let gamma = 0.577_215_664_901_532_9;
    for theta in [2.5, 4.0, 8.0] {
        for (strength, outside) in [(1.0, 1.0), (0.2, 1.0), (9.0, 1.0)] {
            let base = Offer::four(theta, 0.0, Format::SecondPrice);
            let offer = Offer { outside, bidders: always(&[strength]), ..base };
            let (mut integral, mut mass) = (0.0, 0.0);
            for k in -4_000..=4_000 {
                let z = f64::from(k) / 500.0;
                let weight = (-0.5 * z * z).exp();
                let log_match = gamma / theta + z * std::f64::consts::PI / (theta * 6.0_f64.sqrt());
                integral += weight * (-(outside / strength) * (-theta * log_match).exp()).exp();
                mass += weight;
            }
            let s = sample(&offer, Mode::Scan, MatchNoise::Lognormal, 1_000);
            near(
                z_of_mean(&s.n[0], offer.supply * integral / mass),
                &format!("θ {theta}, strength {strength}"),
            );
        }
    }
}

#[test]
fn the_shaded_bid_earns_most_in_single_auctions() {
    // A bidder with half of the strength of its cell at the stated bid, and the same noise at every bid: the payoff of a
    // won impression is its full score less what it bids.
    let f = Frechet::new(4.0);
    let share = 0.5;
    let stated = f.shade(share, 1.0);
    let outside = stated.powf(4.0) * (1.0 - share) / share;
    let payoffs = |beta: f64| -> Vec<f64> {
        let offer = Offer {
            supply: 500.0,
            outside,
            bidders: always(&[beta.powf(4.0)]),
            ..Offer::four(4.0, 0.0, Format::FirstPrice)
        };
        let mut all = Vec::new();
        offer.sold(Mode::Scan, MatchNoise::Frechet, 44, 2_000, |sale| {
            let p = sale.purchases[0];
            all.push(p.score_usd / beta - p.asked.to_f64());
        });
        all
    };
    let best = payoffs(stated);
    for beta in [stated - 0.1, stated + 0.1, 1.0 - 1.0 / 4.0] {
        let gaps: Vec<f64> = best.iter().zip(payoffs(beta)).map(|(a, b)| a - b).collect();
        let z = z_of_mean(&gaps, 0.0);
        assert!(z > Z, "β {beta} against {stated}: {z:.2} standard errors");
    }
}
