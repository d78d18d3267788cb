"""Alerts: thresholds by hand, and rules that the real promtool checks and fires."""

import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
import yaml

import ippoolkit as ipk
from ippoolkit.alerts import (
    AlertThreshold,
    Quantity,
    Watch,
    WatchedPools,
    dashboard,
    metrics_of,
    prometheus_rule,
    rule_group,
    rules_file,
    watch_forecast,
    watch_scenario,
)
from ippoolkit.errors import InputError
from ippoolkit.forecasting import History, Measurement, PoolHistory, forecast
from tests.helpers import ROOT
from tests.helpers import run_command as run

promtool = pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is missing: install prometheus")
WATCH = Watch(
    (WatchedPools("pool-a", ("pool-a",), Quantity(1024, 2.0), Quantity(16, 0.05), nodes_to_come=4),), max_blocks=10
)
WARN, PAGE = AlertThreshold(60), AlertThreshold(30)


def group(watch=WATCH, release=""):
    return rule_group(watch, metrics_of(release, len(watch.pools)), WARN, PAGE)


def expressions(rules):
    return [(rule["alert"], rule["labels"]["severity"], rule["expr"]) for rule in rules["rules"]]


def test_thresholds_leave_the_lead_time_at_the_growth():
    quantity = Quantity(1000, 4.0)
    assert quantity.threshold(AlertThreshold(30), 0.8, 0.95) == 880  # 1000 - 30 * 4
    assert quantity.threshold(AlertThreshold(1), 0.8, 0.95) == 950  # never later than 95%
    assert quantity.threshold(AlertThreshold(400), 0.8, 0.95) == 1  # it should ring already, but not at 0
    assert quantity.threshold(AlertThreshold(share=0.5), 0.8, 0.95) == 500
    assert Quantity(1000).threshold(AlertThreshold(30), 0.8, 0.95) == 800  # nothing is known of growth


@pytest.mark.parametrize(("text", "days"), [("30d", 30), ("36h", 1.5), ("6w", 42), ("0d", 0)])
def test_lead_times_are_read(text, days):
    assert AlertThreshold.parse(text, "--lead").days == days


@pytest.mark.parametrize("text", ["", "d", "30", "-1d", "x%", "0%", "101%", "infd", "nand"])
def test_what_is_no_lead_time_is_refused(text):
    with pytest.raises(InputError):
        AlertThreshold.parse(text, "--lead")


def test_rules_say_pool_remedy_and_command():
    for rule in group()["rules"]:
        assert rule["labels"]["pool"] == "pool-a"
        assert "pool-a" in rule["annotations"]["summary"]
        assert len(rule["annotations"]["description"]) > 40
        assert rule["annotations"]["command"].startswith(("calicoctl ", "kubectl "))


def test_expressions_hold_the_thresholds():
    selector = '{ippool="pool-a"}'
    assert expressions(group())[:5] == [
        ("CalicoPoolAddressesLow", "warning", f"sum(ipam_allocations_in_use{selector}) >= 904 < 964"),
        ("CalicoPoolAddressesLow", "critical", f"sum(ipam_allocations_in_use{selector}) >= 964"),
        ("CalicoPoolBlocksLow", "warning", f"sum(ipam_blocks{selector}) >= 13 < 14"),
        ("CalicoPoolBlocksLow", "critical", f"sum(ipam_blocks{selector}) >= 14"),
        ("CalicoPoolBlocksBelowNodesToCome", "warning", f"16 - sum(ipam_blocks{selector}) < 4"),
    ]


def test_releases_before_v3_23_know_nodes_only():
    names = {expr.split("(")[-1].split(")")[0] for _, _, expr in expressions(group(release="v3.22.1"))}
    assert "ipam_allocations_per_node" in names
    assert not any("ippool=" in name for name in names)
    assert expressions(group(release="v3.23.0")) == expressions(group())


@pytest.mark.parametrize(
    ("release", "pools", "code"),
    [("v3.17", 1, "alerts-no-metrics"), ("v3.22", 2, "alerts-pools-unknown"), ("newest", 1, "alerts-release")],
)
def test_releases_without_what_is_needed_are_refused(release, pools, code):
    with pytest.raises(InputError) as raised:
        metrics_of(release, pools)
    assert raised.value.problems[0].code == code


def test_a_scenario_is_watched_with_the_growth_of_its_plan():
    scenario = ipk.Scenario(
        cluster=ipk.Cluster(pools=(ipk.IPPool(name="p", cidr="10.0.0.0/20"),)),
        plan=ipk.Plan(months=12, groups=(ipk.NodeGroup(nodes=10, pods_per_node=30, nodes_per_month=2),)),
    )
    (watched,) = watch_scenario(scenario).pools
    assert (watched.addresses.capacity, watched.blocks.capacity, watched.nodes_to_come) == (4096, 64, 24)
    assert watched.addresses.per_day == pytest.approx(24 * 30 / 365)
    assert watched.blocks.per_day == pytest.approx(24 / 365)


def history(per_day):
    start = datetime(2026, 1, 1, tzinfo=UTC)
    rows = tuple(Measurement(start + timedelta(days=day), 100 + int(per_day * day), 1000) for day in range(60))
    return History((PoolHistory("p", rows),))


def test_a_history_is_watched_with_the_growth_measured():
    (watched,) = watch_forecast(forecast(history(2))).pools
    assert watched.addresses.per_day == pytest.approx(2, rel=0.15)
    (calm,) = watch_forecast(forecast(history(0))).pools
    assert calm.addresses.per_day == 0


