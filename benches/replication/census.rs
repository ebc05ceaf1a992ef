//! Counts what one replication draws and over what it sums, so that the limits draw as much at the same means and sum as much.

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
    /// Lots among `lot_means` that one app looked at on one day, by creative day.
    pub(crate) creative_days: Vec<u32>,
    /// Lots on air at most, at the end of a day.
    pub(crate) on_air: usize,
    /// App of each purchase.
    pub(crate) buyers: Vec<u32>,
    /// Purchases of each batch.
    pub(crate) batches: Vec<u32>,
    /// Seats in all cells together at most.
    pub(crate) seats: usize,
    /// App of each cohort.
    pub(crate) owners: Vec<u32>,
    /// Cohorts of each day: as many as there are books, one for each app and region.
    pub(crate) books: Vec<u32>,
    /// Days lived by all cohorts: sums of an engine that visits each cohort each day.
    pub(crate) cohort_days: u64,
    /// Apps that there ever were.
    pub(crate) apps: usize,
    /// Cohorts so far by app and region.
    ages: Vec<u32>,
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
        let sum = |counts: &[u32]| counts.iter().map(|n| *n as usize).sum::<usize>();
        assert_eq!(sum(&census.creative_days), census.lot_means.len());
        assert_eq!(sum(&census.batches), census.purchases.len());
        assert_eq!(sum(&census.books), census.cohorts.len());
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
                let (known, before) = (self.lots, self.lot_means.len());
                self.lots = world.lots.launched as usize;
                self.conversions.resize(self.lots, 0.0);
                for lot in apps.lots[app as usize].iter().chain(&world.lots.retired) {
                    let at = lot.number as usize;
                    if at < known {
                        self.lot_means.push(lot.conversions - self.conversions[at]);
                        self.conversions[at] = lot.conversions;
                    }
                }
                self.creative_days.push((self.lot_means.len() - before) as u32);
                // The app counts from 0 again.
                (self.impressions[app as usize], self.expected[app as usize]) = (0.0, 0.0);
            }
            Event::AuctionBatch(cell) => {
                self.batches.push(world.cells[cell as usize].app.len() as u32);
                for app in &world.cells[cell as usize].app {
                    let i = *app as usize;
                    let impressions = (apps.impressions[i] - self.impressions[i]) as f32;
                    let installs = (apps.expected_installs[i] - self.expected[i]) as f32;
                    (self.impressions[i], self.expected[i]) =
                        (apps.impressions[i], apps.expected_installs[i]);
                    self.purchases.push(Purchase { impressions, installs });
                    self.buyers.push(*app);
                }
            }
            Event::OrganicTick(region) => {
                self.ages.resize(apps.book.len(), 0);
                for app in &apps.live {
                    let at = apps.at(*app, region as usize);
                    if apps.book[at] != NO_BOOK {
                        // Tomorrow's cohort is today's organic installs and about as many paid ones as today.
                        let organic = apps.organic_installs[at] as f32;
                        self.organic.push(organic);
                        self.cohorts.push(organic + apps.chart_installs[at] as f32);
                        self.owners.push(*app);
                        self.ages[at] += 1;
                        self.cohort_days += u64::from(self.ages[at]);
                    }
                }
            }
            Event::Snapshot => {
                let known: usize = self.books.iter().map(|n| *n as usize).sum();
                self.books.push((self.cohorts.len() - known) as u32);
                let on_air = apps.live.iter().map(|app| apps.lots[*app as usize].len()).sum();
                self.on_air = self.on_air.max(on_air);
                self.seats = self.seats.max(world.cells.iter().map(|cell| cell.app.len()).sum());
                self.apps = apps.len();
            }
            _ => {}
        }
    }
}
