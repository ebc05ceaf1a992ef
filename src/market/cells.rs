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
    /// Prior mean of conversion.
    pub prior: Vec<f64>,
    /// Believed conversion, as used in this tick's bids.
    pub believed: Vec<f64>,
    /// Strength at full bid in this tick, USD^θ.
    pub strength: Vec<f64>,
    /// Impressions offered in this tick.
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

    /// Seats an app whose index is above all seated ones.
    pub fn seat(&mut self, app: u32, conversion: f64, prior: f64) {
        self.app.push(app);
        self.conversion.push(conversion);
        self.count.push(0.0);
        self.exposure.push(0.0);
        self.prior.push(prior);
        self.believed.push(prior);
        self.strength.push(0.0);
    }

    /// Takes an app's seat away, keeping the order of the others.
    pub fn unseat(&mut self, app: u32) {
        if let Ok(seat) = self.app.binary_search(&app) {
            self.app.remove(seat);
            for column in [
                &mut self.conversion,
                &mut self.count,
                &mut self.exposure,
                &mut self.prior,
                &mut self.believed,
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
        for app in [2, 5, 9] {
            cell.seat(app, f64::from(app), 1.0);
        }
        cell.unseat(5);
        cell.unseat(77);
        assert_eq!(cell.app, [2, 9]);
        assert_eq!(cell.conversion, [2.0, 9.0]);
        assert_eq!(cell.strength.len(), 2);
    }
}
