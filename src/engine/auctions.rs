//! Apps pace their bids; the impressions of a cell are sold.

use super::simulation::{Simulation, occurrence};
use crate::market::purpose::Purpose;
use crate::mechanisms::auction::draw_spend;
use crate::mechanisms::learning::{discounted, mean_by_count};
use crate::mechanisms::{pacing, response};
use crate::units::{MINUTES_PER_DAY, Month, SimTime, Usd};

/// Below this factor on strength pacing starts again from the full bid: the way up from nothing would take too many passes.
const RESTART_BELOW: f64 = 1e-9;

impl Simulation<'_> {
    /// Prepares all cells for a tick and paces every app against what is left of its budget.
    pub(super) fn pace(&mut self, time: SimTime) {
        let p = self.parameters;
        let day = time.day();
        let month = Month::of_day(day).month();
        let tick = p.spec.run.tick_minutes as f64;
        let (part_of_day, left_of_day) =
            (tick / MINUTES_PER_DAY as f64, (MINUTES_PER_DAY - time.minute_of_day()) as f64);
        let learning = &p.spec.learning;
        let apps = &mut self.world.apps;
        for cell in &mut self.world.cells {
            let (region, channel) = (cell.region, cell.channel);
            let price = p.spec.supply.outside_price(region, channel, month);
            cell.supply = p.spec.supply.impressions_per_day(region, channel, day) * part_of_day;
            cell.outside = p.frechet.outside_strength(price);
            cell.floor = p.spec.auction.floor_share * price;
            let depletion = p.spec.response.depletion(self.world.regions.users_per_person(region));
            for seat in 0..cell.app.len() {
                let app = cell.app[seat];
                let at = apps.at(app, region);
                let believed = if learning.enabled {
                    let (count, exposure) = (cell.count[seat], cell.exposure[seat]);
                    mean_by_count(learning.prior_conversions, cell.prior[seat], count, exposure)
                } else {
                    cell.conversion[seat] * depletion * apps.yield_ratio[app as usize]
                };
                cell.believed[seat] = believed;
                cell.strength[seat] =
                    apps.creative_strength[at] * p.frechet.strength(apps.bid[at] * believed);
            }
        }
        let share_of_rest = tick / left_of_day;
        let (budget, expected) = (&mut self.tick_budget, &mut self.expected_spend);
        for app in &apps.live {
            let i = *app as usize;
            budget[i] = (apps.cap[i] - apps.spent[i]).to_f64() * share_of_rest;
            // Without a budget an app is out before the first pass, or it would move the prices that others pace against.
            if !(budget[i] > 0.0) {
                apps.factor[i] = 0.0;
            } else if !p.spec.pacing.enabled || apps.factor[i] < RESTART_BELOW {
                apps.factor[i] = 1.0;
            }
        }
        if p.spec.pacing.enabled {
            for _ in 0..p.spec.pacing.passes {
                expected.fill(0.0);
                for cell in &self.world.cells {
                    let phi = cell.outside
                        + cell
                            .app
                            .iter()
                            .zip(&cell.strength)
                            .map(|(a, t)| apps.factor[*a as usize] * t)
                            .sum::<f64>();
                    let clearing = p.frechet.clear(phi, cell.floor);
                    let sold = cell.supply * clearing.sold_share / phi;
                    for (app, strength) in cell.app.iter().zip(&cell.strength) {
                        let t = apps.factor[*app as usize] * strength;
                        expected[*app as usize] += sold * t * p.frechet.mean_price(&clearing, t);
                    }
                }
                for app in &apps.live {
                    let i = *app as usize;
                    apps.factor[i] = pacing::rescale(apps.factor[i], budget[i], expected[i]);
                }
            }
        }
        for app in &apps.live {
            let i = *app as usize;
            apps.lambda[i] = apps.factor[i].powf(p.frechet.inv_theta);
        }
    }

    /// Sells the impressions of a cell for one tick.
    pub(super) fn clear_batch(&mut self, index: u32, time: SimTime) {
        let p = self.parameters;
        let day = time.day();
        let learning = &p.spec.learning;
        let memory =
            learning.conversion_memory_per_day.powf(p.spec.run.tick_minutes as f64 / MINUTES_PER_DAY as f64);
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
                if learning.enabled {
                    cell.count[seat] *= memory;
                    cell.exposure[seat] *= memory;
                }
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
            self.laws.check(10, day, apps.alive[i], || format!("app {app} is dead and bids"));
            let at = apps.at(app, cell.region);
            let bid = apps.lambda[i] * apps.bid[at];
            // Winners are selected by match: a won impression converts at score / bid, times true over believed rate.
            let exposure = n as f64 * clearing.mean_score / (bid * cell.believed[seat]);
            let expected = exposure * cell.conversion[seat] * depletion;
            let rate = if n > 0 { expected * apps.yield_ratio[i] / n as f64 } else { 0.0 };
            let hidden_share = learning.unobserved_share;
            let seen = response::thin(&mut stream, n, rate * (1.0 - hidden_share));
            let hidden = response::thin(&mut stream, n - seen, rate * hidden_share);
            let installs = seen + hidden;
            self.laws.check(5, day, installs <= n, || {
                format!("app {app}: {installs} installs of {n} impressions")
            });
            if learning.enabled {
                cell.count[seat] = discounted(cell.count[seat], memory, seen as f64 / (1.0 - hidden_share));
                cell.exposure[seat] = discounted(cell.exposure[seat], memory, exposure);
            }
            apps.cash[i] -= paid;
            apps.spent[i] += paid;
            apps.account[i].ad_spend += paid;
            apps.month_spend[i] += paid;
            apps.month_contribution[i] -= paid;
            apps.impressions[i] += n as f64;
            apps.region_impressions[at] += n as f64;
            apps.expected_installs[i] += expected;
            apps.lot_spend_usd[i] += paid.to_f64();
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
        (cell.won, cell.revenue) = (won, revenue);
        self.world.ledger.platform_revenue += revenue;
        self.month.impressions += won;
        self.auctions += offered;
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
