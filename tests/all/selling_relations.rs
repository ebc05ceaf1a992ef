//! Relations that any auction obeys, for each of the three ways to sell a batch: another unit of money, other labels, a
//! bidder in two halves, twice the supply, a higher bid.
//!
//! Fixed seeds; a deviation is counted in standard errors and must stay below four.

use crate::common::moments;
use crate::offer::{FORMATS, MODES, Offer, SHAPES, Z, near, sample, z_of_two};
use bidcast::mechanisms::auction::{Bidder, Format, MatchNoise, Mode, Purchase};

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
