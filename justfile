# Short names for the checks; `.ci/run` runs them all without `just`.

# List the recipes
default:
    @just --list

# All tests
test:
    cargo test

# Format and lints, as in CI
lint:
    cargo fmt --all --check
    cargo clippy --all-targets --all-features -- -D warnings
    cargo clippy --no-default-features --lib -- -D warnings

# Documentation of the library
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps

# Every configuration that is not the embedded base
check-configs:
    find configs -name '*.toml' ! -path configs/base.toml -print0 | xargs -0 -r cargo run --release --quiet -- check

# Known answers of the program
selftest *names:
    cargo run --release --quiet -- selftest {{ names }}

# Rewrite the parameter tables of the model description from the configuration
odd:
    cargo run --quiet -- explain --format md > target/parameters.md
    sed -e '/<!-- parameters: begin/,/<!-- parameters: end/{/<!-- parameters: /!d' -e '}' -e '/<!-- parameters: begin/r target/parameters.md' docs/odd.md > target/odd.md
    cp target/odd.md docs/odd.md

# Rewrite the texts under tests/golden from what the program says now; read the diff
golden:
    BIDCAST_UPDATE_GOLDEN=1 cargo test --test all as_on_file

# A first look, in a numbered folder under runs/
quick:
    cargo run --release --quiet -- forecast --profile quick

# The standard forecast; flags are passed on: `just forecast --seed 7`
forecast *flags:
    cargo run --release --quiet -- forecast {{ flags }}

# Fit the shipped posterior anew, under twenty minutes on two cores; make the forecast of the README anew afterwards
posterior:
    cargo run --release --quiet -- calibrate --force -o target/posterior
    awk 'NR == 1 || NR % 2 == 0' target/posterior/posterior.csv > configs/posterior/posterior.csv
    cp target/posterior/posterior.json configs/posterior/posterior.json

# A replication beside its limit
bench:
    cargo bench --bench replication

# How time and memory of a replication grow with the market; `--quick` for a look, `--chart` for the figure in docs
bench-scale *flags:
    cargo bench --bench scale -- {{ flags }}

# Instructions of fixed workloads beside those on file; --update rewrites the file
bench-check *flags:
    benches/check/run {{ flags }}

# Other engines beside the calendar and the streams, about ten minutes
peers *flags:
    benches/peers/run {{ flags }}

# Everything that must pass before a change is merged
ci:
    .ci/run
