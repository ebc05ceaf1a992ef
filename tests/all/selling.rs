//! Three ways to sell a batch: they agree with each other and with the closed forms, and each obeys the relations that any
//! auction must.
//!
//! The scan knows no closed form: it draws a score for every bidder and compares. Fixed seeds; a deviation is counted in
//! standard errors and must stay below four.

use crate::common::{moments, z_of_chi_square, z_of_mean, z_of_variance};
use bidcast::mechanisms::auction::{Batch, Bidder, Format, Frechet, MatchNoise, Mode, Purchase, Sale, sell};
use bidcast::rng::Streams;

/// Bound on a deviation in standard errors.
const Z: f64 = 4.0;
const MODES: [Mode; 3] = [Mode::Kernel, Mode::Tree, Mode::Scan];
const FORMATS: [Format; 2] = [Format::SecondPrice, Format::FirstPrice];
/// θ and floor; strengths sum to 1, so scores are near 1 and the floors leave many impressions unsold.
const SHAPES: [(f64, f64); 6] = [(2.5, 0.0), (2.5, 0.8), (4.0, 0.0), (4.0, 0.9), (8.0, 0.0), (8.0, 0.95)];

/// A batch that owns its bidders.
#[derive(Debug, Clone)]
struct Offer {
    theta: f64,
    format: Format,
    floor: f64,
    supply: f64,
    outside: f64,
    bidders: Vec<Bidder>,
}

impl Offer {
    /// A dominant bidder and three others next to outside demand of 0.125; strengths sum to 1.
    fn four(theta: f64, floor: f64, format: Format) -> Self {
        let strengths = [0.6, 0.2, 0.07, 0.005];
        Self { theta, format, floor, supply: 150.0, outside: 0.125, bidders: always(&strengths) }
    }

    fn frechet(&self) -> Frechet {
        Frechet::new(self.theta)
    }

    fn batch(&self) -> Batch<'_> {
        let phi = self.outside + self.bidders.iter().map(|b| b.presence * b.strength).sum::<f64>();
        Batch {
            format: self.format,
            clearing: self.frechet().clear(phi, self.floor, self.format),
            supply: self.supply,
            outside: self.outside,
            bidders: &self.bidders,
        }
    }

    /// Sells the batch once for each address below `times`, and looks at each sale.
    fn sold(&self, mode: Mode, noise: MatchNoise, seed: u64, times: u64, mut look: impl FnMut(&Sale)) {
        let (frechet, batch, streams) = (self.frechet(), self.batch(), Streams::new(seed, 0));
        let mut sale = Sale::default();
        for address in 0..times {
            sell(mode, noise, &frechet, &batch, &streams, 5, address, &mut sale);
            look(&sale);
        }
    }

    /// The purchases of all addresses below `times`.
    fn purchases(&self, mode: Mode, times: u64) -> Vec<Vec<Purchase>> {
        let mut all = Vec::new();
        self.sold(mode, MatchNoise::Frechet, 31, times, |sale| all.push(sale.purchases.clone()));
        all
    }
}

/// Bidders of these strengths that enter every auction.
fn always(strengths: &[f64]) -> Vec<Bidder> {
    let bidder =
        |(k, strength): (usize, &f64)| Bidder { key: 100 + k as u64, strength: *strength, presence: 1.0 };
    strengths.iter().enumerate().map(bidder).collect()
}

/// Samples over repetitions of one batch: of each bidder's impressions, spend and winning scores, and of the rest.
#[derive(Default)]
struct Sampled {
    n: Vec<Vec<f64>>,
    spend: Vec<Vec<f64>>,
    score: Vec<Vec<f64>>,
    lost: Vec<f64>,
    unsold: Vec<f64>,
}

fn sample(offer: &Offer, mode: Mode, noise: MatchNoise, times: u64) -> Sampled {
    let bidders = offer.bidders.len();
    let columns = || vec![Vec::new(); bidders];
    let mut s = Sampled { n: columns(), spend: columns(), score: columns(), ..Sampled::default() };
    offer.sold(mode, noise, 32 + mode as u64, times, |sale| {
        for (i, purchase) in sale.purchases.iter().enumerate() {
            s.n[i].push(purchase.n as f64);
            s.spend[i].push(purchase.asked.to_f64());
            s.score[i].push(purchase.score_usd);
        }
        s.lost.push(sale.lost as f64);
        s.unsold.push(sale.unsold as f64);
    });
    s
}

/// Asserts that a deviation is below [`Z`].
fn near(z: f64, what: &str) {
    assert!(z.abs() < Z, "{what}: {z:.2} standard errors off");
}

/// Distance of the means of two samples, in standard errors.
fn z_of_two(a: &[f64], b: &[f64]) -> f64 {
    let ((mean_a, variance_a, _), (mean_b, variance_b, _)) = (moments(a), moments(b));
    (mean_a - mean_b) / (variance_a / a.len() as f64 + variance_b / b.len() as f64).sqrt()
}

