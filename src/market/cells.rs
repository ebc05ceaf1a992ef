//! Cells (channel × region): the places where auctions are held, and the seats of the apps that bid there.

use crate::units::Usd;

/// Seats of one cell, structure-of-arrays, in order of app index so that sums never depend on history.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    /// Region.
    pub region: usize,
    /// Channel.
    pub channel: usize,
    /// App of each seat, rising.
    pub app: Vec<u32>,
    /// True conversion per impression at match 1.
    pub conversion: Vec<f64>,
    /// Discounted observed installs.
    pub count: Vec<f64>,
    /// Discounted exposure.
    pub exposure: Vec<f64>,
    /// Conversions seen since midnight, scaled up for those that cannot be.
    pub seen_today: Vec<f64>,
    /// Exposure since midnight.
    pub exposure_today: Vec<f64>,
    /// Observed conversions that are still to be reported, by day.
    pub unreported: Vec<[f64; 3]>,
    /// Prior mean of conversion.
    pub prior: Vec<f64>,
    /// Believed conversion, as used in this tick's bids.
    pub believed: Vec<f64>,
    /// Smoothed share of the cell's total strength.
    pub share: Vec<f64>,
    /// Factor on bids from shading in this tick, 1 where the price is the second.
    pub shading: Vec<f64>,
    /// Strength at full bid, shaded, in this tick, USD^θ.
    pub strength: Vec<f64>,
    /// Factor on conversion in this tick from people who have the apps already.
    pub depletion: f64,
    /// Impressions of this tick, sold or kept.
    pub impressions: f64,
    /// Impressions offered in this tick's auctions.
    pub supply: f64,
    /// Strength of outside demand in this tick.
    pub outside: f64,
    /// Floor in this tick, USD per impression.
    pub floor: f64,
    /// Impressions that apps won in the last batch.
    pub won: u64,
    /// What they paid for them.
    pub revenue: Usd,
}

impl Cell {
    /// An empty cell.
    pub fn new(region: usize, channel: usize) -> Self {
        Self { region, channel, ..Self::default() }
    }

    /// Seats an app at its place in the order of indices; an app that has a seat keeps it.
    pub fn seat(&mut self, app: u32, conversion: f64, prior: f64) {
        if let Err(seat) = self.app.binary_search(&app) {
            self.app.insert(seat, app);
            self.conversion.insert(seat, conversion);
            self.count.insert(seat, 0.0);
            self.exposure.insert(seat, 0.0);
            self.seen_today.insert(seat, 0.0);
            self.exposure_today.insert(seat, 0.0);
            self.unreported.insert(seat, [0.0; 3]);
            self.prior.insert(seat, prior);
            self.believed.insert(seat, prior);
            self.share.insert(seat, 0.0);
            self.shading.insert(seat, 1.0);
            self.strength.insert(seat, 0.0);
        }
    }

    /// Takes an app's seat away, keeping the order of the others.
    pub fn unseat(&mut self, app: u32) {
        if let Ok(seat) = self.app.binary_search(&app) {
            self.app.remove(seat);
            self.unreported.remove(seat);
            for column in [
                &mut self.conversion,
                &mut self.count,
                &mut self.exposure,
                &mut self.seen_today,
                &mut self.exposure_today,
                &mut self.prior,
                &mut self.believed,
                &mut self.share,
                &mut self.shading,
                &mut self.strength,
            ] {
                column.remove(seat);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unseating_keeps_the_order_of_the_others() {
        let mut cell = Cell::new(0, 0);
        for app in [5, 9, 2, 5] {
            cell.seat(app, f64::from(app), 1.0);
        }
        cell.unseat(5);
        cell.unseat(77);
        assert_eq!(cell.app, [2, 9]);
        assert_eq!(cell.conversion, [2.0, 9.0]);
        assert_eq!(cell.strength.len(), 2);
    }
}
