//! AVX2: all draws are made in blocks of auctions, and an auction is decided in two vector registers.

use std::arch::x86_64::*;

use workload::columns::{AliasTable, Draws, Market, N_PLACES, by_phase};
use workload::report::Report;
use workload::{AppSpec, BUDGET_SD, N_APPS, N_SLOTS, NOISE_SD, Params, RESERVE};

use crate::queue::{DAY, Queue};
use crate::vectors::{Rng8, alias8, exp1, exp8, ln8, normal16, splat, unit};

/// Auctions of a block of draws, which then takes 12 KiB.
const BLOCK: usize = 128;
const SLOTS: usize = BLOCK * N_SLOTS;
/// Rarer draws of a block.
const RARE: usize = 64;
/// Re-plans of a day, in whole vectors.
const REPLANS: usize = N_APPS.next_multiple_of(16);

#[repr(C, align(64))]
struct Source {
    app: [u32; SLOTS],
    noise: [f32; SLOTS],
    gap: [u32; BLOCK],
    conversion: [u32; BLOCK],
    normals: [f32; RARE],
    exponentials: [f32; RARE],
    replan_noise: [f32; REPLANS],
    rng: Rng8,
    normal_at: usize,
    exponential_at: usize,
    gap_ticks: f32,
    alias: AliasTable,
}

impl Source {
    #[target_feature(enable = "avx2,fma")]
    fn new(params: &Params, specs: &[AppSpec], seed: u64) -> Box<Self> {
        Box::new(Source {
            app: [0; SLOTS],
            noise: [0.0; SLOTS],
            gap: [0; BLOCK],
            conversion: [0; BLOCK],
            normals: [0.0; RARE],
            exponentials: [0.0; RARE],
            replan_noise: [0.0; REPLANS],
            rng: Rng8::new(seed),
            normal_at: RARE,
            exponential_at: RARE,
            gap_ticks: (DAY as f64 / params.auctions_per_day) as f32,
            alias: AliasTable::new(specs),
        })
    }
    #[inline(never)]
    #[target_feature(enable = "avx2,fma")]
    fn fill_block(&mut self) {
        let mut rng = self.rng;
        let mut i = 0;
        while i < SLOTS {
            unsafe {
                let a = alias8(&mut rng, &self.alias.places);
                let b = alias8(&mut rng, &self.alias.places);
                _mm256_store_si256(self.app.as_mut_ptr().add(i).cast(), a);
                _mm256_store_si256(self.app.as_mut_ptr().add(i + 8).cast(), b);
                let (x, y) = normal16(&mut rng, NOISE_SD as f32);
                _mm256_store_ps(self.noise.as_mut_ptr().add(i), x);
                _mm256_store_ps(self.noise.as_mut_ptr().add(i + 8), y);
            }
            i += 16;
        }
        for i in (0..BLOCK).step_by(8) {
            let g = _mm256_mul_ps(ln8(unit(rng.next())), splat(-self.gap_ticks));
            unsafe {
                _mm256_store_si256(self.gap.as_mut_ptr().add(i).cast(), _mm256_cvttps_epi32(g));
                _mm256_store_si256(self.conversion.as_mut_ptr().add(i).cast(), rng.next());
            }
        }
        self.rng = rng;
    }
    #[inline(never)]
    #[target_feature(enable = "avx2,fma")]
    fn fill_replans(&mut self) {
        let mut rng = self.rng;
        for i in (0..REPLANS).step_by(16) {
            let (x, y) = normal16(&mut rng, BUDGET_SD as f32);
            unsafe {
                _mm256_store_ps(self.replan_noise.as_mut_ptr().add(i), exp8(x));
                _mm256_store_ps(self.replan_noise.as_mut_ptr().add(i + 8), exp8(y));
            }
        }
        self.rng = rng;
    }
    #[inline(never)]
    #[target_feature(enable = "avx2,fma")]
    fn fill_rare(&mut self) {
        let mut rng = self.rng;
        for i in (0..RARE).step_by(16) {
            let (x, y) = normal16(&mut rng, 1.0);
            unsafe {
                _mm256_store_ps(self.normals.as_mut_ptr().add(i), x);
                _mm256_store_ps(self.normals.as_mut_ptr().add(i + 8), y);
            }
        }
        self.rng = rng;
        self.normal_at = 0;
    }
    #[inline(never)]
    #[target_feature(enable = "avx2,fma")]
    fn fill_exponentials(&mut self) {
        let mut rng = self.rng;
        for i in (0..RARE).step_by(8) {
            let e = _mm256_mul_ps(ln8(unit(rng.next())), splat(-1.0));
            unsafe { _mm256_store_ps(self.exponentials.as_mut_ptr().add(i), e) };
        }
        self.rng = rng;
        self.exponential_at = 0;
    }
}

