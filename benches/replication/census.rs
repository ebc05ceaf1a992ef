//! Counts what one replication draws, so that the limit draws as much at the same means.

use bidcast::engine::{Event, Observer, Simulation};
use bidcast::market::cohorts::NO_BOOK;
use bidcast::market::world::World;
use bidcast::scenario::Scenario;
use bidcast::units::SimTime;

/// What one seat bought in one batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Purchase {
    /// Impressions.
    pub(crate) impressions: f32,
    /// Installs expected of them.
    pub(crate) installs: f32,
}

/// Means of all draws of one replication, by what they are of.
#[derive(Debug, Default)]
pub(crate) struct Census {
    /// Conversions seen of each lot, each day.
    pub(crate) lot_means: Vec<f32>,
    /// Lots launched.
    pub(crate) lots: usize,
    /// What each seat bought, in each batch.
    pub(crate) purchases: Vec<Purchase>,
    /// Installs of each cohort.
    pub(crate) cohorts: Vec<f32>,
    /// Mean organic installs of each app and region, each day.
    pub(crate) organic: Vec<f32>,
    /// Conversions by number of lot, as of its app's last creative day.
    conversions: Vec<f32>,
    impressions: Vec<f64>,
    expected: Vec<f64>,
}

impl Census {
    /// Watches a replication.
    pub(crate) fn take(scenario: &Scenario, replication: u64) -> Self {
        let mut census = Self::default();
        let record = Simulation::new(scenario, scenario.seed(), replication).run(&mut census);
        assert!(record.is_ok(), "a law is broken");
        census
    }
}

impl Observer for Census {
    fn observe(&mut self, _: SimTime, event: &Event, world: &World) {
        let apps = &world.apps;
        self.impressions.resize(apps.len(), 0.0);
        self.expected.resize(apps.len(), 0.0);
        match *event {
            Event::LotLaunch(app) => {
                let known = self.lots;
                self.lots = world.lots.launched as usize;
                self.conversions.resize(self.lots, 0.0);
                for lot in apps.lots[app as usize].iter().chain(&world.lots.retired) {
                    let at = lot.number as usize;
                    if at < known {
                        self.lot_means.push(lot.conversions - self.conversions[at]);
                        self.conversions[at] = lot.conversions;
                    }
                }
                // The app counts from 0 again.
                (self.impressions[app as usize], self.expected[app as usize]) = (0.0, 0.0);
            }
            Event::AuctionBatch(cell) => {
                for app in &world.cells[cell as usize].app {
                    let i = *app as usize;
                    let impressions = (apps.impressions[i] - self.impressions[i]) as f32;
                    let installs = (apps.expected_installs[i] - self.expected[i]) as f32;
                    (self.impressions[i], self.expected[i]) =
                        (apps.impressions[i], apps.expected_installs[i]);
                    self.purchases.push(Purchase { impressions, installs });
                }
            }
            Event::OrganicTick(region) => {
                for app in &apps.live {
                    let at = apps.at(*app, region as usize);
                    if apps.book[at] != NO_BOOK {
                        // Tomorrow's cohort is today's organic installs and about as many paid ones as today.
                        let organic = apps.organic_installs[at] as f32;
                        self.organic.push(organic);
                        self.cohorts.push(organic + apps.chart_installs[at] as f32);
                    }
                }
            }
            _ => {}
        }
    }
}
