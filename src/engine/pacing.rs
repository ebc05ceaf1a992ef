//! Before the auctions of a tick: cells are prepared, and every app paces its bids against what is left of its budget.

use super::simulation::Simulation;
use crate::mechanisms::auction::Format;
use crate::mechanisms::learning::{discounted, mean_by_count, next_report};
use crate::mechanisms::pacing::{self, PacingMethod};
use crate::units::{MINUTES_PER_DAY, Month, SimTime};

/// Below this factor on strength pacing starts again from the full bid: the way up from nothing would take too many passes.
const RESTART_BELOW: f64 = 1e-9;

impl Simulation<'_> {
    /// Prepares all cells for a tick and paces every app.
    pub(super) fn pace(&mut self, time: SimTime) {
        let tick = self.parameters.spec.run.tick_minutes as f64;
        if time.minute_of_day() == 0 && self.parameters.spec.learning.enabled {
            self.learn_from_yesterday();
        }
        self.prepare_cells(time, tick / MINUTES_PER_DAY as f64);
        let params = &self.parameters.spec.pacing;
        let feedback = params.enabled && params.method == PacingMethod::Pid;
        self.allot_budgets(tick / (MINUTES_PER_DAY - time.minute_of_day()) as f64, feedback);
        if params.enabled && !feedback {
            for _ in 0..params.passes {
                self.expect_spend();
                for app in &self.world.apps.live {
                    let i = *app as usize;
                    let factor = &mut self.world.apps.factor[i];
                    *factor = pacing::rescale(*factor, self.tick_budget[i], self.scratch.expected_spend[i]);
                }
            }
        }
        let throttled = params.enabled && params.method == PacingMethod::Throttle;
        let apps = &mut self.world.apps;
        for app in &apps.live {
            let i = *app as usize;
            // Who throttles bids in full, and less often.
            apps.lambda[i] =
                if throttled { 1.0 } else { apps.factor[i].powf(self.parameters.frechet.inv_theta) };
        }
    }

    /// Adds the reports of the day that ended to what every seat believes of its conversion. Beliefs move once a day, however
    /// short the tick: so results do not depend on it.
    fn learn_from_yesterday(&mut self) {
        let learning = &self.parameters.spec.learning;
        let memory = learning.conversion_memory_per_day;
        for cell in &mut self.world.cells {
            for seat in 0..cell.app.len() {
                let later = &mut cell.unreported[seat];
                let due = next_report(later);
                let reported = due + learning.report(std::mem::take(&mut cell.seen_today[seat]), later);
                let exposure = std::mem::take(&mut cell.exposure_today[seat]);
                cell.count[seat] = discounted(cell.count[seat], memory, reported);
                cell.exposure[seat] = discounted(cell.exposure[seat], memory, exposure);
            }
        }
    }

    /// Sets supply, outside demand and floor of each cell, and the strength of every seat at full bid.
    fn prepare_cells(&mut self, time: SimTime, part_of_day: f64) {
        let p = self.parameters;
        let day = time.day();
        let month = Month::of_day(day).month();
        let learning = &p.spec.learning;
        for index in 0..self.world.cells.len() {
            let (region, channel) = (self.world.cells[index].region, self.world.cells[index].channel);
            let kept = self.kept_share(index);
            let (cell, apps) = (&mut self.world.cells[index], &self.world.apps);
            let price = p.spec.supply.outside_price(region, channel, month);
            cell.impressions = p.spec.supply.impressions_per_day(region, channel, day) * part_of_day;
            cell.supply = cell.impressions * (1.0 - kept);
            let format = p.spec.auction.format_by_channel[channel];
            cell.outside = p.frechet.outside_strength(price, format);
            cell.floor = p.spec.auction.floor_share * price;
            cell.depletion = p.spec.response.depletion(self.world.regions.users_per_person(region));
            for seat in 0..cell.app.len() {
                let app = cell.app[seat];
                let at = apps.at(app, region);
                let believed = if learning.enabled {
                    let (count, exposure) = (cell.count[seat], cell.exposure[seat]);
                    mean_by_count(learning.prior_conversions, cell.prior[seat], count, exposure)
                } else {
                    cell.conversion[seat] * cell.depletion * apps.yield_ratio[app as usize]
                };
                cell.believed[seat] = believed;
                let shading = match format {
                    Format::SecondPrice => 1.0,
                    Format::FirstPrice => p.frechet.shade(cell.share[seat], p.spec.auction.shading_share),
                };
                cell.shading[seat] = shading;
                // The full score; a power of it below, for all seats together.
                cell.strength[seat] = apps.bid[at] * believed * shading;
            }
            for strength in &mut cell.strength {
                *strength = p.frechet.strength(*strength);
            }
            for (strength, app) in cell.strength.iter_mut().zip(&cell.app) {
                *strength *= apps.creative_strength[apps.at(*app, region)];
            }
        }
    }

    /// Gives each app its budget for the tick and the factor on strength from which its pacing starts.
    fn allot_budgets(&mut self, share_of_rest: f64, feedback: bool) {
        let params = &self.parameters.spec.pacing;
        let (apps, budget) = (&mut self.world.apps, &mut self.tick_budget);
        for app in &apps.live {
            let i = *app as usize;
            let (last_target, last_spent) = (budget[i], apps.tick_spent_usd[i]);
            budget[i] = (apps.cap[i] - apps.spent[i]).to_f64() * share_of_rest;
            apps.tick_spent_usd[i] = 0.0;
            // Without a budget an app is out before the first pass, or it would move the prices that others pace against.
            if !(budget[i] > 0.0) {
                apps.factor[i] = 0.0;
            } else if !params.enabled || apps.factor[i] < RESTART_BELOW {
                apps.factor[i] = 1.0;
            } else if feedback {
                apps.factor[i] =
                    params.feedback(apps.factor[i], &mut apps.pacing_errors[i], last_spent, last_target);
            }
        }
    }

    /// Works out what every app expects to spend in the tick with its factor of now.
    fn expect_spend(&mut self) {
        let p = self.parameters;
        let (apps, expected) = (&self.world.apps, &mut self.scratch.expected_spend);
        expected.clear();
        expected.resize(apps.len(), 0.0);
        for cell in &self.world.cells {
            let phi = cell.outside
                + cell.app.iter().zip(&cell.strength).map(|(a, t)| apps.factor[*a as usize] * t).sum::<f64>();
            let clearing = p.frechet.clear(phi, cell.floor, p.spec.auction.format_by_channel[cell.channel]);
            let sold = cell.supply * clearing.sold_share / phi;
            for (app, strength) in cell.app.iter().zip(&cell.strength) {
                let t = apps.factor[*app as usize] * strength;
                expected[*app as usize] += sold * t * p.frechet.mean_price(&clearing, t);
            }
        }
    }
}
