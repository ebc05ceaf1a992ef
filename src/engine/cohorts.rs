//! Installs become cohorts; cohorts age, use and pay; what is due is paid out.

use super::scratch::{Offer, RegionDay};
use super::simulation::{Simulation, occurrence, smooth};
use crate::market::apps::PAYOUT_RING_DAYS;
use crate::market::purpose::Purpose;
use crate::mechanisms::bidding;
use crate::mechanisms::learning::discounted;
use crate::units::Usd;

impl Simulation<'_> {
    /// Turns the day's installs into cohorts, ages all cohorts, and realises what they offer against the wallets.
    pub(super) fn age_cohorts(&mut self, day: i64) {
        let p = self.parameters;
        let n_regions = p.n_regions();
        self.scratch.offers.clear();
        self.scratch.regions.clear();
        self.scratch.regions.resize(n_regions, RegionDay::default());
        for k in 0..self.world.apps.live.len() {
            let app = self.world.apps.live[k];
            let i = app as usize;
            let archetype = &p.archetypes[self.world.apps.born[i].archetype];
            let net_share = bidding::net_payer_share(
                archetype.web_share,
                p.spec.cash.store_fee_share,
                p.spec.cash.web_fee_share,
            );
            let (mut counted, mut paid_all, mut organic_all) = (0.0, 0.0, 0.0);
            for r in 0..self.world.apps.born[i].regions.len() {
                let region = self.world.apps.born[i].regions[r];
                let at = self.world.apps.at(app, region);
                let (paid, organic) = self.create_cohort(app, region, day);
                let book = self.world.apps.book[at];
                let active = self.world.books.people_at(book, &p.retention.daily);
                let app_users = self.world.books.people_at(book, &p.retention.monthly);
                self.world.apps.active_users[at] = active;
                let payments_usd = self.world.books.value_at(book, &p.payments);
                let ads_usd = active * self.arpdau_usd[region] * archetype.ad_intensity;
                let sum = &mut self.scratch.regions[region];
                sum.payments_usd += payments_usd;
                sum.ads_usd += ads_usd;
                sum.app_users += app_users;
                sum.paid_installs += paid as f64;
                counted += (paid + organic) as f64 * self.counted_value(app, region, net_share);
                paid_all += paid as f64;
                organic_all += organic as f64;
                self.scratch.offers.push(Offer { app, region, payments_usd, ads_usd });
            }
            let apps = &mut self.world.apps;
            let over = p.spec.budget.smoothing_days;
            apps.counted_smooth[i] = smooth(apps.counted_smooth[i], counted, over);
            apps.spend_smooth[i] = smooth(apps.spend_smooth[i], apps.spent[i].to_f64(), over);
            // Today's revenue is added region by region as it is earned.
            apps.net_smooth[i] = smooth(apps.net_smooth[i], 0.0, over);
            let over = p.spec.bidding.smoothing_days;
            apps.paid_smooth[i] = smooth(apps.paid_smooth[i], paid_all, over);
            apps.organic_smooth[i] = smooth(apps.organic_smooth[i], organic_all, over);
        }
        let regions = &mut self.world.regions;
        for (region, sum) in self.scratch.regions.iter_mut().enumerate() {
            let wallet = &p.spec.wallet;
            let growth = regions.people[region] / regions.start_people[region];
            let a_day = 12.0 / 365.0;
            let payers =
                wallet.payers_usd_per_month[region] * growth.powf(wallet.payers_people_exponent) * a_day;
            let advertisers = wallet.advertisers_usd_per_month[region]
                * growth.powf(wallet.advertisers_people_exponent)
                * a_day;
            sum.payer_ratio = wallet.ratio(sum.payments_usd, payers);
            sum.ads_ratio = wallet.ratio(sum.ads_usd, advertisers);
            let over = p.spec.bidding.smoothing_days;
            regions.payer_ratio[region] = smooth(regions.payer_ratio[region], sum.payer_ratio, over);
            regions.ads_ratio[region] = smooth(regions.ads_ratio[region], sum.ads_ratio, over);
            regions.app_users[region] = sum.app_users;
            regions.paid_installs[region] =
                smooth(regions.paid_installs[region], sum.paid_installs, p.spec.organic.chart_memory_days);
        }
        for k in 0..self.scratch.offers.len() {
            let offer = self.scratch.offers[k];
            let of_region = self.scratch.regions[offer.region];
            self.earn(offer, of_region.payer_ratio, of_region.ads_ratio, day);
        }
        self.sum_market();
    }

    /// Makes the cohort of an app's installs of the day in a region; gives paid and organic installs.
    fn create_cohort(&mut self, app: u32, region: usize, day: i64) -> (u64, u64) {
        let p = self.parameters;
        let i = app as usize;
        let apps = &mut self.world.apps;
        let at = apps.at(app, region);
        let (paid, organic) = (apps.paid_installs[at], apps.organic_installs[at]);
        (apps.paid_installs[at], apps.organic_installs[at]) = (0, 0);
        apps.paid_installs_total[i] += paid;
        apps.organic_installs_total[i] += organic;
        let installs = paid + organic;
        let archetype = &p.archetypes[apps.born[i].archetype];
        let mut value_usd = 0.0;
        if installs > 0 && archetype.payer_value_factor > 0.0 {
            let payers_params = &p.spec.payers;
            let mix = (paid as f64 + payers_params.organic_value_ratio * organic as f64) / installs as f64;
            let per_install = payers_params.value_usd_per_install[region]
                * archetype.payer_value_factor
                * apps.born[i].value_skill.exp()
                * mix;
            let mut stream =
                self.streams.open(Purpose::Cohort.code(), apps.born[i].key, occurrence(day, region as u64));
            let payers = stream.binomial(installs, payers_params.payer_share);
            value_usd =
                payers_params.draw_value(&mut stream, payers, per_install / payers_params.payer_share);
        }
        let learning = &p.spec.learning;
        if learning.enabled {
            let memory = learning.value_memory_per_day;
            apps.value_count[at] = discounted(apps.value_count[at], memory, value_usd);
            apps.value_exposure[at] = discounted(apps.value_exposure[at], memory, installs as f64);
        }
        let over = p.spec.organic.chart_memory_days;
        apps.chart_installs[at] = smooth(apps.chart_installs[at], installs as f64, over);
        let ratio = self.world.regions.payer_ratio[region];
        if installs > 0 {
            let of_paid = paid as f64 / installs as f64;
            let ads = p.roas_active_days * self.arpdau_usd[region] * archetype.ad_intensity;
            self.month.early_return_usd += value_usd * of_paid * p.roas_payments * ratio
                + ads * paid as f64 * self.world.regions.ads_ratio[region];
        }
        let book = apps.book[at];
        let value = Usd::try_from_f64(value_usd).unwrap_or(Usd::ZERO).micros();
        let people = u32::try_from(installs).unwrap_or(u32::MAX);
        self.laws.check(5, day, u64::from(people) == installs, || format!("cohort of {installs} people"));
        self.world.books.advance(book, day, p.retention.tail_survival, people, value);
        self.month.paid_installs += paid;
        self.month.organic_installs += organic;
        (paid, organic)
    }

    /// Books what a region's users of an app really spend today.
    fn earn(&mut self, offer: Offer, payer_ratio: f64, ads_ratio: f64, day: i64) {
        let p = self.parameters;
        let i = offer.app as usize;
        let apps = &mut self.world.apps;
        let archetype = &p.archetypes[apps.born[i].archetype];
        let payments = Usd::try_from_f64(offer.payments_usd * payer_ratio).unwrap_or(Usd::ZERO);
        let ads = Usd::try_from_f64(offer.ads_usd * ads_ratio).unwrap_or(Usd::ZERO);
        let web = payments.share(archetype.web_share);
        let in_app = payments - web;
        let (store_fee, web_fee) =
            (in_app.share(p.spec.cash.store_fee_share), web.share(p.spec.cash.web_fee_share));
        let (store_net, web_net) = (in_app - store_fee, web - web_fee);
        let ledger = &mut self.world.ledger;
        ledger.consumers_in_app += in_app;
        ledger.consumers_web += web;
        ledger.in_app_advertisers += ads;
        ledger.store_fees += store_fee;
        ledger.web_fees += web_fee;
        ledger.developers_net += store_net + web_net + ads;
        let ring = i * PAYOUT_RING_DAYS;
        let cash = &p.spec.cash;
        for (amount, lag) in
            [(store_net, cash.store_lag_days), (web_net, cash.web_lag_days), (ads, cash.ads_lag_days)]
        {
            let due = (day + cash.lag(lag) as i64).rem_euclid(PAYOUT_RING_DAYS as i64) as usize;
            apps.payouts[ring + due] += amount.micros();
        }
        let net = store_net + web_net + ads;
        apps.account[i].net_revenue += net;
        apps.account[i].gross += payments + ads;
        apps.account[i].iap += in_app;
        apps.month_iap[i] += in_app;
        apps.month_gross[i] += payments + ads;
        apps.month_contribution[i] += net;
        apps.net_smooth[i] += net.to_f64() / p.spec.budget.smoothing_days;
        self.month.iap += in_app;
        self.month.web += web;
        self.month.iaa += ads;
        if apps.born[i].chinese {
            self.month.iap_chinese += in_app;
        }
    }

    /// Sums the market's smoothed revenue and spend, which entrants look at.
    fn sum_market(&mut self) {
        let apps = &self.world.apps;
        let sum = |column: &[f64]| apps.live.iter().map(|app| column[*app as usize]).sum();
        (self.market_net, self.market_spend) = (sum(&apps.net_smooth), sum(&apps.spend_smooth));
    }

    /// Pays out what is due today, less running costs.
    pub(super) fn pay_out(&mut self, day: i64) {
        let share = self.parameters.spec.cash.operating_cost_share;
        let apps = &mut self.world.apps;
        let due = day.rem_euclid(PAYOUT_RING_DAYS as i64) as usize;
        for k in 0..apps.live.len() {
            let i = apps.live[k] as usize;
            let amount = Usd::from_micros(std::mem::take(&mut apps.payouts[i * PAYOUT_RING_DAYS + due]));
            let cost = amount.share(share);
            apps.account[i].receipts += amount;
            apps.account[i].operating += cost;
            apps.cash[i] += amount - cost;
        }
    }
}
