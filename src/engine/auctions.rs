//! The impressions of a cell are sold for one tick: what apps win, pay, and install.

use super::simulation::{Simulation, occurrence};
use crate::market::purpose::Purpose;
use crate::mechanisms::auction::{Batch, Bidder, Format, sell};
use crate::mechanisms::pacing::PacingMethod;
use crate::mechanisms::response;
use crate::units::{SimTime, Usd};

/// Part of the way that a seat's remembered share goes to its share of now: bidders that shade by it would overshoot in one.
const SHARE_STEP: f64 = 0.2;

impl Simulation<'_> {
    /// Sells the impressions of a cell for one tick.
    pub(super) fn clear_batch(&mut self, index: u32, time: SimTime) {
        let p = self.parameters;
        let day = time.day();
        let tick = (time.minute_of_day() / p.spec.run.tick_minutes) as u64;
        let address = occurrence(day, (tick << 12) | u64::from(index));
        let format = self.seat_bidders(index);
        let cell = &self.world.cells[index as usize];
        let phi = cell.outside + self.scratch.bidders.iter().map(|b| b.presence * b.strength).sum::<f64>();
        let batch = Batch {
            format,
            clearing: p.frechet.clear(phi, cell.floor, format),
            supply: cell.supply,
            outside: cell.outside,
            bidders: &self.scratch.bidders,
        };
        let (mode, noise) = (p.spec.auction.mode, p.spec.auction.match_noise);
        sell(
            mode,
            noise,
            &p.frechet,
            &batch,
            &self.streams,
            u64::from(index),
            address,
            &mut self.scratch.sale,
        );
        let (mut won, mut given_back, mut revenue) = (0, 0, Usd::ZERO);
        let drawn: u64 = self.scratch.sale.purchases.iter().map(|purchase| purchase.n).sum();
        for k in 0..self.scratch.seats.len() {
            let (n, paid) = self.deliver(index, k, phi, day, address);
            won += n;
            given_back += self.scratch.sale.purchases[k].n - n;
            revenue += paid;
        }
        let (lost, unsold) = (self.scratch.sale.lost, self.scratch.sale.unsold);
        let offered = drawn + lost + unsold;
        self.laws.check(4, day, won + given_back + lost + unsold == offered, || {
            format!(
                "cell {index}: {won} won, {given_back} given back, {lost} lost, {unsold} unsold of {offered}"
            )
        });
        let cell = &mut self.world.cells[index as usize];
        (cell.won, cell.revenue) = (won, revenue);
        self.world.ledger.platform_revenue += revenue;
        self.month.impressions += won;
        self.auctions += offered + self.show_house_ads(index, day, address);
    }

    /// Lists who bids in a cell, and gives the cell's format.
    fn seat_bidders(&mut self, index: u32) -> Format {
        let p = self.parameters;
        let throttled = p.spec.pacing.enabled && p.spec.pacing.method == PacingMethod::Throttle;
        let (cell, apps) = (&self.world.cells[index as usize], &self.world.apps);
        self.scratch.seats.clear();
        self.scratch.bidders.clear();
        for (seat, (app, full)) in cell.app.iter().zip(&cell.strength).enumerate() {
            let i = *app as usize;
            if !(apps.factor[i] * full > 0.0) {
                continue;
            }
            let (strength, presence) =
                if throttled { (*full, apps.factor[i]) } else { (apps.factor[i] * full, 1.0) };
            self.scratch.seats.push(seat as u32);
            self.scratch.bidders.push(Bidder { key: apps.born[i].key, strength, presence });
        }
        p.spec.auction.format_by_channel[cell.channel]
    }

    /// Settles what a bidder bought, draws its installs, and books both; gives impressions and payment.
    fn deliver(&mut self, index: u32, bidder: usize, phi: f64, day: i64, address: u64) -> (u64, Usd) {
        let p = self.parameters;
        let (cell, apps) = (&mut self.world.cells[index as usize], &mut self.world.apps);
        let seat = self.scratch.seats[bidder] as usize;
        let (bid, bought) = (self.scratch.bidders[bidder], self.scratch.sale.purchases[bidder]);
        let app = cell.app[seat];
        let i = app as usize;
        cell.share[seat] += SHARE_STEP * (bid.presence * bid.strength / phi - cell.share[seat]);
        let left = {
            let (budget, money) = (apps.cap[i] - apps.spent[i], apps.spendable(app));
            if budget < money { budget } else { money }
        };
        let (n, paid) = settle(bought.n, bought.asked, left);
        let score = if bought.n > 0 { bought.score_usd / bought.n as f64 } else { 0.0 };
        let orderly =
            cell.floor <= bought.price_usd * (1.0 + 1e-9) && bought.price_usd <= score * (1.0 + 1e-9);
        self.laws.check(6, day, orderly || bought.n == 0, || {
            format!("app {app}: floor {}, price {}, score {score}", cell.floor, bought.price_usd)
        });
        self.laws.check(6, day, n > 0 || paid == Usd::ZERO, || {
            format!("app {app} paid {} for nothing", paid.to_f64())
        });
        self.laws.check(10, day, apps.alive[i] && !apps.dormant[i], || {
            format!("app {app} is dead or dormant and bids")
        });
        let at = apps.at(app, cell.region);
        // Winners are selected by match: a won impression converts at score / bid, times true over believed rate.
        let bid_usd = apps.lambda[i] * apps.bid[at] * cell.shading[seat];
        let exposure = if n > 0 { n as f64 * score / (bid_usd * cell.believed[seat]) } else { 0.0 };
        let expected = exposure * cell.conversion[seat] * cell.depletion;
        let unobserved = p.spec.learning.unobserved_share;
        let installs = if n > 0 {
            let mut stream = self.streams.open(Purpose::Install.code(), apps.born[i].key, address);
            let rate = expected * apps.yield_ratio[i] / n as f64;
            let (installs, seen) = response::draw_installs(&mut stream, n, rate, unobserved);
            // What it can attribute, scaled up to all: unobserved conversions are corrected for on average.
            cell.seen_today[seat] += seen as f64 / (1.0 - unobserved);
            installs
        } else {
            0
        };
        cell.exposure_today[seat] += exposure;
        self.laws
            .check(5, day, installs <= n, || format!("app {app}: {installs} installs of {n} impressions"));
        apps.cash[i] -= paid;
        apps.spent[i] += paid;
        apps.account[i].ad_spend += paid;
        apps.month_spend[i] += paid;
        apps.month_contribution[i] -= paid;
        apps.impressions[i] += n as f64;
        apps.region_impressions[at] += n as f64;
        apps.expected_installs[i] += expected;
        apps.lot_spend_usd[i] += paid.to_f64();
        apps.tick_spent_usd[i] += paid.to_f64();
        apps.paid_installs[at] += installs;
        let sound = apps.spent[i] <= apps.cap[i] && apps.cash[i] + apps.credit[i] >= Usd::ZERO;
        self.laws.check(7, day, sound || paid == Usd::ZERO, || {
            format!("app {app} spent {} of {}", apps.spent[i].to_f64(), apps.cap[i].to_f64())
        });
        (n, paid)
    }
}

/// Stops purchases at the money left: of `wanted` impressions costing `asked`, as many as `left` pays for.
fn settle(wanted: u64, asked: Usd, left: Usd) -> (u64, Usd) {
    if asked <= left {
        return (wanted, asked);
    }
    if left <= Usd::ZERO {
        return (0, Usd::ZERO);
    }
    let affordable =
        (i128::from(wanted as i64) * i128::from(left.micros()) / i128::from(asked.micros())) as u64;
    let paid = i128::from(asked.micros()) * i128::from(affordable as i64) / i128::from(wanted.max(1) as i64);
    (affordable, Usd::from_micros(paid as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purchases_stop_at_the_money_left() {
        let usd = Usd::from_micros;
        assert_eq!(settle(10, usd(1_000), usd(2_000)), (10, usd(1_000)));
        assert_eq!(settle(10, usd(1_000), usd(455)), (4, usd(400)));
        assert_eq!(settle(10, usd(1_000), usd(0)), (0, usd(0)));
        assert_eq!(settle(0, usd(0), usd(0)), (0, usd(0)));
        let (n, paid) = settle(3, usd(1_000), usd(999));
        assert!(n == 2 && paid <= usd(999));
    }
}
