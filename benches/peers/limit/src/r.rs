//! Workload R at the limit: `--variant simd` or `scalar`.

use peers_limit::scalar;
use workload::report::Args;

fn main() {
    let args = Args::parse("simd");
    match args.variant.as_str() {
        "scalar" => args.replicate_r("limit-scalar", scalar::run),
        #[cfg(target_arch = "x86_64")]
        "simd" => {
            assert!(
                is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
                "this variant needs AVX2 and FMA"
            );
            // SAFETY: the features were just detected.
            args.replicate_r("limit-simd", |params, specs, seed| unsafe {
                peers_limit::simd::run(params, specs, seed)
            });
        }
        other => panic!("no variant {other}"),
    }
}
