//! The bare draws of a replication in tight loops: no market, no money, no memory but the means.

use bidcast::rng::Streams;
use bidcast::scenario::Scenario;

use super::census::Census;

/// Draws what the census counted; gives a sum of everything, so that nothing is left out.
pub(crate) fn draw(census: &Census, scenario: &Scenario) -> f64 {
    let spec = &scenario.parameters().spec;
    let mut stream = Streams::new(1, 2).open(3, 4, 5);
    let (mut sum, mut counts) = (0.0, 0_u64);
    for _ in 0..census.lots {
        // A title, attractiveness, a life.
        sum += stream.unit() + stream.normal().exp() + stream.gamma_2();
    }
    for mean in &census.lot_means {
        counts += stream.poisson(f64::from(*mean));
    }
    for purchase in &census.purchases {
        let n = stream.poisson(f64::from(purchase.impressions));
        counts += n;
        if n > 0 {
            // What they cost together, the installs, and which of them are seen.
            sum += stream.normal();
            let installs = stream.poisson(f64::from(purchase.installs));
            counts += installs - stream.binomial(installs, spec.learning.unobserved_share);
        }
    }
    for installs in &census.cohorts {
        counts += stream.binomial(*installs as u64, spec.payers.payer_share);
        sum += stream.normal().exp();
    }
    for mean in &census.organic {
        counts += stream.poisson(f64::from(*mean));
    }
    sum + counts as f64
}
