//! Apps plan their budgets and set their bids.

use super::event::Event;
use super::simulation::Simulation;
use crate::mechanisms::bidding;
use crate::mechanisms::budget::Sight;
use crate::mechanisms::learning::mean_by_exposure;
use crate::units::{MINUTES_PER_DAY, SimTime, Usd};

impl Simulation<'_> {
    /// Plans an app's budget: daily at midnight; early, on the cap only, when money fell below the plan.
    pub(super) fn plan_budget(&mut self, app: u32, time: SimTime) {
        let i = app as usize;
        let daily = time.minute_of_day() == 0;
        if daily {
            self.move_budget(app);
            self.set_bids(app);
        }
        let p = self.parameters;
        let apps = &mut self.world.apps;
        let spendable = apps.spendable(app);
        let allowed = p.spec.budget.allowed(spendable.to_f64());
        let wanted = if apps.budget_usd[i] < allowed { apps.budget_usd[i] } else { allowed };
        // A budget beyond what micro-dollars hold is cut by the money there is; the cap is never above it.
        let mut cap = Usd::try_from_f64(wanted).unwrap_or(spendable);
        if !daily {
            cap =
                if apps.spent[i] + spendable < apps.cap[i] { apps.spent[i] + spendable } else { apps.cap[i] };
        }
        apps.cap[i] = cap;
        let next = time.add_minutes(MINUTES_PER_DAY - time.minute_of_day());
        self.world.apps.plan_ticket[i] = self.schedule(next, Event::BudgetPlan(app));
    }

    /// Brings an app's next plan forward to now, when it can no longer afford the plan in force.
    pub(super) fn plan_early_if_short(&mut self, app: u32, time: SimTime) {
        let apps = &self.world.apps;
        let i = app as usize;
        if apps.spent[i] + apps.spendable(app) < apps.cap[i]
            && let Some(ticket) = apps.plan_ticket[i]
        {
            let moved = self.calendar.reschedule(ticket, time);
            self.laws.check(9, time.day(), matches!(moved, Ok(true)), || {
                format!("early plan of app {app} refused")
            });
        }
    }

    fn move_budget(&mut self, app: u32) {
        let p = self.parameters;
        let apps = &mut self.world.apps;
        let i = app as usize;
        let traits = &p.archetypes[apps.born[i].archetype];
        let spend = apps.spend_smooth[i];
        let credit = spend * traits.credit_days;
        apps.credit[i] = Usd::try_from_f64(credit).unwrap_or(apps.credit[i]);
        if spend > 0.0 {
            let seen = Sight {
                roas: apps.counted_smooth[i] / spend,
                target_roas: traits.target_roas,
                spend_usd: spend,
                net_revenue_usd: apps.net_smooth[i],
                floor_usd: apps.born[i].budget_usd,
            };
            apps.budget_usd[i] = p.spec.budget.moved(apps.budget_usd[i], &seen);
        }
    }

    /// Full bid per install in each region, from the app's beliefs.
    fn set_bids(&mut self, app: u32) {
        let p = self.parameters;
        let spec = &p.spec;
        let i = app as usize;
        let apps = &self.world.apps;
        let traits = &p.archetypes[apps.born[i].archetype];
        let net =
            bidding::net_payer_share(traits.web_share, spec.cash.store_fee_share, spec.cash.web_fee_share);
        let uplift = if spec.bidding.count_organic && apps.paid_smooth[i] > 0.0 {
            (apps.organic_smooth[i] / apps.paid_smooth[i]).clamp(0.0, spec.bidding.organic_uplift_cap)
        } else {
            0.0
        };
        for k in 0..self.world.apps.born[i].regions.len() {
            let region = self.world.apps.born[i].regions[k];
            let value = self.counted_value(app, region, net);
            let apps = &mut self.world.apps;
            let at = apps.at(app, region);
            apps.bid[at] = bidding::full_bid(value, uplift, traits.target_roas);
        }
    }

    /// Net value of an install that an app counts: payments and ads inside its window, as it believes them.
    pub(super) fn counted_value(&self, app: u32, region: usize, net_payer_share: f64) -> f64 {
        let p = self.parameters;
        let apps = &self.world.apps;
        let at = apps.at(app, region);
        let prior = p.spec.learning.prior_installs;
        let (count, exposure) = (apps.value_count[at], apps.value_exposure[at]);
        let payer_value = mean_by_exposure(prior, apps.value_prior[at], count, exposure);
        let traits = &p.archetypes[apps.born[app as usize].archetype];
        let ads = p.retention.lifetime_active_days * self.arpdau_usd[region] * traits.ad_intensity;
        payer_value * p.counted_payments * net_payer_share * self.world.regions.payer_ratio[region]
            + ads * p.counted_active_days * self.world.regions.ads_ratio[region]
    }
}
