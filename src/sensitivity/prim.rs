//! PRIM: a box of inputs in which the cases of interest are dense, found by peeling off what holds few of them.
//!
//! # Model
//!
//! From the whole table, the twentieth of the box at the low or high end of one input is peeled off, whichever leaves the
//! largest density of cases (cases over rows in the box), until few rows are left. Every box on the way is kept: coverage
//! (cases in the box over all cases) falls as density rises, and the reader may choose. The box chosen here has the
//! largest harmonic mean of the two. From it, sides are pasted back on as long as that mean rises, and inputs whose
//! restriction could be chance are set free.
//!
//! The quasi-p of a restriction is the binomial probability of at least so many cases in the box at the density of the box
//! without it. It is called quasi because the box was chosen on the same rows. A second guard is the share of bootstrap
//! resamples in which the same input is restricted again.
//!
//! # Source
//!
//! J. H. Friedman, N. I. Fisher, *Bump Hunting in High-Dimensional Data*, Statistics and Computing 9 (1999); coverage,
//! density and quasi-p: B. P. Bryant, R. J. Lempert, *Thinking Inside the Box*, Technological Forecasting and Social Change
//! 77 (2010). The choice by the harmonic mean is judgement.

use statrs::distribution::{Binomial, DiscreteCDF};

use super::shape::{ShapeError, columns, exactly};
use crate::rng::Stream;
use crate::stats::resample_places;

/// Fewest rows that tell anything.
const LEAST_ROWS: usize = 32;

/// How to peel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PrimRule {
    /// Share of the box that one peel takes off, and one paste adds, 0..0.5: usually 0.05.
    pub peel: f64,
    /// Share of all rows below which peeling stops, 0..1: usually 0.05.
    pub least_mass: f64,
    /// Quasi-p above which a restriction is given up, 0..1: usually 0.05.
    pub significance: f64,
    /// Most inputs that the box may restrict; the weakest restrictions are given up first.
    pub most_inputs: usize,
    /// Bootstrap resamples for the reproducibility of restrictions; 0 for none.
    pub n_resamples: usize,
}

/// A box of inputs and what lies in it.
#[derive(Debug, Clone, PartialEq)]
pub struct PrimBox {
    /// Lowest and highest value of each input, in its unit; infinite where the box is open.
    pub bounds: Vec<(f64, f64)>,
    /// Rows inside.
    pub n_rows: usize,
    /// Cases inside.
    pub n_cases: usize,
    /// Cases inside over all cases.
    pub coverage: f64,
    /// Cases inside over rows inside.
    pub density: f64,
    /// Rows inside over all rows.
    pub mass: f64,
}

/// What the box asks of one input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Restriction {
    /// Which input.
    pub input: usize,
    /// Its lowest value in the box; infinite when open.
    pub low: f64,
    /// Its highest value in the box; infinite when open.
    pub high: f64,
    /// Probability of so dense a box at the density without this restriction.
    pub quasi_p: f64,
    /// Share of resamples in which the input is restricted; `None` without resamples.
    pub reproduced: Option<f64>,
}

/// What peeling found.
#[derive(Debug, Clone, PartialEq)]
pub struct Prim {
    /// All boxes on the way, the whole table first.
    pub trajectory: Vec<PrimBox>,
    /// The box with the best balance of coverage and density.
    pub chosen: PrimBox,
    /// Its restrictions, by input.
    pub restrictions: Vec<Restriction>,
}

/// Looks for the box of inputs, given as one column for each, in which the cases lie.
///
/// # Errors
///
/// No inputs, fewer than 32 rows, columns of other lengths or with values that are not finite, no case or nothing but
/// cases, a share out of its range.
pub fn prim(
    inputs: &[&[f64]],
    cases: &[bool],
    rule: &PrimRule,
    stream: &mut Stream,
) -> Result<Prim, ShapeError> {
    columns("input", inputs, cases.len(), LEAST_ROWS)?;
    exactly("cases", inputs[0].len(), cases.len())?;
    check(rule)?;
    let found = cases.iter().filter(|&&case| case).count();
    if found == 0 || found == cases.len() {
        return Err(ShapeError::Constant);
    }
    let search = Search::new(inputs, (0..cases.len()).collect(), cases, rule);
    let trajectory = search.peel();
    let chosen = search.choose(&trajectory);
    let mut again = vec![0_u32; inputs.len()];
    for _ in 0..rule.n_resamples {
        let search = Search::new(inputs, resample_places(cases.len(), stream), cases, rule);
        let chosen = search.choose(&search.peel());
        for (count, bounds) in again.iter_mut().zip(&chosen.bounds) {
            *count += u32::from(restricted(*bounds));
        }
    }
    let restrictions = (0..inputs.len())
        .filter(|&input| restricted(chosen.bounds[input]))
        .map(|input| Restriction {
            input,
            low: chosen.bounds[input].0,
            high: chosen.bounds[input].1,
            quasi_p: search.quasi_p(&chosen, input),
            reproduced: (rule.n_resamples > 0).then(|| f64::from(again[input]) / rule.n_resamples as f64),
        })
        .collect();
    Ok(Prim { trajectory, chosen, restrictions })
}

