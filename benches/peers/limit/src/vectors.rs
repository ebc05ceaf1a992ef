//! Eight numbers at a time in AVX2: a generator, logarithm and exponential, normals, the alias table.

use std::arch::x86_64::*;

use workload::columns::N_PLACES;

use crate::scalar::WyRand;

/// Eight generators side by side (xoshiro128++).
#[derive(Clone, Copy)]
pub(crate) struct Rng8 {
    s: [__m256i; 4],
}

macro_rules! rotl {
    ($x:expr, $k:literal) => {
        _mm256_or_si256(_mm256_slli_epi32($x, $k), _mm256_srli_epi32($x, 32 - $k))
    };
}

impl Rng8 {
    #[target_feature(enable = "avx2,fma")]
    pub(crate) fn new(seed: u64) -> Self {
        let mut r = WyRand::new(seed);
        let mut word = || {
            let w: [u64; 4] = std::array::from_fn(|_| r.next());
            unsafe { std::mem::transmute::<[u64; 4], __m256i>(w) }
        };
        Rng8 { s: [word(), word(), word(), word()] }
    }
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub(crate) fn next(&mut self) -> __m256i {
        let [s0, s1, s2, s3] = self.s;
        let sum = _mm256_add_epi32(s0, s3);
        let out = _mm256_add_epi32(rotl!(sum, 7), s0);
        let t = _mm256_slli_epi32(s1, 9);
        let s2 = _mm256_xor_si256(s2, s0);
        let s3 = _mm256_xor_si256(s3, s1);
        let s1 = _mm256_xor_si256(s1, s2);
        let s0 = _mm256_xor_si256(s0, s3);
        let s2 = _mm256_xor_si256(s2, t);
        self.s = [s0, s1, s2, rotl!(s3, 11)];
        out
    }
}

#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn splat(x: f32) -> __m256 {
    _mm256_set1_ps(x)
}

/// (0, 1) from the high 24 bits.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn unit(r: __m256i) -> __m256 {
    let f = _mm256_cvtepi32_ps(_mm256_srli_epi32(r, 8));
    _mm256_fmadd_ps(f, splat(1.0 / 16_777_216.0), splat(0.5 / 16_777_216.0))
}

/// ln x, x positive and normal.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn ln8(x: __m256) -> __m256 {
    let b = _mm256_castps_si256(x);
    let off = _mm256_sub_epi32(b, _mm256_set1_epi32(0x3f35_04f3));
    let e = _mm256_srai_epi32(off, 23);
    let m = _mm256_castsi256_ps(_mm256_sub_epi32(b, _mm256_slli_epi32(e, 23)));
    let f = _mm256_sub_ps(m, splat(1.0));
    let mut p = splat(7.037_683_6e-2);
    for c in [
        -1.151_461e-1,
        1.167_699_9e-1,
        -1.242_014_1e-1,
        1.424_932_3e-1,
        -1.666_805_8e-1,
        2.000_071_5e-1,
        -2.499_999_4e-1,
        3.333_333e-1,
    ] {
        p = _mm256_fmadd_ps(p, f, splat(c));
    }
    let q = _mm256_mul_ps(f, f);
    let p = _mm256_fmadd_ps(p, f, splat(-0.5));
    let l = _mm256_fmadd_ps(p, q, f);
    _mm256_fmadd_ps(_mm256_cvtepi32_ps(e), splat(std::f32::consts::LN_2), l)
}

#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn exp8(x: __m256) -> __m256 {
    let t = _mm256_mul_ps(x, splat(std::f32::consts::LOG2_E));
    let n = _mm256_round_ps(t, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    let f = _mm256_sub_ps(t, n);
    let mut p = splat(0.001_333_355_8);
    for c in [0.009_618_129, 0.055_504_11, 0.240_226_5, std::f32::consts::LN_2, 1.0] {
        p = _mm256_fmadd_ps(p, f, splat(c));
    }
    let e = _mm256_slli_epi32(_mm256_cvtps_epi32(n), 23);
    _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(p), e))
}

/// One e^x with fused multiply-adds.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn exp1(x: f32) -> f32 {
    let magic = 12_582_912.0f32;
    let shifted = x.mul_add(std::f32::consts::LOG2_E, magic);
    let f = x.mul_add(std::f32::consts::LOG2_E, -(shifted - magic));
    let a = f.mul_add(0.001_333_355_8, 0.009_618_129);
    let b = f.mul_add(0.055_504_11, 0.240_226_5);
    let c = f.mul_add(std::f32::consts::LN_2, 1.0);
    let f2 = f * f;
    let p = f2.mul_add(f2.mul_add(a, b), c);
    f32::from_bits(p.to_bits().wrapping_add(shifted.to_bits() << 23))
}

/// Sixteen normals of standard deviation `sd` (Box-Muller).
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn normal16(rng: &mut Rng8, sd: f32) -> (__m256, __m256) {
    let l = ln8(unit(rng.next()));
    let r = _mm256_sqrt_ps(_mm256_mul_ps(l, splat(-2.0 * sd * sd)));
    let b = rng.next();
    let a = _mm256_cvtepi32_ps(_mm256_srli_epi32(b, 8));
    let q = std::f32::consts::FRAC_PI_4;
    let a = _mm256_fmadd_ps(a, splat(2.0 * q / 16_777_216.0), splat(-q));
    let x = _mm256_mul_ps(a, a);
    let s = _mm256_fmadd_ps(x, splat(-1.951_529_6e-4), splat(8.332_161e-3));
    let s = _mm256_fmadd_ps(s, x, splat(-1.666_665_5e-1));
    let s = _mm256_fmadd_ps(_mm256_mul_ps(s, x), a, a);
    let c = _mm256_fmadd_ps(x, splat(2.443_315_7e-5), splat(-1.388_731_6e-3));
    let c = _mm256_fmadd_ps(c, x, splat(4.166_664_6e-2));
    let c = _mm256_fmadd_ps(c, x, splat(-0.5));
    let c = _mm256_fmadd_ps(c, x, splat(1.0));
    // Low bits of b: sign of the cosine, and which of the two comes first.
    let sign = _mm256_castsi256_ps(_mm256_slli_epi32(b, 31));
    let swap = _mm256_castsi256_ps(_mm256_slli_epi32(b, 30));
    let c = _mm256_xor_ps(c, sign);
    let (u, v) = (_mm256_blendv_ps(c, s, swap), _mm256_blendv_ps(s, c, swap));
    (_mm256_mul_ps(r, u), _mm256_mul_ps(r, v))
}

#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn alias8(rng: &mut Rng8, table: &[u32; N_PLACES]) -> __m256i {
    let r = rng.next();
    let bucket = _mm256_srli_epi32(r, 21);
    let entry = unsafe { _mm256_i32gather_epi32::<4>(table.as_ptr().cast(), bucket) };
    let u = _mm256_and_si256(r, _mm256_set1_epi32(0x1F_FFFF));
    let own = _mm256_cmpgt_epi32(_mm256_srli_epi32(entry, 11), u);
    let other = _mm256_and_si256(entry, _mm256_set1_epi32(2047));
    _mm256_blendv_epi8(other, bucket, own)
}
