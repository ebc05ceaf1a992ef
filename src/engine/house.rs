//! Platforms show their own apps on the impressions that they keep.

use super::simulation::Simulation;
use crate::market::purpose::Purpose;
use crate::mechanisms::{house, response};

impl Simulation<'_> {
    /// Share of a cell's impressions that its owner keeps, over all kinds of apps that it has there.
    pub(super) fn kept_share(&self, index: usize) -> f64 {
        let p = self.parameters;
        let channel = self.world.cells[index].channel;
        p.house_channels
            .iter()
            .enumerate()
            .filter(|(kind, owned)| **owned == Some(channel) && self.owners(*kind, index).next().is_some())
            .map(|(kind, _)| p.archetypes[kind].house_inventory_share)
            .sum()
    }

    /// Apps of a kind that advertise in a cell, in order of index.
    fn owners(&self, kind: usize, index: usize) -> impl Iterator<Item = u32> {
        let (apps, cell) = (&self.world.apps, &self.world.cells[index]);
        apps.house.iter().copied().filter(move |app| {
            apps.born[*app as usize].archetype == kind && cell.app.binary_search(app).is_ok()
        })
    }

    /// Shows the impressions that a cell's owner keeps for its apps; gives their number.
    pub(super) fn show_house_ads(&mut self, index: u32, day: i64, address: u64) -> u64 {
        let p = self.parameters;
        let channel = self.world.cells[index as usize].channel;
        let mut shown = 0;
        for kind in 0..p.archetypes.len() {
            if p.house_channels[kind] != Some(channel) {
                continue;
            }
            let owners: Vec<u32> = self.owners(kind, index as usize).collect();
            for &app in &owners {
                shown += self.show_to(app, index, owners.len(), day, address);
            }
        }
        self.month.house_impressions += shown;
        shown
    }

    fn show_to(&mut self, app: u32, index: u32, owners: usize, day: i64, address: u64) -> u64 {
        let p = self.parameters;
        let i = app as usize;
        let cell = &mut self.world.cells[index as usize];
        let apps = &mut self.world.apps;
        let Ok(seat) = cell.app.binary_search(&app) else { return 0 };
        let at = apps.at(app, cell.region);
        let mut stream = self.streams.open(Purpose::House.code(), apps.born[i].key, address);
        let share = p.archetypes[apps.born[i].archetype].house_inventory_share;
        let n = stream.poisson(house::per_owner(share, cell.impressions, owners));
        let worth = house::exposure_per_impression(
            p.frechet.mean_match(),
            apps.creative_strength[at],
            p.frechet.inv_theta,
        );
        let exposure = n as f64 * worth;
        let expected = exposure * cell.conversion[seat] * cell.depletion;
        let rate = if n > 0 { expected * apps.yield_ratio[i] / n as f64 } else { 0.0 };
        let unobserved = p.spec.learning.unobserved_share;
        let (installs, seen) = response::draw_installs(&mut stream, n, rate, unobserved);
        self.laws.check(5, day, installs <= n, || {
            format!("app {app}: {installs} installs of {n} house impressions")
        });
        cell.seen_today[seat] += seen as f64 / (1.0 - unobserved);
        cell.exposure_today[seat] += exposure;
        apps.impressions[i] += n as f64;
        apps.region_impressions[at] += n as f64;
        apps.expected_installs[i] += expected;
        apps.paid_installs[at] += installs;
        n
    }
}
