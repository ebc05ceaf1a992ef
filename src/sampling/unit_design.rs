//! A design in the unit cube: which points are drawn, as independent randomizations of an even set.
//!
//! # Model
//!
//! n points in d dimensions are R randomizations of n/R points each. Within one the points depend on each other, which is
//! what makes them even; between them nothing is shared, so R averages give a standard error. For independent points the
//! randomizations are mere blocks.
//!
//! # Invariants
//!
//! * A point is a function of (seed, sampler, points, randomization, index): no thread, no order, no other point changes it. Of
//!   Sobol' and independent points the number of points changes none either: a design can be made longer.
//!
//! # Source
//!
//! A. B. Owen, *Monte Carlo theory, methods and examples*, chapters 16 and 17: few large randomizations rather than many
//! small ones; 8 to 16 of them.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::address::Address;
use super::error::DesignError;
use super::latin::Latin;
use super::sobol::Sobol;
use crate::rng::Streams;

/// How points are placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sampler {
    /// Scrambled Sobol' points: the most even, in powers of two.
    Sobol,
    /// Latin hypercubes: even in each dimension, any number of points.
    Latin,
    /// Independent points: chance alone.
    Independent,
}

/// What to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitDesign {
    /// How points are placed.
    pub sampler: Sampler,
    /// Points in all.
    pub points: usize,
    /// Dimensions: one for each uncertain parameter.
    pub dimensions: usize,
    /// Independent randomizations that share the points evenly.
    pub randomizations: usize,
}

/// A design that is ready to be asked for points.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitPoints {
    design: UnitDesign,
    placed: Placed,
}

#[derive(Debug, Clone, PartialEq)]
enum Placed {
    Sobol(Vec<Sobol>),
    Latin(Vec<Latin>),
    Independent(Streams),
}

impl UnitDesign {
    /// Draws scrambles and orders from addressed streams, so that points can be asked for in any order.
    ///
    /// # Errors
    ///
    /// Without points, dimensions or randomizations; when the randomizations do not divide the points; when a Sobol'
    /// randomization is not a power of two, has more than 2³² points or too many dimensions.
    pub fn place(&self, streams: &Streams) -> Result<UnitPoints, DesignError> {
        let &Self { sampler, points, dimensions, randomizations } = self;
        if points == 0 || randomizations == 0 {
            return Err(DesignError::NoPoints);
        }
        if dimensions == 0 {
            return Err(DesignError::Dimensions { dimensions, most: usize::MAX });
        }
        if !points.is_multiple_of(randomizations) {
            return Err(DesignError::Shares { points, randomizations });
        }
        let each = points / randomizations;
        let numbers = 0..randomizations as u64;
        let placed = match sampler {
            Sampler::Sobol => {
                if !each.is_power_of_two() || u32::try_from(each - 1).is_err() {
                    return Err(DesignError::PowerOfTwo { points, randomizations });
                }
                let drawn = numbers.map(|r| Sobol::scrambled(dimensions, streams, r));
                Placed::Sobol(drawn.collect::<Result<_, _>>()?)
            }
            Sampler::Latin => {
                let drawn = numbers.map(|r| Latin::new(each, dimensions, streams, r));
                Placed::Latin(drawn.collect::<Result<_, _>>()?)
            }
            Sampler::Independent => Placed::Independent(*streams),
        };
        Ok(UnitPoints { design: *self, placed })
    }

    /// Points of each randomization.
    fn each(&self) -> usize {
        self.points / self.randomizations.max(1)
    }
}

impl UnitPoints {
    /// What was drawn.
    pub fn design(&self) -> &UnitDesign {
        &self.design
    }

    /// Coordinates of a point, each in the open interval (0, 1); nothing past the last.
    ///
    /// Points of one randomization stand together: those of randomization 0 first.
    pub fn point(&self, number: usize) -> Option<Vec<f64>> {
        if number >= self.design.points {
            return None;
        }
        let (randomization, index) = (number / self.design.each(), number % self.design.each());
        match &self.placed {
            Placed::Sobol(all) => Some(all.get(randomization)?.point(u32::try_from(index).ok()?)),
            Placed::Latin(all) => all.get(randomization)?.point(index),
            Placed::Independent(streams) => {
                let mut stream = Address::Independent.open(streams, index as u64, randomization as u64);
                Some((0..self.design.dimensions).map(|_| stream.unit()).collect())
            }
        }
    }

