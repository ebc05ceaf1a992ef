//! Regions: the people who can be reached, and what they and the advertisers can spend.

/// State of the regions, index = region.
#[derive(Debug, Clone, Default)]
pub struct Regions {
    /// Reachable people.
    pub reachable: Vec<f64>,
    /// In-market people now.
    pub people: Vec<f64>,
    /// In-market people at the start of the simulation.
    pub start_people: Vec<f64>,
    /// App-users active in the last 30 days, summed over apps.
    pub app_users: Vec<f64>,
    /// Smoothed realised share of offered payer spending.
    pub payer_ratio: Vec<f64>,
    /// Smoothed realised share of offered ad spending.
    pub ads_ratio: Vec<f64>,
    /// Smoothed paid installs a day.
    pub paid_installs: Vec<f64>,
}

impl Regions {
    /// Regions with `people` in the market out of `reachable`.
    pub fn new(reachable: Vec<f64>, people: Vec<f64>) -> Self {
        let n = reachable.len();
        Self {
            reachable,
            start_people: people.clone(),
            people,
            app_users: vec![0.0; n],
            payer_ratio: vec![1.0; n],
            ads_ratio: vec![1.0; n],
            paid_installs: vec![0.0; n],
        }
    }

    /// App-users per in-market person.
    pub fn users_per_person(&self, region: usize) -> f64 {
        self.app_users[region] / self.people[region]
    }
}
