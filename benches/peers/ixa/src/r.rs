//! Workload R on ixa, as a model of its users is written: apps are entities, what an auction reads of them are properties,
//! every event is a plan, draws come from a named generator. Ledgers and creatives, which nothing queries, are in a data
//! plugin.

#![allow(missing_docs, reason = "the macros of ixa define items without any")]

use ixa::prelude::*;
use rand_distr::{Exp1, LogNormal, StandardNormal};
use workload::objects::{Picker, TopTwo, picker};
use workload::report::{Args, Report};
use workload::{
    AppSpec, BUDGET_SD, FATIGUE_DAYS, FATIGUED, LAUNCH_DAYS, MAX_LIVE, MULTIPLIER_MAX, MULTIPLIER_MIN,
    N_SLOTS, NO_CREATIVE, NOISE_SD, PURCHASE_DAYS, PURCHASE_SD, Params, RETIRE_DAYS, STEP_DOWN, STEP_UP,
    STRENGTH_SD, cr20,
};

define_entity!(App);
define_property!(struct BudgetLeft(f64), App, impl_eq_hash = both);
define_property!(struct Multiplier(f64), App, impl_eq_hash = both, default_const = Multiplier(1.0));
define_property!(struct Freshness(f64), App, impl_eq_hash = both, default_const = Freshness(NO_CREATIVE));
define_rng!(MarketRng);

/// What the plans need besides the properties.
#[derive(Default)]
struct Books {
    apps: Vec<AppId>,
    specs: Vec<AppSpec>,
    picker: Option<Picker>,
    noise: Option<LogNormal<f64>>,
    auction_gap: f64,
    /// Name and strength of the live creatives, by app.
    creatives: Vec<Vec<(u64, f64)>>,
    next_creative: u64,
    revenue: Vec<f64>,
    report: Report,
}

define_data_plugin!(BooksPlugin, Books, Books::default());

fn exponential(context: &Context, mean: f64) -> f64 {
    let unit: f64 = context.sample_distr(MarketRng, Exp1);
    unit * mean
}

fn lognormal(context: &Context, sd: f64) -> f64 {
    let z: f64 = context.sample_distr(MarketRng, StandardNormal);
    (sd * z).exp()
}

/// Schedules a plan of an app after an exponential delay.
fn schedule(context: &mut Context, mean: f64, plan: impl FnOnce(&mut Context) + 'static) {
    let days = exponential(context, mean);
    schedule_relative!(context, days, plan);
}

fn books(context: &mut Context) -> &mut Books {
    context.get_data_mut(BooksPlugin)
}

fn event(context: &mut Context) {
    books(context).report.events += 1;
}

fn auction(context: &mut Context) {
    event(context);
    let top = {
        let books = context.get_data(BooksPlugin);
        let (picker, noise) = (books.picker.as_ref().expect("set"), books.noise.expect("set"));
        let mut top = TopTwo::default();
        for _ in 0..N_SLOTS {
            let app = context.sample_distr(MarketRng, picker);
            let id = books.apps[app];
            let BudgetLeft(left) = context.get_property(id);
            if left > 0.0 {
                let (Multiplier(multiplier), Freshness(freshness)) =
                    (context.get_property(id), context.get_property(id));
                let score = books.specs[app].bid * multiplier * books.specs[app].quality * freshness;
                top.offer(app, score * context.sample_distr(MarketRng, noise));
            }
        }
        top
    };
    books(context).report.auctions += 1;
    if let Some((winner, price)) = top.sale() {
        win(context, winner, price);
    }
    let gap = books(context).auction_gap;
    schedule(context, gap, auction);
}

fn win(context: &mut Context, app: usize, price: f64) {
    let (id, conversion) = {
        let books = books(context);
        books.report.sold += 1;
        books.report.spend += price;
        (books.apps[app], books.specs[app].conversion)
    };
    let BudgetLeft(left) = context.get_property(id);
    context.set_property(id, BudgetLeft(left - price));
    if context.sample_bool(MarketRng, conversion) {
        books(context).report.installs += 1;
        schedule(context, PURCHASE_DAYS, move |context| purchase(context, app));
    }
}

fn purchase(context: &mut Context, app: usize) {
    event(context);
    let basket = lognormal(context, PURCHASE_SD) * (-PURCHASE_SD * PURCHASE_SD / 2.0).exp();
    let books = books(context);
    books.report.purchases += 1;
    books.revenue[app] += books.specs[app].value * basket;
}

fn replan(context: &mut Context, app: usize) {
    event(context);
    let (id, budget) = (books(context).apps[app], books(context).specs[app].budget);
    let (BudgetLeft(left), Multiplier(multiplier)) = (context.get_property(id), context.get_property(id));
    let step = if left <= 0.0 { STEP_DOWN } else { STEP_UP };
    context.set_property(id, Multiplier((multiplier * step).clamp(MULTIPLIER_MIN, MULTIPLIER_MAX)));
    let noise = lognormal(context, BUDGET_SD);
    context.set_property(id, BudgetLeft(budget * noise));
    schedule_relative!(context, 1.0, replan, app);
}

fn launch(context: &mut Context, app: usize) {
    if books(context).creatives[app].len() < MAX_LIVE {
        let strength = lognormal(context, STRENGTH_SD);
        let books = books(context);
        books.next_creative += 1;
        let creative = books.next_creative;
        books.creatives[app].push((creative, strength));
        refresh(context, app);
        schedule(context, FATIGUE_DAYS, move |context| fatigue(context, app, creative));
    }
    schedule(context, LAUNCH_DAYS, move |context| {
        event(context);
        launch(context, app);
    });
}

fn fatigue(context: &mut Context, app: usize, creative: u64) {
    event(context);
    for live in books(context).creatives[app].iter_mut().filter(|live| live.0 == creative) {
        live.1 *= FATIGUED;
    }
    refresh(context, app);
    schedule(context, RETIRE_DAYS, move |context| {
        event(context);
        books(context).creatives[app].retain(|live| live.0 != creative);
        refresh(context, app);
    });
}

fn refresh(context: &mut Context, app: usize) {
    let books = books(context);
    let strengths = books.creatives[app].iter().map(|live| live.1);
    let freshness = strengths.reduce(f64::max).unwrap_or(NO_CREATIVE);
    let id = books.apps[app];
    context.set_property(id, Freshness(freshness));
}

fn run(params: &Params, specs: &[AppSpec], seed: u64) -> Report {
    let mut context = Context::new();
    context.init_random(seed);
    *books(&mut context) = Books {
        specs: specs.to_vec(),
        picker: Some(picker(specs)),
        noise: LogNormal::new(-NOISE_SD * NOISE_SD / 2.0, NOISE_SD).ok(),
        auction_gap: 1.0 / params.auctions_per_day,
        creatives: vec![Vec::new(); specs.len()],
        revenue: vec![0.0; specs.len()],
        ..Books::default()
    };
    for (app, spec) in specs.iter().enumerate() {
        let left = BudgetLeft(spec.budget * spec.phase);
        let id = context.add_entity(with!(App, left)).expect("all properties given");
        books(&mut context).apps.push(id);
        launch(&mut context, app);
        context.add_plan(spec.phase, move |context| replan(context, app));
    }
    schedule(&mut context, 1.0 / params.auctions_per_day, auction);
    context.schedule_shutdown(params.days);
    context.execute();
    let books = books(&mut context);
    Report { revenue: books.revenue.iter().sum(), cr20: cr20(&books.revenue), ..books.report }
}

fn main() {
    Args::parse("").replicate_r("ixa", run);
}
