"""Rules on histories, forecasts, and work that is spread."""

from __future__ import annotations

from ...texts import N_
from .rule import error, info, ok, warning

_ISO = N_("Write it as 2026-01-31 or 2026-01-31T06:00:00Z.")

FORECASTS = (
    # Reading histories.
    error("csv-syntax", N_("Not valid CSV: {reason}."), N_("Export the table again.")),
    error(
        "csv-column-missing",
        N_("The column {column} is missing."),
        N_("The first line names the columns: time,pool,in_use,capacity and, where known, blocks_in_use,blocks."),
    ),
    error("csv-cells", N_("This row has only {count:value}."), N_("Give every column a value.")),
    error("csv-cell-empty", N_("The cell is empty.")),
    error("history-time-invalid", N_("{value} is not a valid time."), _ISO),
    error("history-number-invalid", N_("{value} is not a number."), N_("Leave unknown values empty.")),
    error("history-number-negative", N_("{value} is negative; a count cannot be.")),
    error(
        "history-time-repeated",
        N_("There is a row of pool {pool} for this time already, at {first}."),
        N_("Keep one of them."),
    ),
    error("problems-more", N_("And {count:error} more.")),
    error("history-empty", N_("There is no measurement of any pool in this source.")),
    error(
        "history-form",
        N_("This is not a history."),
        N_("Give CSV, a JSON answer of Prometheus' query_range, a folder of dated dumps, or the URL of a Prometheus."),
    ),
    error(
        "history-redacted",
        N_("A history contains the real pool names: it cannot be shown where names are replaced."),
        N_("Leave out --redact or --history."),
    ),
    info("history-gaps", N_("{count:value} of addresses in use are missing and treated as gaps.")),
    warning(
        "history-above-capacity",
        N_("In {count:value} the addresses in use exceed the capacity, first {value} of {bound} at {time}."),
        N_("Did the pool's size change, or does the history mix two pools?"),
    ),
    warning(
        "history-above-blocks",
        N_("In {count:value} the blocks in use exceed the pool's blocks, first {value} of {bound} at {time}."),
        N_("Is the block size the pool's? Give its manifest with --pools."),
    ),
    info(
        "history-block-size",
        N_(
            "The history does not say how many blocks the pool has: blocks of {size:address} are assumed, "
            "Calico's default."
        ),
        N_("If the block size differs, give the pools' manifests with --pools."),
        source_key="block-size",
    ),
    error(
        "dump-undated",
        N_("Neither the name of this file nor of its folder holds a date."),
        N_("Put each dump in a folder or file such as 2026-01-31."),
    ),
    error("prometheus-error", N_("Prometheus answered with an error: {reason}."), source_key="prometheus"),
    error(
        "prometheus-form",
        N_("The result is of type {value}, not a matrix."),
        N_("Save the answer of /api/v1/query_range."),
        source_key="prometheus",
    ),
    error("prometheus-series", N_("This series has no labels or no values."), source_key="prometheus"),
    error("prometheus-point", N_("A sample is a pair of a time and a value."), source_key="prometheus"),
    error(
        "prometheus-unnamed",
        N_("Neither the series nor the file says which metric this is."),
        N_("Name the file after the metric, such as ipam_allocations_in_use.json."),
        source_key="metrics",
    ),
    error(
        "prometheus-metric",
        N_("{metric} is not a metric of Calico's IPAM."),
        N_("Query ipam_allocations_in_use, ipam_blocks and ipam_ippool_size."),
        source_key="metrics",
    ),
    error(
        "prometheus-pool",
        N_("The series has no label ippool."),
        N_("Keep it in sums: sum by (ippool) (…)."),
        source_key="metrics",
    ),
    error("prometheus-unreachable", N_("Prometheus cannot be queried: {reason}."), source_key="prometheus"),
    # Forecasts.
    info(
        "forecast-few",
        N_("No date: the history has only {count} points, a forecast needs at least {least}."),
        N_("Try again with a longer history."),
        source_key="forecast",
    ),
    info(
        "forecast-no-capacity",
        N_("No date: the pool's capacity is not known."),
        N_("Give the pools' manifests with --pools, or --capacity."),
        source_key="forecast",
    ),
    error("forecast-full", N_("All {capacity:address} are in use."), N_("Add a pool now."), source_key="forecast"),
    error("forecast-full-blocks", N_("All {capacity:block} are in use."), N_("Add a pool now."), source_key="forecast"),
    warning(
        "forecast-date",
        N_("Runs out most likely in {month}; 1 chance in 10 before {early}, 1 in 10 after {late}."),
        N_("Have the next pool ready before {early}."),
        source_key="forecast",
    ),
    warning(
        "forecast-date-open",
        N_(
            "Runs out most likely in {month}; 1 chance in 10 before {early}, more than 1 in 10 not within {years:.3g} "
            "years."
        ),
        N_("Have the next pool ready before {early}."),
        source_key="forecast",
    ),
    info(
        "forecast-possible",
        N_("Most likely not within {years:.3g} years; 1 in 10 before {early}."),
        source_key="forecast",
    ),
    ok(
        "forecast-calm",
        N_("Does not run out within {years:.3g} years, with a probability of at least 90%."),
        source_key="forecast",
    ),
    error("forecast-capacity", N_("{value} is not POOL=NUMBER.")),
    # Alerts.
    error("alerts-lead", N_("{value} is not a time."), N_("Write it as 30d, 6w, 36h, or as 80%.")),
    error("alerts-label", N_("{value} is not KEY=VALUE.")),
    error("alerts-release", N_("{value} is not a release."), N_("Write it as v3.29."), source_key="metrics"),
    error(
        "alerts-no-metrics",
        N_("kube-controllers of {value} has no metrics of IPAM: they came with v3.18."),
        source_key="metrics",
    ),
    error(
        "alerts-pools-unknown",
        N_("Metrics of {value} do not distinguish pools, and there are {count:pool}: v3.23 and later do."),
        source_key="metrics",
    ),
    # Work that is spread.
    error(
        "extra-missing",
        N_("This needs the package {package}, which is not installed."),
        N_("pip install 'ippoolkit[{extra}]'"),
    ),
    error(
        "scheduler-unreachable",
        N_("The scheduler {address} does not answer: {reason}."),
        N_("Start it with dask scheduler, or leave --scheduler out."),
        source_key="dask",
    ),
    error("worker-died", N_("The process that worked on it ended twice."), N_("Is memory short?")),
    error("item-failed", N_("It failed: {reason}.")),
)
