//! Ad materials are cut from titles, learned about, and retired.

use super::event::Event;
use super::simulation::{Simulation, days, occurrence};
use crate::market::creatives::Lot;
use crate::market::purpose::Purpose;
use crate::market::titles::Title;
use crate::math;
use crate::mechanisms::content::ContentParams;
use crate::mechanisms::creatives::remembered;
use crate::units::{MINUTES_PER_DAY, SimTime, Usd};

/// Lots are weighed so many at a time: enough for vector instructions, and no more than the nearest cache holds.
const AT_ONCE: usize = 16;

impl Simulation<'_> {
    /// An app's creative day: learn from yesterday, retire the old and the bad, launch the new, weigh them all.
    pub(super) fn launch_lots(&mut self, app: u32, time: SimTime) {
        let i = app as usize;
        self.world.lots.retired.clear();
        if self.parameters.spec.creatives.enabled {
            let mut lots = std::mem::take(&mut self.world.apps.lots[i]);
            self.learn_from_lots(app, &mut lots, time.day());
            self.retire_lots(app, &mut lots, time);
            self.launch_new_lots(app, &mut lots, time);
            self.weigh_lots(app, &mut lots, time);
            self.world.apps.lots[i] = lots;
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
    fn learn_from_lots(&mut self, app: u32, lots: &mut [Lot], day: i64) {
        let p = self.parameters;
        let i = app as usize;
        let (apps, titles) = (&self.world.apps, &mut self.world.titles);
        let bought = apps.impressions[i];
        if !(bought > 0.0) {
            return;
        }
        // A region's impressions fell on lots by the weights that they had there.
        let first = apps.at(app, 0);
        let per_weight = &mut self.scratch.per_weight;
        per_weight.clear();
        per_weight.extend((first..first + p.n_regions()).map(|at| {
            let weight = apps.lot_weight[at];
            if weight > 0.0 { apps.region_impressions[at] / weight } else { 0.0 }
        }));
        for &title in &apps.aired[i] {
            let per_strength: f64 =
                titles.fit(title).iter().zip(&*per_weight).map(|(fit, per)| fit * per).sum();
            let title = &mut titles[title];
            title.impressions = title.strength * per_strength;
            title.exposures += title.force * title.impressions;
        }
        let observed = 1.0 - p.spec.learning.unobserved_share;
        let (installs_each, spend_each) =
            (apps.expected_installs[i] * observed / bought, apps.lot_spend_usd[i] / bought);
        let creatives = &p.spec.creatives;
        let memory = creatives.evidence_memory_per_day as f32;
        let prior = creatives.prior_conversions as f32;
        let prior_scale = (creatives.prior_conversions / p.mean_attractiveness) as f32;
        let mut stream = self.streams.open(Purpose::LotLearning.code(), apps.born[i].key, occurrence(day, 0));
        for lot in lots {
            let impressions = f64::from(lot.force) * titles[lot.title].impressions;
            // Believed installs times true over believed attractiveness.
            let expected = impressions * installs_each * f64::from(lot.yield_ratio);
            let seen = stream.poisson(expected) as f32;
            lot.shape = remembered(lot.shape, prior, memory, seen);
            // What attractiveness 1 would have yielded.
            let at_one = expected as f32 / lot.attractiveness;
            lot.inverse_scale = remembered(lot.inverse_scale, prior_scale, memory, at_one);
            lot.conversions += seen;
            lot.spend_usd += (impressions * spend_each) as f32;
        }
    }

    /// Takes off air what has had its time, and what costs far more per install than the app's median lot.
    fn retire_lots(&mut self, app: u32, lots: &mut Vec<Lot>, time: SimTime) {
        let limit = self.dearest_kept(lots);
        let (titles, month) = (&mut self.world.titles, &mut self.month);
        let retired = &mut self.world.lots.retired;
        let now = minute(time);
        let mut k = 0;
        while let Some(lot) = lots.get(k) {
            let dear = lot.spend_usd > limit * (lot.conversions + 1.0);
            if lot.ends_minute > now && !dear {
                k += 1;
                continue;
            }
            let mut lot = lots.swap_remove(k);
            lot.ends_minute = lot.ends_minute.min(now);
            month.retired_materials += u64::from(lot.materials);
            month.retired_material_days += f64::from(lot.materials)
                * f64::from(lot.ends_minute - lot.launched_minute)
                / MINUTES_PER_DAY as f64;
            month.material_spend.add(u64::from(lot.materials), lot.spend_usd / lot.materials as f32);
            titles.detach_lot(lot.title);
            retired.push(lot);
        }
        if !retired.is_empty() {
            self.world.apps.aired[app as usize].retain(|title| titles[*title].lots > 0);
        }
    }

    /// Cost per install above which a lot is retired early; infinite when none is.
    fn dearest_kept(&mut self, lots: &[Lot]) -> f32 {
        let creatives = &self.parameters.spec.creatives;
        if !creatives.replacement_enabled {
            return f32::INFINITY;
        }
        let costs = &mut self.scratch.lot_costs;
        costs.clear();
        // One install is added, so that a lot without any is judged by what it has cost so far.
        costs.extend(lots.iter().map(|lot| lot.spend_usd / (lot.conversions + 1.0)));
        costs.retain(|cost| *cost > 0.0);
        if (costs.len() as f64) < creatives.prior_conversions || costs.is_empty() {
            return f32::INFINITY;
        }
        let middle = costs.len() / 2;
        let (_, median, _) = costs.select_nth_unstable_by(middle, f32::total_cmp);
        *median * creatives.retire_cpi_ratio as f32
    }

    fn launch_new_lots(&mut self, app: u32, lots: &mut Vec<Lot>, time: SimTime) {
        let p = self.parameters;
        let creatives = &p.spec.creatives;
        let i = app as usize;
        let apps = &mut self.world.apps;
        if apps.titles[i].is_empty() {
            return;
        }
        let mut stream =
            self.streams.open(Purpose::Creative.code(), apps.born[i].key, occurrence(time.day(), 0));
        let spend = apps.spend_smooth[i];
        let wanted = if spend > 0.0 { creatives.materials_per_day(spend) } else { 0.0 };
        let starts = lots.is_empty() && apps.spendable(app) > Usd::ZERO;
        let starters = if starts { creatives.starter_materials } else { 0.0 };
        let n = stream.poisson(wanted + starters);
        self.month.materials += n;
        if n == 0 {
            return;
        }
        let n_lots = (n as f64 / creatives.materials_per_lot).ceil() as u64;
        let today = days(time);
        // A cut takes its title in proportion to appeal today: editors work on what pulls.
        let titles = &mut self.world.titles;
        let weights = &mut self.scratch.title_weights;
        weights.clear();
        weights.extend(apps.titles[i].iter().map(|title| appeal(&p.spec.content, &titles[*title], today)));
        for weight in weights.iter_mut() {
            *weight = math::exp(*weight);
        }
        let mut total = 0.0;
        for weight in weights.iter_mut() {
            total += *weight;
            *weight = total;
        }
        let (prior, now) = (creatives.prior_conversions, minute(time));
        for k in 0..n_lots {
            let materials = (n * (k + 1) / n_lots - n * k / n_lots) as u32;
            let draw = stream.unit() * total;
            let place = weights.partition_point(|sum| *sum <= draw).min(weights.len() - 1);
            let title = apps.titles[i][place];
            let attractiveness = creatives.attractiveness(stream.normal(), p.frechet.theta);
            let life = creatives.life(stream.gamma_2());
            if titles.attach_lot(title) {
                apps.aired[i].push(title);
            }
            lots.push(Lot {
                shape: prior as f32,
                inverse_scale: (prior / p.mean_attractiveness) as f32,
                force: 0.0,
                yield_ratio: 1.0,
                attractiveness: attractiveness as f32,
                spend_usd: 0.0,
                conversions: 0.0,
                launched_minute: now,
                ends_minute: now.saturating_add(((life * MINUTES_PER_DAY as f64) as i32).max(1)),
                number: self.world.lots.launched,
                title,
                materials,
            });
            self.world.lots.launched += 1;
        }
    }

    /// Weighs an app's lots for the day: strength by region and the yield of the mix.
    fn weigh_lots(&mut self, app: u32, lots: &mut [Lot], time: SimTime) {
        let p = self.parameters;
        let (creatives, theta) = (&p.spec.creatives, p.frechet.theta);
        let i = app as usize;
        let apps = &mut self.world.apps;
        let regions = &apps.born[i].regions;
        let reach: f64 = regions.iter().map(|r| self.world.regions.people[*r]).sum();
        let today = days(time);
        let titles = &mut self.world.titles;
        for chunk in apps.aired[i].chunks(AT_ONCE) {
            let (mut log_strength, mut exposures) = ([0.0; AT_ONCE], [0.0; AT_ONCE]);
            for ((log_strength, exposures), title) in log_strength.iter_mut().zip(&mut exposures).zip(chunk) {
                *log_strength = appeal(&p.spec.content, &titles[*title], today);
                *exposures = titles[*title].exposures / reach;
            }
            for (log_strength, exposures) in log_strength.iter_mut().zip(&exposures) {
                *log_strength = math::exp(theta * (*log_strength + p.spec.fatigue.log_factor(*exposures)));
            }
            for (strength, title) in log_strength.iter().zip(chunk) {
                let title = &mut titles[*title];
                (title.strength, title.force, title.yielding) = (*strength, 0.0, 0.0);
            }
        }
        let mut n = 0_u64;
        let explore = creatives.explore_share as f32;
        for chunk in lots.chunks_mut(AT_ONCE) {
            let (mut mean, mut pull) = ([1.0; AT_ONCE], [0.0; AT_ONCE]);
            for (mean, lot) in mean.iter_mut().zip(chunk.iter()) {
                *mean = lot.shape / lot.inverse_scale;
            }
            for (pull, mean) in pull.iter_mut().zip(&mean) {
                *pull = math::exp_f32(theta as f32 * math::ln_f32(*mean));
            }
            for ((lot, mean), pull) in chunk.iter_mut().zip(&mean).zip(&pull) {
                let [up, below] = p.thompson.at(lot.shape);
                let played = 1.0 - explore + explore * up;
                lot.force = lot.materials as f32 * pull * played;
                // Installs go as truth over the value played, so one power less.
                lot.yield_ratio = lot.attractiveness * (1.0 - explore + explore * below) / (mean * played);
                let title = &mut titles[lot.title];
                title.force += f64::from(lot.force);
                title.yielding += f64::from(lot.force * lot.yield_ratio);
                n += u64::from(lot.materials);
            }
        }
        let (mut believed, mut played) = (0.0, 0.0);
        for &title in &apps.aired[i] {
            believed += titles[title].strength * titles[title].force;
            played += titles[title].strength * titles[title].yielding;
        }
        let discount = creatives.variation_discount(n as f64);
        apps.yield_ratio[i] = if believed > 0.0 { played / believed } else { 1.0 };
        let first = apps.at(app, 0);
        titles.weigh(&apps.aired[i], &mut apps.lot_weight[first..first + p.n_regions()]);
        for &region in &apps.born[i].regions {
            apps.creative_strength[first + region] = discount * apps.lot_weight[first + region];
        }
    }
}

/// Log appeal of a title today.
fn appeal(content: &ContentParams, title: &Title, today: f64) -> f64 {
    content.decayed(title.log_appeal, title.half_life_days, today - title.released_day)
}

/// Minutes from day 0, for as long as a lot can live: calendars that reach further end their lots late.
fn minute(time: SimTime) -> i32 {
    i32::try_from(time.minutes()).unwrap_or(i32::MAX)
}