fn sum(values: &[f64]) -> f64 {
    values.iter().sum()
}

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
fn nobody_to_sell_to_sells_nothing() {
    for (floor, outside) in [(0.0, 0.0), (0.9, 0.0), (0.0, 1.0)] {
        let offer = Offer { outside, bidders: Vec::new(), ..Offer::four(4.0, floor, Format::SecondPrice) };
        for mode in MODES {
            offer.sold(mode, MatchNoise::Frechet, 42, 20, |sale| {
                assert!(sale.purchases.is_empty());
                let (none, all) =
                    if outside > 0.0 { (sale.unsold, sale.lost) } else { (sale.lost, sale.unsold) };
                assert!(none == 0 && all > 50, "{mode:?}, floor {floor}: {none} and {all}");
            });
        }
    }
}

#[test]
fn losers_pay_nothing_and_prices_lie_between_floor_and_score() {
    for (theta, floor) in SHAPES {
        for format in FORMATS {
            // Few impressions, so that many bidders win none, and single prices are seen.
            let offer = Offer { supply: 3.0, ..Offer::four(theta, floor, format) };
            for mode in MODES {
                let (mut losers, mut single) = (0, 0);
                for p in offer.purchases(mode, 400).concat() {
                    if p.n == 0 {
                        losers += 1;
                        assert_eq!(p, Purchase::default(), "{mode:?}: nothing won, nothing paid");
                        continue;
                    }
                    single += u32::from(p.n == 1);
                    let (n, asked) = (p.n as f64, p.asked.to_f64());
                    let (least, most) = (floor * n * (1.0 - 1e-12), p.score_usd * (1.0 + 1e-12));
                    assert!(p.price_usd * n >= least && asked >= least - 1e-6, "{mode:?}: below the floor");
                    assert!(p.price_usd * n <= most, "{mode:?}: above the winning scores");
                    if mode != Mode::Kernel {
                        assert!((asked - p.price_usd * n).abs() < 1e-6, "{mode:?}: {asked}");
                    }
                    if format == Format::FirstPrice {
                        assert!(
                            p.price_usd * n >= p.score_usd * (1.0 - 1e-12),
                            "{mode:?}: pays its own score"
                        );
                    }
                }
                assert!(losers > 100 && single > 100, "{mode:?}: {losers} losers, {single} single purchases");
            }
        }
    }
}