fn check(rule: &PrimRule) -> Result<(), ShapeError> {
    let within = |what, found: f64, high: f64, allowed| {
        if found > 0.0 && found < high { Ok(()) } else { Err(ShapeError::Setting { what, found, allowed }) }
    };
    within("the share of a peel", rule.peel, 0.5, "between 0 and 0.5")?;
    within("the least mass of a box", rule.least_mass, 1.0, "between 0 and 1")?;
    within("the significance of a restriction", rule.significance, 1.0, "between 0 and 1")
}

fn restricted((low, high): (f64, f64)) -> bool {
    low.is_finite() || high.is_finite()
}

/// One end of one input.
#[derive(Clone, Copy)]
struct Side {
    input: usize,
    low: bool,
}

/// A table, or a resample of it, to be peeled.
struct Search<'a> {
    inputs: &'a [&'a [f64]],
    cases: &'a [bool],
    /// Rows by the size of each input; in a resample rows occur several times.
    orders: Vec<Vec<usize>>,
    n_cases: usize,
    rule: &'a PrimRule,
}

impl<'a> Search<'a> {
    fn new(inputs: &'a [&'a [f64]], rows: Vec<usize>, cases: &'a [bool], rule: &'a PrimRule) -> Self {
        let sorted = |input: &&[f64]| {
            let mut order = rows.clone();
            order.sort_by(|&a, &b| input[a].total_cmp(&input[b]));
            order
        };
        let n_cases = rows.iter().filter(|&&row| cases[row]).count();
        Self { inputs, cases, orders: inputs.iter().map(sorted).collect(), n_cases, rule }
    }

    fn n_rows(&self) -> usize {
        self.orders[0].len()
    }

    fn sides(&self) -> impl Iterator<Item = Side> {
        (0..self.inputs.len()).flat_map(|input| [true, false].map(|low| Side { input, low }))
    }

    fn holds(&self, bounds: &[(f64, f64)], row: usize) -> bool {
        self.inputs.iter().zip(bounds).all(|(input, bound)| bound.0 <= input[row] && input[row] <= bound.1)
    }

    fn boxed(&self, bounds: Vec<(f64, f64)>) -> PrimBox {
        let inside = self.orders[0].iter().filter(|&&row| self.holds(&bounds, row));
        let (n_rows, n_cases) =
            inside.fold((0, 0), |(rows, cases), &row| (rows + 1, cases + usize::from(self.cases[row])));
        let over = |part: usize, whole: usize| if whole > 0 { part as f64 / whole as f64 } else { 0.0 };
        PrimBox {
            bounds,
            n_rows,
            n_cases,
            coverage: over(n_cases, self.n_cases),
            density: over(n_cases, n_rows),
            mass: over(n_rows, self.n_rows()),
        }
    }

    /// Boxes from the whole table to the smallest allowed.
    fn peel(&self) -> Vec<PrimBox> {
        let mut inside = self.orders.clone();
        let mut bounds = vec![(f64::NEG_INFINITY, f64::INFINITY); self.inputs.len()];
        let mut trajectory = vec![self.boxed(bounds.clone())];
        let least = self.rule.least_mass * self.n_rows() as f64;
        loop {
            let held = inside[0].iter().filter(|&&row| self.cases[row]).count();
            let best = self
                .sides()
                .filter_map(|side| {
                    let (cut, kept) = self.cut(&inside[side.input], side)?;
                    let taken =
                        if side.low { &inside[side.input][..cut] } else { &inside[side.input][kept..] };
                    let left = inside[0].len() - taken.len();
                    let cases = held - taken.iter().filter(|&&row| self.cases[row]).count();
                    let bound = self.between(&inside[side.input], side, if side.low { cut } else { kept });
                    (left as f64 >= least && left > 0).then(|| (cases as f64 / left as f64, side, bound))
                })
                .reduce(|best, next| if next.0 > best.0 { next } else { best });
            let Some((_, side, bound)) = best else { return trajectory };
            if side.low {
                bounds[side.input].0 = bound
            } else {
                bounds[side.input].1 = bound
            }
            let column = self.inputs[side.input];
            let keep = |row: &usize| if side.low { column[*row] >= bound } else { column[*row] <= bound };
            inside.iter_mut().for_each(|order| order.retain(keep));
            trajectory.push(self.boxed(bounds.clone()));
        }
    }

    /// Where a peel at a side cuts: rows before the first place go from the low side, rows from the second place on from
    /// the high side. Equal values go or stay together; `None` when all are equal.
    fn cut(&self, order: &[usize], side: Side) -> Option<(usize, usize)> {
        let column = self.inputs[side.input];
        let n = order.len();
        let peel = ((n as f64 * self.rule.peel).ceil() as usize).max(1);
        let value = |place: usize| column[order[place]];
        if n < 2 || !(value(0) < value(n - 1)) {
            return None;
        }
        if side.low {
            let edge = value(peel.min(n - 1));
            let below = order.partition_point(|&row| column[row] < edge);
            // The smallest values reach past the peel: all of them go.
            let cut = if below > 0 { below } else { order.partition_point(|&row| column[row] <= edge) };
            (cut < n).then_some((cut, n))
        } else {
            let edge = value(n - 1 - peel.min(n - 1));
            let not_above = order.partition_point(|&row| column[row] <= edge);
            let kept =
                if not_above < n { not_above } else { order.partition_point(|&row| column[row] < edge) };
            (kept > 0).then_some((0, kept))
        }
    }

    /// The bound half way between the rows on both sides of a cut.
    fn between(&self, order: &[usize], side: Side, cut: usize) -> f64 {
        let column = self.inputs[side.input];
        column[order[cut - 1]].midpoint(column[order[cut]])
    }

    /// The best balanced box, pasted and freed of restrictions that could be chance.
    fn choose(&self, trajectory: &[PrimBox]) -> PrimBox {
        let better =
            |best: PrimBox, next: &PrimBox| if balance(next) > balance(&best) { next.clone() } else { best };
        let whole = self.boxed(vec![(f64::NEG_INFINITY, f64::INFINITY); self.inputs.len()]);
        let mut chosen = trajectory.iter().fold(whole, better);
        loop {
            while let Some(wider) = self.paste(&chosen) {
                chosen = wider;
            }
            let weakest = (0..self.inputs.len())
                .filter(|&input| restricted(chosen.bounds[input]))
                .map(|input| (self.quasi_p(&chosen, input), input))
                .reduce(|worst, next| if next.0 > worst.0 { next } else { worst });
            let too_many =
                chosen.bounds.iter().filter(|bound| restricted(**bound)).count() > self.rule.most_inputs;
            match weakest {
                Some((p, input)) if too_many || p > self.rule.significance => {
                    chosen = self.boxed(opened(&chosen.bounds, input));
                }
                _ => return chosen,
            }
        }
    }

    /// The box with the side pasted on that raises the balance most; `None` when none does.
    fn paste(&self, from: &PrimBox) -> Option<PrimBox> {
        let add = ((from.n_rows as f64 * self.rule.peel).ceil() as usize).max(1);
        self.sides()
            .filter_map(|side| {
                let bound = from.bounds[side.input];
                let edge = if side.low { bound.0 } else { bound.1 };
                if !edge.is_finite() {
                    return None;
                }
                let open = opened(&from.bounds, side.input);
                let column = self.inputs[side.input];
                let outside = |row: &&usize| {
                    (if side.low { column[**row] < edge } else { column[**row] > edge })
                        && self.holds(&open, **row)
                };
                let order = &self.orders[side.input];
                // The nearest rows outside, up to as many as a paste adds; with none left the side opens.
                let farthest = if side.low {
                    order.iter().rev().filter(outside).nth(add)
                } else {
                    order.iter().filter(outside).nth(add)
                };
                let mut bounds = from.bounds.clone();
                let wider = farthest.map(|&row| column[row]);
                if side.low {
                    bounds[side.input].0 = wider.unwrap_or(f64::NEG_INFINITY);
                } else {
                    bounds[side.input].1 = wider.unwrap_or(f64::INFINITY);
                }
                Some(self.boxed(bounds))
            })
            .reduce(|best, next| if balance(&next) > balance(&best) { next } else { best })
            .filter(|wider| balance(wider) > balance(from))
    }

    fn quasi_p(&self, chosen: &PrimBox, input: usize) -> f64 {
        let open = self.boxed(opened(&chosen.bounds, input));
        let Some(fewer) = chosen.n_cases.checked_sub(1) else { return 1.0 };
        Binomial::new(open.density, chosen.n_rows as u64).map_or(1.0, |law| law.sf(fewer as u64))
    }
}

fn opened(bounds: &[(f64, f64)], input: usize) -> Vec<(f64, f64)> {
    let mut bounds = bounds.to_vec();
    bounds[input] = (f64::NEG_INFINITY, f64::INFINITY);
    bounds
}

/// Harmonic mean of coverage and density; 0 without cases.
fn balance(found: &PrimBox) -> f64 {
    if found.n_cases == 0 { 0.0 } else { 2.0 / (1.0 / found.coverage + 1.0 / found.density) }
}

#[cfg(test)]
mod tests;
