"""Rules on what a simulation is asked for."""

from __future__ import annotations

from ...texts import N_
from .rule import error, warning

SIMULATIONS = (
    warning(
        "simulation-no-pods",
        N_("The input has no pods and plans none: nothing is placed, so that no request can fail."),
        N_("Plan nodes and pods in the scenario (plan.groups), or add the output of kubectl get pods -A -o json."),
    ),
    error(
        "simulation-large",
        N_(
            "{nodes:node} and {pods:pod} are too many to be simulated one by one; at most {most_nodes:node} and "
            "{most_pods:pod}."
        ),
        N_("Plan for less, or look at the tables of ippoolkit capacity, which have no such limit."),
    ),
    error("trace-time", N_("{value} is not a time in seconds between 0 and {most}.")),
    error(
        "simulation-distribution",
        N_("{value} is not a mean from 0 on, or a mean and a standard deviation."),
        N_("Write it as 5 or 5,2."),
    ),
)
