//! Draws the traits of an app at birth from its archetype; the same key always gives the same app.

use crate::market::apps::NewApp;
use crate::market::purpose::Purpose;
use crate::rng::{Stream, Streams};
use crate::scenario::parameters::Parameters;
use crate::units::Usd;

/// Where an app comes from: the part of its key that keeps the families of keys apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// There at the start.
    Start,
    /// Entered by chance on a day.
    Entrant {
        /// Day of entry.
        day: i64,
    },
    /// Entered on the scheduled date of its archetype.
    Scheduled,
}

/// Stable key of an app: origin, archetype or day, number within it.
pub fn key(origin: Origin, archetype: usize, ordinal: u64) -> u64 {
    match origin {
        Origin::Start => (1 << 60) | ((archetype as u64) << 32) | ordinal,
        Origin::Entrant { day } => (2 << 60) | (((day + (1 << 20)) as u64) << 32) | ordinal,
        Origin::Scheduled => (3 << 60) | ((archetype as u64) << 32) | ordinal,
    }
}

/// Where the app with this key came from; nothing when the key is none of ours, such as that of an extra app.
pub fn origin(key: u64) -> Option<Origin> {
    match key >> 60 {
        1 => Some(Origin::Start),
        2 => Some(Origin::Entrant { day: ((key >> 32) & ((1 << 28) - 1)) as i64 - (1 << 20) }),
        3 => Some(Origin::Scheduled),
        _ => None,
    }
}

/// Draws an app.
///
/// Money that does not fit micro-dollars is cut at the largest that does; ranges in the configuration keep far below.
pub fn draw(parameters: &Parameters, streams: &Streams, key: u64, archetype: usize, day: i64) -> NewApp {
    let traits = &parameters.archetypes[archetype];
    let mut stream = streams.open(Purpose::Birth.code(), key, 0);
    let cash = traits.start_cash_usd * (traits.start_cash_log_sd * stream.normal()).exp();
    let budget_usd = traits.start_budget_usd_per_day * (traits.start_budget_log_sd * stream.normal()).exp();
    let conversion_skill = traits.skill_mean + traits.conversion_skill_log_sd * stream.normal();
    let value_skill = traits.value_skill_log_sd * stream.normal();
    let content_skill = traits.content_skill_log_sd * stream.normal();
    let chinese = stream.unit() < traits.chinese_share;
    let regions = choose(&mut stream, &parameters.spec.regions.preference, traits.regions);
    let mut channels = choose(&mut stream, &parameters.spec.channels.preference, traits.channels);
    // Who belongs to a platform is there, whatever else it chooses.
    if let Some(house) = parameters.house_channels[archetype]
        && let Err(place) = channels.binary_search(&house)
    {
        channels.insert(place, house);
    }
    NewApp {
        key,
        archetype,
        chinese,
        born_day: day,
        cash: Usd::try_from_f64(cash).unwrap_or(Usd::from_micros(i64::MAX / 1024)),
        budget_usd,
        conversion_skill,
        value_skill,
        content_skill,
        regions,
        channels,
    }
}

/// Chooses about `mean` of the items without replacement, in proportion to preference: an exponential race. The number is
/// `mean` rounded up or down at random so that its mean is kept.
fn choose(stream: &mut Stream, preference: &[f64], mean: f64) -> Vec<usize> {
    let up = if stream.unit() < mean.fract() { 1.0 } else { 0.0 };
    let n = ((mean.floor() + up) as usize).clamp(1, preference.len());
    let mut race: Vec<(f64, usize)> =
        preference.iter().enumerate().map(|(i, weight)| (stream.exponential() / weight, i)).collect();
    race.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut chosen: Vec<usize> = race[..n].iter().map(|(_, i)| *i).collect();
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_different_origins_never_meet() {
        let mut keys = vec![
            key(Origin::Start, 0, 0),
            key(Origin::Start, 1, 0),
            key(Origin::Scheduled, 0, 0),
            key(Origin::Entrant { day: -366 }, 0, 0),
            key(Origin::Entrant { day: -366 }, 0, 1),
            key(Origin::Entrant { day: 700 }, 0, 0),
        ];
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 6);
    }

    #[test]
    fn a_key_tells_where_its_app_came_from() {
        for from in
            [Origin::Start, Origin::Scheduled, Origin::Entrant { day: -366 }, Origin::Entrant { day: 700 }]
        {
            assert_eq!(origin(key(from, 3, 17)), Some(from));
        }
        assert_eq!(origin(5), None);
    }

    #[test]
    fn choice_follows_preference_and_keeps_the_mean_number() {
        let streams = Streams::new(1, 1);
        let (mut first, mut chosen) = (0_u32, 0_usize);
        let n = 20_000_u64;
        for k in 0..n {
            let c = choose(&mut streams.open(1, k, 0), &[3.0, 1.0, 1.0], 1.4);
            assert!(c.windows(2).all(|w| w[0] < w[1]));
            chosen += c.len();
            first += u32::from(c.contains(&0));
        }
        let mean = chosen as f64 / n as f64;
        assert!((mean - 1.4).abs() < 4.0 * (0.24 / n as f64).sqrt(), "{mean}");
        // P(first is in) = .6·.6 + .4·(.6 + .4·.75) = 0.72.
        let share = f64::from(first) / n as f64;
        assert!((share - 0.72).abs() < 4.0 * (0.72 * 0.28 / n as f64).sqrt(), "{share}");
    }
}
