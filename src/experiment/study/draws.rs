//! Draws of the uncertain parameters for a design: points of the unit cube put through the priors.
//!
//! Draw d belongs to randomization d mod R, so that the first draws are R even designs too: a study that stops early, or begins
//! with a pilot, has used points as even as the whole has.

use serde::{Deserialize, Serialize};

use super::design::Lever;
use crate::rng::Streams;
use crate::sampling::{DesignError, Sampler, UnitDesign};
use crate::scenario::Priors;

/// Names the streams of the draws. Those of markets are named after replications, of which there are fewer.
const DRAWS: u64 = u64::MAX;

/// How parameters are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drawing {
    /// How points are placed.
    pub sampler: Sampler,
    /// Draws in all.
    pub draws: usize,
    /// Independent randomizations that share them.
    pub randomizations: usize,
}

impl Drawing {
    /// Values of all priors, a row for each draw.
    ///
    /// # Errors
    /// A number of draws that the sampler cannot place evenly.
    pub fn values(&self, priors: &Priors, seed: u64) -> Result<Vec<Vec<f64>>, DesignError> {
        Ok(self.points(priors.priors.len(), seed)?.into_iter().map(|point| priors.values(point)).collect())
    }

    /// Points of the unit cube, a row for each draw.
    ///
    /// # Errors
    /// A number of draws that the sampler cannot place evenly.
    pub fn points(&self, dimensions: usize, seed: u64) -> Result<Vec<Vec<f64>>, DesignError> {
        let &Self { sampler, draws, randomizations } = self;
        let design = UnitDesign { sampler, points: draws, dimensions, randomizations };
        let placed = design.place(&Streams::new(seed, DRAWS))?;
        let each = draws / randomizations;
        let place = |draw: usize| (draw % randomizations) * each + draw / randomizations;
        Ok((0..draws).filter_map(|draw| placed.point(place(draw))).collect())
    }

    /// The randomization that a draw belongs to.
    pub fn randomization(&self, draw: u32) -> u32 {
        draw % (self.randomizations.max(1) as u32)
    }
}

/// The priors as levers, in their order.
pub fn levers(priors: &Priors) -> Vec<Lever> {
    let lever = |name: &String, paths: &Vec<String>| Lever { name: name.clone(), paths: paths.clone() };
    priors.priors.iter().map(|prior| lever(&prior.name, &prior.parameters)).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot place its points has failed")]

    use super::*;

    #[test]
    fn first_draws_are_those_of_a_smaller_design_and_as_even() {
        let of = |draws| Drawing { sampler: Sampler::Sobol, draws, randomizations: 4 };
        let (small, large) = (of(32).points(3, 7).unwrap(), of(128).points(3, 7).unwrap());
        assert_eq!(small, large[..32]);
        for randomization in 0..4 {
            let mine: Vec<&Vec<f64>> = small.iter().skip(randomization).step_by(4).collect();
            let mut strata: Vec<usize> = mine.iter().map(|point| (point[2] * 8.0) as usize).collect();
            strata.sort_unstable();
            assert_eq!(strata, [0, 1, 2, 3, 4, 5, 6, 7], "one point in every eighth");
        }
        assert_ne!(small[0], small[1], "randomizations differ");
    }
}
