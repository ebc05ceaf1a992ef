//! A stretch of months of one replication, summed, as metrics read it.

use std::collections::BTreeMap;

use crate::engine::{MonthRecord, Record};
use crate::stats::SizeHistogram;
use crate::units::Usd;

/// Months `from..to` of a record.
#[derive(Debug)]
pub struct Period<'a> {
    record: &'a Record,
    from: usize,
    to: usize,
    /// In-app purchases by app, largest first, USD.
    pub iap_by_app: Vec<f64>,
}

impl<'a> Period<'a> {
    /// The months `from..to`, which must lie in the record.
    pub fn new(record: &'a Record, from: usize, to: usize) -> Self {
        let mut by_app: BTreeMap<u32, Usd> = BTreeMap::new();
        for month in &record.months[from..to] {
            for (app, iap) in &month.iap_by_app {
                *by_app.entry(*app).or_insert(Usd::ZERO) += *iap;
            }
        }
        let mut iap_by_app: Vec<f64> = by_app.values().map(|x| x.to_f64()).collect();
        iap_by_app.sort_by(|a, b| b.total_cmp(a));
        Self { record, from, to, iap_by_app }
    }

    /// The months.
    pub fn months(&self) -> &'a [MonthRecord] {
        &self.record.months[self.from..self.to]
    }

    /// The months of the same length just before, if they were simulated.
    pub fn before(&self) -> Option<&'a [MonthRecord]> {
        let n = self.to - self.from;
        (self.from >= n).then(|| &self.record.months[self.from - n..self.from])
    }

    /// The first half of the months; empty for a single month.
    pub fn first_half(&self) -> &'a [MonthRecord] {
        &self.record.months[self.from..self.from + (self.to - self.from) / 2]
    }

    /// The last month of the first half; the month itself when there is only one.
    pub fn middle(&self) -> &'a MonthRecord {
        let half = (self.to - self.from) / 2;
        &self.record.months[if half == 0 { self.from } else { self.from + half - 1 }]
    }

    /// The first month.
    pub fn first(&self) -> &'a MonthRecord {
        &self.record.months[self.from]
    }

    /// The last month.
    pub fn last(&self) -> &'a MonthRecord {
        &self.record.months[self.to - 1]
    }

    /// Yearly in-app purchases from which an app is measurable, for this length of time, USD.
    pub fn measurable_iap_usd(&self) -> f64 {
        self.record.measurable_iap_usd * (self.to - self.from) as f64 / 12.0
    }

    /// Spend share of the top materials among those that went off air.
    pub fn top_materials_share(&self) -> f64 {
        let mut spend = SizeHistogram::default();
        for month in self.months() {
            spend.absorb(&month.material_spend);
        }
        spend.top_share(self.record.top_materials_share).unwrap_or(0.0)
    }
}

/// Sum over months of an amount of money, USD.
pub(crate) fn usd(months: &[MonthRecord], of: fn(&MonthRecord) -> Usd) -> f64 {
    months.iter().map(of).sum::<Usd>().to_f64()
}

/// Sum over months of a count.
pub(crate) fn count(months: &[MonthRecord], of: fn(&MonthRecord) -> u64) -> f64 {
    months.iter().map(of).sum::<u64>() as f64
}
