//! The impressions of a cell are sold for one tick: what apps win, pay, and install.

use super::simulation::{Simulation, occurrence};
use crate::market::purpose::Purpose;
use crate::mechanisms::auction::draw_spend;
use crate::mechanisms::response;
use crate::units::{SimTime, Usd};

impl Simulation<'_> {
    /// Sells the impressions of a cell for one tick.
    pub(super) fn clear_batch(&mut self, index: u32, time: SimTime) {
        let p = self.parameters;
        let day = time.day();
        let learning = &p.spec.learning;
        let tick = (time.minute_of_day() / p.spec.run.tick_minutes) as u64;
        let address = occurrence(day, (tick << 12) | u64::from(index));
        let cell = &mut self.world.cells[index as usize];
        let apps = &mut self.world.apps;
        let phi = cell.outside
            + cell.app.iter().zip(&cell.strength).map(|(a, t)| apps.factor[*a as usize] * t).sum::<f64>();
        let clearing = p.frechet.clear(phi, cell.floor);
        let per_strength = cell.supply * clearing.sold_share / phi;
        let depletion = p.spec.response.depletion(self.world.regions.users_per_person(cell.region));
        let mut outside = self.streams.open(Purpose::OutsideDemand.code(), u64::from(index), address);
        let lost = outside.poisson(per_strength * cell.outside);
        let unsold = outside.poisson(cell.supply * (1.0 - clearing.sold_share));
        let (mut won, mut given_back, mut drawn) = (0_u64, 0_u64, 0_u64);
        let mut revenue = Usd::ZERO;
        for seat in 0..cell.app.len() {
            let app = cell.app[seat];
            let i = app as usize;
            let t = apps.factor[i] * cell.strength[seat];
            if !(t > 0.0) {
                continue;
            }
            let mut stream = self.streams.open(Purpose::Auction.code(), apps.born[i].key, address);
            let wanted = stream.poisson(per_strength * t);
            drawn += wanted;
            let price = p.frechet.mean_price(&clearing, t);
            let asked = draw_spend(&p.frechet, &clearing, t, wanted, &mut stream);
            let left = {
                let (budget, money) = (apps.cap[i] - apps.spent[i], apps.spendable(app));
                if budget < money { budget } else { money }
            };
            let (n, paid) = settle(wanted, asked, left);
            given_back += wanted - n;
            won += n;
            self.laws.check(
                6,
                day,
                clearing.floor <= price * (1.0 + 1e-9) && price <= clearing.mean_score * (1.0 + 1e-9),
                || {
                    format!(
                        "app {app}: floor {}, price {price}, score {}",
                        clearing.floor, clearing.mean_score
                    )
                },
            );
            self.laws.check(6, day, n > 0 || paid == Usd::ZERO, || {
                format!("app {app} paid {} for nothing", paid.to_f64())
            });
            self.laws.check(10, day, apps.alive[i] && !apps.dormant[i], || {
                format!("app {app} is dead or dormant and bids")
            });
            let at = apps.at(app, cell.region);
            let bid = apps.lambda[i] * apps.bid[at];
            // Winners are selected by match: a won impression converts at score / bid, times true over believed rate.
            let exposure = n as f64 * clearing.mean_score / (bid * cell.believed[seat]);
            let expected = exposure * cell.conversion[seat] * depletion;
            let rate = if n > 0 { expected * apps.yield_ratio[i] / n as f64 } else { 0.0 };
            let hidden_share = learning.unobserved_share;
            let installs = response::thin(&mut stream, n, rate);
            let seen = installs - stream.binomial(installs, hidden_share);
            self.laws.check(5, day, installs <= n, || {
                format!("app {app}: {installs} installs of {n} impressions")
            });
            // What it can attribute, scaled up to all: unobserved conversions are corrected for on average.
            cell.seen_today[seat] += seen as f64 / (1.0 - hidden_share);
            cell.exposure_today[seat] += exposure;
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
            revenue += paid;
            self.laws.check(
                7,
                day,
                apps.spent[i] <= apps.cap[i] && apps.cash[i] + apps.credit[i] >= Usd::ZERO
                    || paid == Usd::ZERO,
                || format!("app {app} spent {} of {}", apps.spent[i].to_f64(), apps.cap[i].to_f64()),
            );
        }
        let offered = drawn + lost + unsold;
        self.laws.check(4, day, won + given_back + lost + unsold == offered, || {
            format!(
                "cell {index}: {won} won, {given_back} given back, {lost} lost, {unsold} unsold of {offered}"
            )
        });
        self.world.ledger.platform_revenue += revenue;
        self.month.impressions += won;
        self.auctions += offered + self.show_house_ads(index, day, address);
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
