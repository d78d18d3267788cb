"""Rules on histories, forecasts, and work that is spread."""

from __future__ import annotations

from ...texts import N_
from .rule import Rule

_ISO = N_("Write it as 2026-01-31 or 2026-01-31T06:00:00Z.")

FORECASTS = (
    # Reading histories.
    Rule("csv-syntax", "error", N_("Not valid CSV: {reason}."), N_("Export the table again.")),
    Rule(
        "csv-column-missing",
        "error",
        N_("The column {column} is missing."),
        N_("The first line names the columns: time,pool,in_use,capacity and, where known, blocks_in_use,blocks."),
    ),
    Rule("csv-cells", "error", N_("This row has only {count:value}."), N_("Give every column a value.")),
    Rule("csv-cell-empty", "error", N_("The cell is empty.")),
    Rule("history-time-invalid", "error", N_("{value} is not a valid time."), _ISO),
    Rule("history-number-invalid", "error", N_("{value} is not a number."), N_("Leave unknown values empty.")),
    Rule("history-number-negative", "error", N_("{value} is negative; a count cannot be.")),
    Rule(
        "history-time-repeated",
        "error",
        N_("There is a row of pool {pool} for this time already, at {first}."),
        N_("Keep one of them."),
    ),
    Rule("problems-more", "error", N_("And {count:error} more.")),
    Rule("history-empty", "error", N_("There is no measurement of any pool in this source.")),
    Rule(
        "history-form",
        "error",
        N_("This is not a history."),
        N_("Give CSV, a JSON answer of Prometheus' query_range, a folder of dated dumps, or the URL of a Prometheus."),
    ),
    Rule(
        "history-redacted",
        "error",
        N_("A history contains the real pool names: it cannot be shown where names are replaced."),
        N_("Leave out --redact or --history."),
    ),
    Rule("history-gaps", "info", N_("{count:value} of addresses in use are missing and treated as gaps.")),
    Rule(
        "history-above-capacity",
        "warning",
        N_("In {count:value} the addresses in use exceed the capacity, first {value} of {bound} at {time}."),
        N_("Did the pool's size change, or does the history mix two pools?"),
    ),
    Rule(
        "history-above-blocks",
        "warning",
        N_("In {count:value} the blocks in use exceed the pool's blocks, first {value} of {bound} at {time}."),
        N_("Is the block size the pool's? Give its manifest with --pools."),
    ),
    Rule(
        "history-block-size",
        "info",
        N_(
            "The history does not say how many blocks the pool has: blocks of {size:address} are assumed, "
            "Calico's default."
        ),
        N_("If the block size differs, give the pools' manifests with --pools."),
        source_key="block-size",
    ),
    Rule(
        "dump-undated",
        "error",
        N_("Neither the name of this file nor of its folder holds a date."),
        N_("Put each dump in a folder or file such as 2026-01-31."),
    ),
    Rule("prometheus-error", "error", N_("Prometheus answered with an error: {reason}."), source_key="prometheus"),
    Rule(
        "prometheus-form",
        "error",
        N_("The result is of type {value}, not a matrix."),
        N_("Save the answer of /api/v1/query_range."),
        source_key="prometheus",
    ),
    Rule("prometheus-series", "error", N_("This series has no labels or no values."), source_key="prometheus"),
    Rule("prometheus-point", "error", N_("A sample is a pair of a time and a value."), source_key="prometheus"),
    Rule(
        "prometheus-unnamed",
        "error",
        N_("Neither the series nor the file says which metric this is."),
        N_("Name the file after the metric, such as ipam_allocations_in_use.json."),
        source_key="metrics",
    ),
    Rule(
        "prometheus-metric",
        "error",
        N_("{metric} is not a metric of Calico's IPAM."),
        N_("Query ipam_allocations_in_use, ipam_blocks and ipam_ippool_size."),
        source_key="metrics",
    ),
    Rule(
        "prometheus-pool",
        "error",
        N_("The series has no label ippool."),
        N_("Keep it in sums: sum by (ippool) (…)."),
        source_key="metrics",
    ),
    Rule("prometheus-unreachable", "error", N_("Prometheus cannot be queried: {reason}."), source_key="prometheus"),
    # Forecasts.
    Rule(
        "forecast-few",
        "info",
        N_("No date: the history has only {count} points, a forecast needs at least {least}."),
        N_("Try again with a longer history."),
        source_key="forecast",
    ),
    Rule(
        "forecast-no-capacity",
        "info",
        N_("No date: the pool's capacity is not known."),
        N_("Give the pools' manifests with --pools, or --capacity."),
        source_key="forecast",
    ),
    Rule(
        "forecast-full", "error", N_("All {capacity:address} are in use."), N_("Add a pool now."), source_key="forecast"
    ),
    Rule(
        "forecast-full-blocks",
        "error",
        N_("All {capacity:block} are in use."),
        N_("Add a pool now."),
        source_key="forecast",
    ),
    Rule(
        "forecast-date",
        "warning",
        N_("Runs out most likely in {month}; 1 chance in 10 before {early}, 1 in 10 after {late}."),
        N_("Have the next pool ready before {early}."),
        source_key="forecast",
    ),
    Rule(
        "forecast-date-open",
        "warning",
        N_(
            "Runs out most likely in {month}; 1 chance in 10 before {early}, more than 1 in 10 not within {years:.3g} "
            "years."
        ),
        N_("Have the next pool ready before {early}."),
        source_key="forecast",
    ),
    Rule(
        "forecast-possible",
        "info",
        N_("Most likely not within {years:.3g} years; 1 in 10 before {early}."),
        source_key="forecast",
    ),
    Rule(
        "forecast-calm",
        "ok",
        N_("Does not run out within {years:.3g} years, with a probability of at least 90%."),
        source_key="forecast",
    ),
    Rule("forecast-capacity", "error", N_("{value} is not POOL=NUMBER.")),
    # Alerts.
    Rule("alerts-lead", "error", N_("{value} is not a time."), N_("Write it as 30d, 6w, 36h, or as 80%.")),
    Rule("alerts-label", "error", N_("{value} is not KEY=VALUE.")),
    Rule("alerts-release", "error", N_("{value} is not a release."), N_("Write it as v3.29."), source_key="metrics"),
    Rule(
        "alerts-no-metrics",
        "error",
        N_("kube-controllers of {value} has no metrics of IPAM: they came with v3.18."),
        source_key="metrics",
    ),
    Rule(
        "alerts-pools-unknown",
        "error",
        N_("Metrics of {value} do not distinguish pools, and there are {count:pool}: v3.23 and later do."),
        source_key="metrics",
    ),
    # Work that is spread.
    Rule(
        "extra-missing",
        "error",
        N_("This needs the package {package}, which is not installed."),
        N_("pip install 'ippoolkit[{extra}]'"),
    ),
    Rule(
        "scheduler-unreachable",
        "error",
        N_("The scheduler {address} does not answer: {reason}."),
        N_("Start it with dask scheduler, or leave --scheduler out."),
        source_key="dask",
    ),
    Rule("worker-died", "error", N_("The process that worked on it ended twice."), N_("Is memory short?")),
    Rule("item-failed", "error", N_("It failed: {reason}.")),
)