impl Draws for Source {
    #[inline]
    fn normal(&mut self) -> f32 {
        if self.normal_at == RARE {
            unsafe { self.fill_rare() };
        }
        self.normal_at += 1;
        self.normals[self.normal_at - 1]
    }
    #[inline]
    fn exponential(&mut self) -> f32 {
        if self.exponential_at == RARE {
            unsafe { self.fill_exponentials() };
        }
        self.exponential_at += 1;
        self.exponentials[self.exponential_at - 1]
    }
}

/// Largest of twelve values, in every lane.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn max12(a: __m256, b: __m128) -> __m128 {
    let m = _mm_max_ps(_mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps::<1>(a)), b);
    let m = _mm_max_ps(m, _mm_shuffle_ps::<0b01_00_11_10>(m, m));
    _mm_max_ps(m, _mm_shuffle_ps::<0b10_11_00_01>(m, m))
}

/// (best score, its app, best score of any other app).
#[inline]
#[target_feature(enable = "avx2,fma")]
fn top_two(log_score: &[f32; N_PLACES], app: &[u32; N_SLOTS], noise: &[f32; N_SLOTS]) -> (f32, u32, f32) {
    unsafe {
        let ia = _mm256_loadu_si256(app.as_ptr().cast());
        let ib = _mm_loadu_si128(app.as_ptr().add(8).cast());
        let va = _mm256_i32gather_ps::<4>(log_score.as_ptr(), ia);
        let vb = _mm_i32gather_ps::<4>(log_score.as_ptr(), ib);
        let sa = _mm256_add_ps(va, _mm256_loadu_ps(noise.as_ptr()));
        let sb = _mm_add_ps(vb, _mm_loadu_ps(noise.as_ptr().add(8)));
        let best = max12(sa, sb);
        let ea = _mm256_cmp_ps::<_CMP_EQ_OQ>(sa, _mm256_set_m128(best, best));
        let eb = _mm_cmpeq_ps(sb, best);
        let mask = _mm256_movemask_ps(ea) as u32 | (_mm_movemask_ps(eb) as u32) << 8;
        let w = *app.get_unchecked(mask.trailing_zeros() as usize);
        let none = f32::NEG_INFINITY;
        let ma = _mm256_castsi256_ps(_mm256_cmpeq_epi32(ia, _mm256_set1_epi32(w as i32)));
        let mb = _mm_castsi128_ps(_mm_cmpeq_epi32(ib, _mm_set1_epi32(w as i32)));
        let ra = _mm256_blendv_ps(sa, _mm256_set1_ps(none), ma);
        let rb = _mm_blendv_ps(sb, _mm_set1_ps(none), mb);
        (_mm_cvtss_f32(best), w, _mm_cvtss_f32(max12(ra, rb)))
    }
}

/// One replication.
///
/// # Safety
///
/// The processor must have AVX2 and FMA.
#[target_feature(enable = "avx2,fma")]
pub unsafe fn run(params: &Params, specs: &[AppSpec], seed: u64) -> Report {
    let specs = &by_phase(specs)[..];
    let n_days = params.days as usize;
    let mut source = Source::new(params, specs, seed);
    let mut queue = Queue::new(n_days);
    let mut market = Market::new(specs, &mut *source, &mut queue);
    let (shift, ln_reserve) = ((NOISE_SD * NOISE_SD / 2.0) as f32, RESERVE.ln() as f32);
    let replans: Vec<u64> = specs.iter().map(|spec| (spec.phase * DAY as f64) as u64).chain([DAY]).collect();
    source.fill_block();
    let mut at = 0;
    let (mut auctions, mut events) = (0, 0);
    let mut auction_at = u64::from(source.gap[0]);
    for day in 0..n_days {
        queue.begin_day(day);
        source.fill_replans();
        let mut replan = 0;
        loop {
            let replan_at = day as u64 * DAY + replans[replan];
            let event_at = queue.next_time();
            let stop = replan_at.min(event_at);
            while auction_at < stop {
                auctions += 1;
                let (app, _) = source.app[at * N_SLOTS..].split_first_chunk().expect("a block of auctions");
                let (noise, _) =
                    source.noise[at * N_SLOTS..].split_first_chunk().expect("a block of auctions");
                let (best, winner, second) = top_two(&market.log_score, app, noise);
                if best - shift >= ln_reserve {
                    let winner = winner as usize;
                    market.win(winner, exp1((second - shift).max(ln_reserve)));
                    if source.conversion[at] < market.purse[winner].conversion {
                        queue.set_now(auction_at);
                        market.install(winner, &mut *source, &mut queue);
                    }
                }
                at += 1;
                if at == BLOCK {
                    source.fill_block();
                    at = 0;
                }
                auction_at += u64::from(source.gap[at]);
            }
            if replan_at <= event_at {
                if replan == N_APPS {
                    break;
                }
                market.replan(replan, source.replan_noise[replan]);
                replan += 1;
            } else {
                let event = queue.pop();
                market.handle(event, &mut *source, &mut queue);
            }
            events += 1;
        }
    }
    market.report(auctions, auctions + events)
}