def test_a_prometheus_rule_has_its_frame():
    rule = yaml.safe_load(prometheus_rule(group(), "monitoring", {"release": "kube-prometheus"}))
    assert (rule["apiVersion"], rule["kind"]) == ("monitoring.coreos.com/v1", "PrometheusRule")
    assert rule["metadata"] == {
        "name": "calico-ip-pools",
        "namespace": "monitoring",
        "labels": {"release": "kube-prometheus"},
    }
    assert rule["spec"]["groups"] == [group()]


def test_the_dashboard_asks_what_the_rules_ask():
    panels = json.loads(dashboard(WATCH, metrics_of("", 1)))["panels"]
    queries = [target["expr"] for panel in panels for target in panel.get("targets", [])]
    for _, _, expression in expressions(group())[:4:2]:
        assert expression.partition(" >= ")[0] in queries
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in panels)


def run_promtool(folder, *arguments):
    result = subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False, cwd=folder)
    assert result.returncode == 0, result.stdout + result.stderr


def run_rule_tests(folder, *tests):
    """Let promtool test the rules of a group."""
    (folder / "rules.yaml").write_text(rules_file(group()))
    (folder / "tests.yaml").write_text(yaml.safe_dump({"rule_files": ["rules.yaml"], "tests": [*tests]}))
    run_promtool(folder, "test", "rules", "tests.yaml")


@promtool
def test_promtool_takes_the_rules(tmp_path):
    pools = (*WATCH.pools, WatchedPools("IPv6", ("v6.a", "v6-b"), Quantity(2**80), Quantity(2**58)))
    for release, watch in (("", Watch(pools)), ("v3.20", WATCH)):
        (tmp_path / "rules.yaml").write_text(rules_file(group(watch, release)))
        run_promtool(tmp_path, "check", "rules", "rules.yaml")


SERIES = {
    "CalicoPoolAddressesLow": ("ipam_allocations_in_use", 904, 903),
    "CalicoPoolBlocksLow": ("ipam_blocks", 14, 12),
    "CalicoPoolBlocksBelowNodesToCome": ("ipam_blocks", 13, 12),
    "CalicoAddressesBorrowed": ("ipam_allocations_borrowed", 1, 0),
    "CalicoNodeNearBlockCap": ("ipam_blocks", 8, 7),
    "CalicoAddressesLeaked": ("ipam_allocations_gc_candidates", 1, 0),
}


@promtool
@pytest.mark.parametrize("alert", SERIES)
def test_alerts_fire_when_they_must_and_only_then(alert, tmp_path):
    metric, high, low = SERIES[alert]
    rules = [rule for rule in group()["rules"] if rule["alert"] == alert]
    fires = next(
        rule
        for rule in rules
        if rule["labels"]["severity"] == ("critical" if alert == "CalicoPoolBlocksLow" else "warning")
    )

    def case(value, expected):
        return {
            "interval": "5m",
            "input_series": [{"series": f'{metric}{{ippool="pool-a",node="n1"}}', "values": f"{value}x60"}],
            "promql_expr_test": [],
            "alert_rule_test": [{"eval_time": "4h", "alertname": alert, "exp_alerts": expected}],
        }

    labels = dict(fires["labels"])
    if "by (node)" in fires["expr"]:
        labels["node"] = "n1"
    value = 16 - high if alert == "CalicoPoolBlocksBelowNodesToCome" else high
    annotations = {
        name: text.replace("{{ $value }}", str(value)).replace("{{ $labels.node }}", "n1")
        for name, text in fires["annotations"].items()
    }
    fired = {"exp_labels": labels, "exp_annotations": annotations}
    run_rule_tests(tmp_path, case(high, [fired]), case(low, []))


@promtool
def test_a_missing_metric_rings(tmp_path):
    (rule,) = (rule for rule in group()["rules"] if rule["alert"] == "CalicoPoolMetricsMissing")
    expected = [{"exp_labels": rule["labels"] | {"ippool": "pool-a"}, "exp_annotations": rule["annotations"]}]
    alert = {"eval_time": "1h", "alertname": rule["alert"], "exp_alerts": expected}
    run_rule_tests(tmp_path, {"interval": "5m", "input_series": [], "alert_rule_test": [alert]})


def test_the_command_writes_all_three_files(tmp_path):
    csv = "time,pool,in_use,capacity\n" + "".join(f"2026-01-{day:02},a,{100 + day},256\n" for day in range(1, 31))
    (tmp_path / "history.csv").write_text(csv)
    files = [tmp_path / name for name in ("rules.yaml", "plain.yaml", "dashboard.json")]
    result = run("alerts", tmp_path / "history.csv", "-o", files[0], "--plain", files[1], "--dashboard", files[2])
    assert result.exit_code == 0, result.stderr
    rule = yaml.safe_load(files[0].read_text())
    assert rule["spec"]["groups"] == yaml.safe_load(files[1].read_text())["groups"]
    assert json.loads(files[2].read_text())["title"] == "Calico IP pools"


def test_the_command_takes_a_scenario_and_refuses_what_is_no_time():
    result = run("alerts", ROOT / "data/kubespray.yaml", "--calico", "v3.29")
    assert result.exit_code == 0, result.stderr
    assert "ipam_allocations_in_use" in result.stdout
    assert run("alerts", ROOT / "data/kubespray.yaml", "--lead", "soon").exit_code == 2
