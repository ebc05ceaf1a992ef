//! The books: who paid whom, in integer micro-dollars, so that they close exactly.
//!
//! Each flow is posted on both sides by the code that makes it happen, from independent sums where there are any; the
//! engine's laws then compare the sides.

use crate::units::Usd;

/// Account of one app since birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Account {
    /// Money at birth.
    pub start: Usd,
    /// Rounds received.
    pub funding: Usd,
    /// Payouts received.
    pub receipts: Usd,
    /// Paid to ad platforms.
    pub ad_spend: Usd,
    /// Paid for titles.
    pub content: Usd,
    /// Running costs.
    pub operating: Usd,
    /// Revenue net of fees, received or not.
    pub net_revenue: Usd,
    /// Revenue gross of fees: payments and in-app ads.
    pub gross: Usd,
    /// In-app purchases, the part of it that came through stores.
    pub iap: Usd,
}

impl Account {
    /// Cash that the account implies.
    pub fn cash(&self) -> Usd {
        self.start + self.funding + self.receipts - self.ad_spend - self.content - self.operating
    }

    /// Takes over the account of an app that was bought.
    pub fn absorb(&mut self, other: Self) {
        self.start += other.start;
        self.funding += other.funding;
        self.receipts += other.receipts;
        self.ad_spend += other.ad_spend;
        self.content += other.content;
        self.operating += other.operating;
        self.net_revenue += other.net_revenue;
        self.gross += other.gross;
        self.iap += other.iap;
    }

    /// What was posted since the account stood at `before`.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        Self {
            start: self.start - before.start,
            funding: self.funding - before.funding,
            receipts: self.receipts - before.receipts,
            ad_spend: self.ad_spend - before.ad_spend,
            content: self.content - before.content,
            operating: self.operating - before.operating,
            net_revenue: self.net_revenue - before.net_revenue,
            gross: self.gross - before.gross,
            iap: self.iap - before.iap,
        }
    }

    /// Money earned and not yet received.
    pub fn receivable(&self) -> Usd {
        self.net_revenue - self.receipts
    }
}

/// Totals of the market since the start of the simulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MarketLedger {
    /// Paid by consumers through stores.
    pub consumers_in_app: Usd,
    /// Paid by consumers on the web.
    pub consumers_web: Usd,
    /// Paid by advertisers for ads inside the apps.
    pub in_app_advertisers: Usd,
    /// Kept by stores.
    pub store_fees: Usd,
    /// Kept by web payment providers.
    pub web_fees: Usd,
    /// Credited to developers, net of fees.
    pub developers_net: Usd,
    /// Revenue of ad platforms from these apps, summed over cells.
    pub platform_revenue: Usd,
    /// Receivables of apps that left, still owed to their owners.
    pub estate_receivable: Usd,
}
