//! Ad materials are cut from titles, learned about, and retired.

use super::event::Event;
use super::record::LotRecord;
use super::simulation::{Simulation, days, occurrence};
use crate::market::creatives::NewLot;
use crate::market::purpose::Purpose;
use crate::units::{MINUTES_PER_DAY, SimTime, Usd};

impl Simulation<'_> {
    /// An app's creative day: learn from yesterday, retire the bad, launch the new, weigh them all.
    pub(super) fn launch_lots(&mut self, app: u32, time: SimTime) {
        let i = app as usize;
        if self.parameters.spec.creatives.enabled {
            self.learn_from_lots(app, time.day());
            if self.parameters.spec.creatives.replacement_enabled {
                self.retire_bad_lots(app, time);
            }
            self.launch_new_lots(app, time);
            self.weigh_lots(app, time);
        }
        let apps = &mut self.world.apps;
        (apps.impressions[i], apps.expected_installs[i], apps.lot_spend_usd[i]) = (0.0, 0.0, 0.0);
        for k in 0..apps.born[i].regions.len() {
            let at = apps.at(app, apps.born[i].regions[k]);
            apps.region_impressions[at] = 0.0;
        }
        let next = time.plus_days(1);
        self.world.apps.creative_ticket[i] = self.schedule(next, Event::LotLaunch(app));
    }

    /// Splits what was bought since yesterday over the lots and updates beliefs about them.
    fn learn_from_lots(&mut self, app: u32, day: i64) {
        let p = self.parameters;
        let i = app as usize;
        let apps = &self.world.apps;
        let bought = apps.impressions[i];
        if !(bought > 0.0) {
            return;
        }
        self.sum_by_title(app);
        let (apps, lots, titles) = (&self.world.apps, &mut self.world.lots, &mut self.world.titles);
        // Impressions per unit of lot weight in each region, as of yesterday's weights.
        let per_weight: Vec<(usize, f64)> = apps.born[i]
            .regions
            .iter()
            .map(|&r| {
                let total: f64 = self.aired.iter().map(|t| titles.sum[*t as usize] * titles.fit(*t)[r]).sum();
                (r, if total > 0.0 { apps.region_impressions[apps.at(app, r)] / total } else { 0.0 })
            })
            .collect();
        for &title in &self.aired {
            titles.sum[title as usize] = per_weight.iter().map(|(r, per)| per * titles.fit(title)[*r]).sum();
        }
        let (expected, spend) = (apps.expected_installs[i], apps.lot_spend_usd[i]);
        let observed = 1.0 - p.spec.learning.unobserved_share;
        let creatives = &p.spec.creatives;
        let (prior, prior_scale) =
            (creatives.prior_conversions, creatives.prior_conversions / p.mean_attractiveness);
        let mut stream = self.streams.open(Purpose::LotLearning.code(), apps.born[i].key, occurrence(day, 0));
        for &lot in &apps.lots[i] {
            let lot = &mut lots.state[lot as usize];
            let title = lot.title;
            let impressions = f64::from(lot.materials) * lot.weight * titles.sum[title as usize];
            let share = impressions / bought;
            let installs = expected * share * observed;
            let seen = stream.poisson(installs * lot.yield_ratio) as f64;
            lot.shape = creatives.remembered(lot.shape, prior, seen);
            // What attractiveness 1 would have yielded: installs at the played ratio, over believed attractiveness.
            let at_one = installs * lot.yield_ratio / lot.attractiveness;
            lot.inverse_scale = creatives.remembered(lot.inverse_scale, prior_scale, at_one);
            lot.conversions += seen;
            lot.spend_usd += spend * share;
            titles.exposures[title as usize] += impressions;
        }
    }

    /// Sums materials × weight of an app's lots by title, and lists the titles that have any.
    fn sum_by_title(&mut self, app: u32) {
        let (lots, titles) = (&self.world.lots, &mut self.world.titles);
        let own = &self.world.apps.lots[app as usize];
        self.aired.clear();
        for &lot in own {
            titles.sum[lots.state[lot as usize].title as usize] = -1.0;
        }
        for &lot in own {
            let lot = &lots.state[lot as usize];
            let sum = &mut titles.sum[lot.title as usize];
            if *sum < 0.0 {
                self.aired.push(lot.title);
                *sum = 0.0;
            }
            *sum += f64::from(lot.materials) * lot.weight;
        }
    }

    /// Retires lots whose cost per install is far above the app's median lot.
    fn retire_bad_lots(&mut self, app: u32, time: SimTime) {
        let p = self.parameters;
        let lots = &self.world.lots;
        let prior = p.spec.creatives.prior_conversions;
        // One conversion is added to each lot: a lot without any is judged by what it has cost so far.
        let shown: Vec<(u32, f64)> = self.world.apps.lots[app as usize]
            .iter()
            .filter(|lot| lots.state[**lot as usize].spend_usd > 0.0)
            .map(|lot| {
                (*lot, lots.state[*lot as usize].spend_usd / (lots.state[*lot as usize].conversions + 1.0))
            })
            .collect();
        if (shown.len() as f64) < prior {
            return;
        }
        let mut costs: Vec<f64> = shown.iter().map(|(_, cost)| *cost).collect();
        let middle = costs.len() / 2;
        let (_, median, _) = costs.select_nth_unstable_by(middle, f64::total_cmp);
        let limit = *median * p.spec.creatives.retire_cpi_ratio;
        for (lot, cost) in shown {
            if cost > limit {
                let ticket = self.world.lots.ticket[lot as usize].take();
                self.cancel(ticket);
                self.retire_lot(lot, time);
            }
        }
    }

    fn launch_new_lots(&mut self, app: u32, time: SimTime) {
        let p = self.parameters;
        let creatives = &p.spec.creatives;
        let i = app as usize;
        let apps = &self.world.apps;
        if apps.titles[i].is_empty() {
            return;
        }
        let mut stream =
            self.streams.open(Purpose::Creative.code(), apps.born[i].key, occurrence(time.day(), 0));
        let spend = apps.spend_smooth[i];
        let wanted = if spend > 0.0 { creatives.materials_per_day(spend) } else { 0.0 };
        let starts = apps.lots[i].is_empty() && apps.spendable(app) > Usd::ZERO;
        let starters = if starts { creatives.starter_materials } else { 0.0 };
        let n = stream.poisson(wanted + starters);
        self.month.materials += n;
        if n == 0 {
            return;
        }
        let n_lots = (n as f64 / creatives.materials_per_lot).ceil() as u64;
        let today = days(time);
        // A cut takes its title in proportion to appeal today: editors work on what pulls.
        let weights: Vec<f64> = apps.titles[i]
            .iter()
            .map(|title| {
                let t = *title as usize;
                let age = today - self.world.titles.released_day[t];
                p.spec
                    .content
                    .decayed(self.world.titles.log_appeal[t], self.world.titles.half_life_days[t], age)
                    .exp()
            })
            .collect();
        for k in 0..n_lots {
            let materials = (n * (k + 1) / n_lots - n * k / n_lots) as u32;
            let place = stream.pick(&weights);
            let title = self.world.apps.titles[i][place];
            let attractiveness = creatives.attractiveness(stream.normal(), p.frechet.theta);
            let life = creatives.life(stream.gamma(2.0));
            let prior = creatives.prior_conversions;
            let lot = self.world.lots.add(&NewLot {
                app,
                title,
                materials,
                attractiveness,
                prior_shape: prior,
                prior_inverse_scale: prior / p.mean_attractiveness,
                launched_day: today,
            });
            self.world.titles.attach_lot(title);
            let own = &mut self.world.apps.lots[i];
            self.world.lots.place[lot as usize] = own.len() as u32;
            own.push(lot);
            let at = time.add_minutes(((life * MINUTES_PER_DAY as f64) as i64).max(1));
            self.world.lots.ticket[lot as usize] = self.schedule(at, Event::LotRetire(lot));
        }
    }

    /// Weighs an app's lots for the day: strength by region and the yield of the mix.
    fn weigh_lots(&mut self, app: u32, time: SimTime) {
        let p = self.parameters;
        let (creatives, theta) = (&p.spec.creatives, p.frechet.theta);
        let i = app as usize;
        let apps = &mut self.world.apps;
        let regions = &apps.born[i].regions;
        let reach: f64 = regions.iter().map(|r| self.world.regions.people[*r]).sum();
        let today = days(time);
        let lots = &mut self.world.lots;
        let titles = &mut self.world.titles;
        let (mut n, mut believed, mut played) = (0.0, 0.0, 0.0);
        let explore = creatives.explore_share;
        for &lot in &apps.lots[i] {
            let lot = &mut lots.state[lot as usize];
            let t = lot.title as usize;
            if titles.strength_day[t] != time.day() {
                // Once a day and title, not once a lot.
                let age = today - titles.released_day[t];
                let appeal = p.spec.content.decayed(titles.log_appeal[t], titles.half_life_days[t], age);
                let fatigue = p.spec.fatigue.factor(titles.exposures[t] / reach);
                titles.strength[t] = (theta * appeal).exp() * fatigue.powf(theta);
                titles.strength_day[t] = time.day();
            }
            let mean = lot.shape / lot.inverse_scale;
            let exploited = mean.powf(theta);
            let [up, below] = p.thompson.at(lot.shape);
            let pull = exploited * (1.0 - explore + explore * up);
            // Installs go as truth over the value played, so one power less.
            let yields = lot.attractiveness / mean * (1.0 - explore + explore * below)
                / (1.0 - explore + explore * up);
            let weight = titles.strength[t] * pull;
            lot.weight = weight;
            lot.yield_ratio = yields;
            let materials = f64::from(lot.materials);
            n += materials;
            believed += materials * weight;
            played += materials * weight * yields;
        }
        self.sum_by_title(app);
        let (apps, titles) = (&mut self.world.apps, &self.world.titles);
        let discount = creatives.variation_discount(n);
        apps.yield_ratio[i] = if believed > 0.0 { played / believed } else { 1.0 };
        for k in 0..apps.born[i].regions.len() {
            let region = apps.born[i].regions[k];
            let at = apps.at(app, region);
            let sum: f64 = self.aired.iter().map(|t| titles.sum[*t as usize] * titles.fit(*t)[region]).sum();
            apps.creative_strength[at] = discount * sum;
        }
    }

    /// Takes a lot off air.
    pub(super) fn retire_lot(&mut self, lot: u32, time: SimTime) {
        let l = lot as usize;
        let app = self.world.lots.app[l] as usize;
        let materials = self.world.lots.state[l].materials;
        self.month.retired_materials += u64::from(materials);
        self.month.retired_material_days +=
            f64::from(materials) * (days(time) - self.world.lots.launched_day[l]);
        self.month.lots.push(LotRecord {
            materials,
            spend_per_material_usd: (self.world.lots.state[l].spend_usd / f64::from(materials)) as f32,
        });
        self.world.lots.ticket[l] = None;
        let own = &mut self.world.apps.lots[app];
        let place = self.world.lots.place[l] as usize;
        own.swap_remove(place);
        if let Some(moved) = own.get(place) {
            self.world.lots.place[*moved as usize] = place as u32;
        }
        self.world.titles.detach_lot(self.world.lots.state[l].title);
        self.world.lots.remove(lot);
    }
}