    /// All points in order: an n × d matrix by rows.
    pub fn iter(&self) -> impl Iterator<Item = Vec<f64>> + '_ {
        (0..self.design.points).filter_map(|number| self.point(number))
    }

    /// Numbers of the points of each randomization, in order.
    pub fn randomizations(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        let each = self.design.each();
        (0..self.design.randomizations).map(move |r| r * each..(r + 1) * each)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAMS: Streams = Streams::new(20_250_101, 5);
    const SAMPLERS: [Sampler; 3] = [Sampler::Sobol, Sampler::Latin, Sampler::Independent];

    fn design(sampler: Sampler, points: usize, randomizations: usize) -> UnitDesign {
        UnitDesign { sampler, points, dimensions: 3, randomizations }
    }

    #[test]
    fn points_are_the_same_in_any_order_and_on_any_thread() {
        for sampler in SAMPLERS {
            let design = design(sampler, 64, 4);
            let points = design.place(&STREAMS).unwrap();
            let forward: Vec<_> = points.iter().collect();
            let mut backward: Vec<_> = (0..64).rev().filter_map(|number| points.point(number)).collect();
            backward.reverse();
            assert_eq!(forward, backward);
            let elsewhere: Vec<_> = std::thread::scope(|scope| {
                let halves: Vec<_> = [32..64, 0..32]
                    .into_iter()
                    .map(|half| {
                        scope.spawn(move || {
                            let points = design.place(&STREAMS).unwrap();
                            half.map(|number| points.point(number).unwrap()).collect::<Vec<_>>()
                        })
                    })
                    .collect();
                let mut halves: Vec<_> = halves.into_iter().map(|half| half.join().unwrap()).collect();
                halves.reverse();
                halves.concat()
            });
            assert_eq!(forward, elsewhere);
            assert!(forward.iter().flatten().all(|&u| u > 0.0 && u < 1.0));
            assert_eq!(points.point(64), None);
        }
    }

    #[test]
    fn every_randomization_is_even_by_itself_and_none_repeats_another() {
        for sampler in [Sampler::Sobol, Sampler::Latin] {
            let points = design(sampler, 128, 4).place(&STREAMS).unwrap();
            let mut firsts = Vec::new();
            for numbers in points.randomizations() {
                firsts.push(points.point(numbers.start));
                for dimension in 0..3 {
                    let mut strata: Vec<usize> = numbers
                        .clone()
                        .filter_map(|number| points.point(number))
                        .map(|point| (point[dimension] * 32.0) as usize)
                        .collect();
                    strata.sort_unstable();
                    assert_eq!(strata, (0..32).collect::<Vec<_>>());
                }
            }
            assert!((1..4).all(|r| !firsts[..r].contains(&firsts[r])));
        }
    }

    #[test]
    fn a_longer_design_keeps_its_beginning() {
        for sampler in [Sampler::Sobol, Sampler::Independent] {
            let (short, long) = (
                design(sampler, 32, 1).place(&STREAMS).unwrap(),
                design(sampler, 64, 1).place(&STREAMS).unwrap(),
            );
            assert!((0..32).all(|number| short.point(number) == long.point(number)));
        }
    }

    /// Means over randomizations: their spread is the error of the whole, which is what they are for.
    #[test]
    fn the_spread_of_randomizations_is_the_error_of_their_mean() {
        for sampler in SAMPLERS {
            let (mut inside, studies) = (0_u32, 400_u32);
            for study in 0..studies {
                let streams = Streams::new(9, u64::from(study));
                let points = design(sampler, 256, 8).place(&streams).unwrap();
                let means: Vec<f64> = points
                    .randomizations()
                    .map(|numbers| {
                        let values = numbers.filter_map(|number| points.point(number));
                        values.map(|p| (p[0] + p[1] * p[2]).exp()).sum::<f64>() / 32.0
                    })
                    .collect();
                let mean = means.iter().sum::<f64>() / 8.0;
                let variance = means.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / 7.0;
                // (e - 1) ∫∫ exp(yz) = (e - 1) Σ 1/(k! (k + 1)²).
                let (mut term, mut integral) = (1.0, 0.0);
                for k in 1..25 {
                    integral += term / f64::from(k * k);
                    term /= f64::from(k);
                }
                let off = (mean - integral * (1.0_f64.exp() - 1.0)).abs();
                // Student's t with 7 degrees of freedom, 95 %.
                inside += u32::from(off < 2.364_624 * (variance / 8.0).sqrt());
            }
            let coverage = f64::from(inside) / f64::from(studies);
            let error = (0.95 * 0.05 / f64::from(studies)).sqrt();
            assert!((coverage - 0.95).abs() < 4.0 * error, "{sampler:?}: {coverage}");
        }
    }

    #[test]
    fn designs_that_cannot_be_are_refused_with_the_nearest_that_can() {
        let refused = |sampler, points, randomizations| {
            design(sampler, points, randomizations).place(&STREAMS).unwrap_err()
        };
        assert_eq!(refused(Sampler::Latin, 0, 1), DesignError::NoPoints);
        assert_eq!(refused(Sampler::Latin, 4, 0), DesignError::NoPoints);
        let shares = refused(Sampler::Latin, 100, 8);
        assert_eq!(shares.hint(), "take 96 or 104 points, or 10 randomizations");
        let power = refused(Sampler::Sobol, 1_000, 8);
        assert_eq!(power.hint(), "take 512 or 1024 points, or the sampler `latin`");
        let flat = UnitDesign { dimensions: 0, ..design(Sampler::Independent, 4, 1) };
        assert!(matches!(flat.place(&STREAMS), Err(DesignError::Dimensions { .. })));
    }
}
