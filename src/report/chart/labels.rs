//! Labels that do not touch: pushed apart when they crowd, wrapped or shortened when they are long.

use super::canvas::Weight;
use super::render::text_width;

/// Moves positions as little as possible (least squares) so that neighbours are `gap` apart and all lie in `low..high`.
///
/// The result is in the order of the input; equal positions keep their order. When there is no room for all, the gap
/// shrinks until there is.
pub(crate) fn spread(wanted: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    let n = wanted.len();
    if n == 0 {
        return Vec::new();
    }
    let gap = if n > 1 { gap.min((high - low).max(0.0) / (n - 1) as f64) } else { gap };
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
    // Without the gaps the task is isotonic regression: pool neighbours that are out of order to their mean.
    let mut pools: Vec<(f64, usize)> = Vec::with_capacity(n);
    for (rank, index) in order.iter().enumerate() {
        pools.push((wanted[*index] - rank as f64 * gap, 1));
        while let [.., (left, m), (right, k)] = pools[..] {
            if left <= right {
                break;
            }
            pools.pop();
            pools.pop();
            pools.push(((left * m as f64 + right * k as f64) / (m + k) as f64, m + k));
        }
    }
    let top = high - (n - 1) as f64 * gap;
    let mut placed = vec![0.0; n];
    let levels = pools.iter().flat_map(|(level, count)| std::iter::repeat_n(*level, *count));
    for (rank, (index, level)) in order.iter().zip(levels).enumerate() {
        placed[*index] = level.min(top).max(low) + rank as f64 * gap;
    }
    placed
}

/// Breaks a text into at most `most` lines of a width, between words; what does not fit ends in an ellipsis.
pub(crate) fn wrap(text: &str, px: f64, weight: Weight, width: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let longer = lines.last().map(|line| format!("{line} {word}"));
        match longer {
            Some(longer) if text_width(&longer, px, weight) <= width => {
                if let Some(line) = lines.last_mut() {
                    *line = longer;
                }
            }
            _ if lines.len() < most => lines.push(word.to_owned()),
            _ => {
                let rest: Vec<&str> = std::iter::once(word).chain(words.by_ref()).collect();
                if let Some(line) = lines.last_mut() {
                    *line = format!("{line} {}", rest.join(" "));
                }
            }
        }
    }
    lines.iter().map(|line| shorten(line, px, weight, width)).collect()
}

/// As [`wrap`], with lines of about equal length, so that no single word is left for the last.
pub(crate) fn balanced(text: &str, px: f64, weight: Weight, width: f64, most: usize) -> Vec<String> {
    let mut best = wrap(text, px, weight, width, most);
    if best.len() < 2 || best.last().is_some_and(|line| line.ends_with('…')) {
        return best;
    }
    let mut narrower = width;
    for _ in 0..10 {
        narrower *= 0.95;
        let lines = wrap(text, px, weight, narrower, best.len());
        if lines.iter().any(|line| line.ends_with('…')) {
            break;
        }
        best = lines;
    }
    best
}

/// Cuts a text to a width, its end replaced by an ellipsis when it does not fit.
pub(crate) fn shorten(text: &str, px: f64, weight: Weight, width: f64) -> String {
    if text_width(text, px, weight) <= width {
        return text.to_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    let cut = |n: usize| format!("{}…", chars[..n].iter().collect::<String>().trim_end());
    // Widths grow with length, so the longest start that fits is found by halving.
    let (mut fits, mut too_long) = (0, chars.len());
    while too_long - fits > 1 {
        let middle = fits.midpoint(too_long);
        if text_width(&cut(middle), px, weight) <= width { fits = middle } else { too_long = middle }
    }
    cut(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_fit_stay_where_they_are() {
        assert_eq!(spread(&[10.0, 90.0, 50.0], 30.0, 0.0, 100.0), [10.0, 90.0, 50.0]);
    }

    #[test]
    fn crowded_labels_part_evenly_and_keep_their_order() {
        assert_eq!(spread(&[50.0, 50.0, 50.0], 20.0, 0.0, 100.0), [30.0, 50.0, 70.0]);
        assert_eq!(spread(&[99.0, 98.0], 20.0, 0.0, 100.0), [100.0, 80.0]);
    }

    #[test]
    fn without_room_the_gap_shrinks() {
        let placed = spread(&[5.0; 6], 30.0, 0.0, 100.0);
        assert!(placed.windows(2).all(|w| (w[1] - w[0] - 20.0).abs() < 1e-9));
        assert!(placed.iter().all(|p| (0.0..=100.0).contains(p)));
    }

    #[test]
    fn long_texts_are_wrapped_then_cut() {
        let text = "one two three four five six seven eight nine ten";
        let lines = wrap(text, 26.0, Weight::Regular, 200.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with('…'));
        assert!(lines.iter().all(|l| text_width(l, 26.0, Weight::Regular) <= 200.0));
        let even = balanced("aaaa bbbb cccc dddd eeee ffff", 26.0, Weight::Regular, 330.0, 2);
        assert_eq!(even, ["aaaa bbbb cccc", "dddd eeee ffff"]);
        assert_eq!(wrap("short", 26.0, Weight::Regular, 200.0, 2), ["short"]);
        assert_eq!(shorten("unbreakable", 26.0, Weight::Regular, 1.0), "…");
    }
}