#[test]
fn money_in_another_unit_changes_prices_and_nothing_else() {
    for (theta, floor) in [(2.5, 0.0), (4.0, 0.9), (8.0, 0.95)] {
        for format in FORMATS {
            for unit in [0.01, 7.3] {
                let offer = Offer::four(theta, floor, format);
                let mut other = offer.clone();
                let factor = f64::powf(unit, theta);
                other.floor *= unit;
                other.outside *= factor;
                for bidder in &mut other.bidders {
                    bidder.strength *= factor;
                }
                for mode in MODES {
                    let (a, b) = (offer.purchases(mode, 20).concat(), other.purchases(mode, 20).concat());
                    for (a, b) in a.iter().zip(&b) {
                        assert_eq!(a.n, b.n, "{mode:?}, {format:?}, θ {theta}");
                        let same = |x: f64, y: f64| (y - unit * x).abs() <= 1e-11 * y.abs();
                        assert!(
                            same(a.price_usd, b.price_usd) && same(a.score_usd, b.score_usd),
                            "{a:?} {b:?}"
                        );
                        let rounding = 0.6e-6 * (1.0 + unit);
                        assert!((b.asked.to_f64() - unit * a.asked.to_f64()).abs() < rounding, "{a:?} {b:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn relabelled_bidders_buy_the_same() {
    let order = [2, 0, 3, 1];
    for format in FORMATS {
        let mut offer = Offer::four(4.0, 0.9, format);
        offer.bidders[1].presence = 0.7;
        let mut other = offer.clone();
        other.bidders = order.map(|i| offer.bidders[i]).to_vec();
        // In the tree a stream belongs to the cell, so there only the law is the same.
        for mode in [Mode::Kernel, Mode::Scan] {
            for (a, b) in offer.purchases(mode, 50).iter().zip(&other.purchases(mode, 50)) {
                for (place, i) in order.into_iter().enumerate() {
                    let (a, b) = (a[i], b[place]);
                    assert_eq!(a.n, b.n, "{mode:?}");
                    // Φ is summed in another order, which is a rounding error; a micro-dollar may tip over.
                    assert!(
                        (a.price_usd - b.price_usd).abs() <= 1e-12 * a.price_usd,
                        "{mode:?}: {a:?} {b:?}"
                    );
                    assert!((a.asked - b.asked).micros().abs() <= 1, "{mode:?}: {a:?} {b:?}");
                }
            }
        }
    }
}

#[test]
fn a_bidder_of_no_weight_changes_no_other_purchase() {
    let offer = Offer::four(4.0, 0.9, Format::SecondPrice);
    let mut other = offer.clone();
    other.bidders.insert(1, Bidder { key: 7, strength: 1e-30, presence: 1.0 });
    for mode in [Mode::Kernel, Mode::Scan] {
        for (a, b) in offer.purchases(mode, 50).iter().zip(&other.purchases(mode, 50)) {
            assert_eq!(b[1], Purchase::default());
            assert_eq!(a[..], [&b[..1], &b[2..]].concat(), "{mode:?}");
        }
    }
}

#[test]
fn halves_of_a_bidder_win_what_the_whole_won() {
    for format in FORMATS {
        let whole = Offer::four(4.0, 0.9, format);
        let mut halves = whole.clone();
        halves.bidders[0].strength *= 0.5;
        halves.bidders.push(Bidder { key: 9, ..halves.bidders[0] });
        for mode in MODES {
            let (a, b) = (
                sample(&whole, mode, MatchNoise::Frechet, 1_500),
                sample(&Offer { ..halves.clone() }, mode, MatchNoise::Frechet, 1_500),
            );
            let of_both = |columns: &[Vec<f64>]| -> Vec<f64> {
                columns[0].iter().zip(&columns[4]).map(|(x, y)| x + y).collect()
            };
            let what = format!("{mode:?}, {format:?}");
            near(z_of_two(&a.n[0], &of_both(&b.n)), &format!("{what}: impressions of the halves"));
            near(z_of_two(&a.score[0], &of_both(&b.score)), &format!("{what}: scores of the halves"));
            near(z_of_two(&a.n[1], &b.n[1]), &format!("{what}: impressions of another"));
            near(z_of_two(&a.lost, &b.lost), &format!("{what}: lost"));
            near(z_of_two(&a.unsold, &b.unsold), &format!("{what}: unsold"));
            let z = z_of_two(&of_both(&b.spend), &a.spend[0]);
            match format {
                Format::FirstPrice => near(z, &format!("{what}: spend of the halves")),
                // The halves are each other's runner-up, so apart they pay more.
                Format::SecondPrice => assert!(z > Z, "{what}: spend of the halves {z:.2}"),
            }
        }
    }
}

#[test]
fn twice_the_supply_is_two_cells() {
    for format in FORMATS {
        let single = Offer::four(4.0, 0.9, format);
        let double = Offer { supply: 2.0 * single.supply, ..single.clone() };
        for mode in MODES {
            let two = sample(&double, mode, MatchNoise::Frechet, 1_000);
            let one = sample(&single, mode, MatchNoise::Frechet, 2_000);
            let pairs = |column: &[f64]| -> Vec<f64> {
                column.chunks_exact(2).map(|pair| pair[0] + pair[1]).collect()
            };
            for i in 0..4 {
                let what = format!("{mode:?}, {format:?}, bidder {i}");
                near(z_of_two(&two.n[i], &pairs(&one.n[i])), &format!("{what}: impressions"));
                near(z_of_two(&two.spend[i], &pairs(&one.spend[i])), &format!("{what}: spend"));
                let (_, variance, _) = moments(&pairs(&one.n[i]));
                let (_, doubled, fourth) = moments(&two.n[i]);
                let error = (2.0 * (fourth - doubled * doubled) / 1_000.0).sqrt();
                near((doubled - variance) / error, &format!("{what}: variance of impressions"));
            }
            near(z_of_two(&two.lost, &pairs(&one.lost)), &format!("{mode:?}: lost"));
            near(z_of_two(&two.unsold, &pairs(&one.unsold)), &format!("{mode:?}: unsold"));
        }
    }
}

#[test]
fn a_higher_bid_never_loses_an_auction() {
    for noise in [MatchNoise::Frechet, MatchNoise::Lognormal] {
        for format in FORMATS {
            let low = Offer { supply: 2.0, ..Offer::four(4.0, 0.9, format) };
            let mut high = low.clone();
            high.bidders[1].strength *= 1.3;
            let won = |offer: &Offer| {
                let mut all = Vec::new();
                offer.sold(Mode::Scan, noise, 43, 3_000, |sale| {
                    let won = sale.purchases.iter().map(|p| p.n);
                    all.push(won.chain([sale.lost, sale.unsold]).collect::<Vec<u64>>());
                });
                all
            };
            let mut gained = 0;
            for (a, b) in won(&low).iter().zip(&won(&high)) {
                for (place, (a, b)) in a.iter().zip(b).enumerate() {
                    // The same noise: whatever the bidder gains it takes from others, and from nobody's hand it falls.
                    assert!(if place == 1 { b >= a } else { b <= a }, "{noise:?}: {a} became {b} at {place}");
                }
                gained += b[1] - a[1];
            }
            assert!(gained > 50, "{noise:?}: the bid matters in {gained} auctions");
        }
    }
    // In the kernel the mean number rises.
    let mut last = 0.0;
    for k in 1..50 {
        let mut offer = Offer::four(4.0, 0.9, Format::SecondPrice);
        offer.bidders[1].strength = 0.02 * f64::from(k);
        let c = offer.batch().clearing;
        let mean = c.sold_share * offer.bidders[1].strength / c.phi;
        assert!(mean > last, "strength {}", offer.bidders[1].strength);
        last = mean;
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
