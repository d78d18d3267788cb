"""What a report says of designs to choose from: the picked one and why, the others as a picture and a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...choose import Recommendation, designs_table, first_designs, recommend, routes_table
from ...choose.requirements_source import resolve_requirements
from ...errors import InputError
from ...figures import draw_designs
from ...findings import N_, Language
from ...model import Cluster, Scenario
from ...read import load
from ...write import to_manifests_yaml
from .base_report import BaseReport
from .section import Section, SectionPart, code_part, heading_part, paragraph, picture_part


class ChooseReport(BaseReport):
    """A need and what can be chosen for it, ready to be shown.

    Parameters
    ----------
    scenario
        Path of a scenario or of a cluster's dumps; empty: there is nothing yet.
    lang
        Language: ``en`` or ``zh``.
    date
        Date to print, and the day on which growth starts; today if left out.
    need
        As the fields of `ippoolkit.recommend`; those that are empty or None are left out, and `max_routes` where it is
        0: a parameter of a notebook has a value of one type.

    Raises
    ------
    InputError
        Where the file cannot be read, or the need cannot be.
    """

    def __init__(self, scenario: str = "", lang: str = "en", date: str = "", **need: Any) -> None:
        super().__init__(lang, date)
        existing = load(scenario) if scenario else None
        requirement_fields = {name: value for name, value in need.items() if value not in (None, "", (), [])}
        if not requirement_fields.get("max_routes", 1):
            del requirement_fields["max_routes"]
        self.recommendation = recommend(
            existing, today=dt.date.fromisoformat(date) if date else None, **requirement_fields
        )

    def title(self) -> Section:
        """Return the head: what is needed."""
        scenario = self.recommendation.scenario
        release = str(scenario.release)
        line = need_sentence(self.recommendation, self.language)
        return Section(
            (self.header_part(N_("What to choose"), scenario.name, (line,), release=release),), {"release": release}
        )

    def picked(self) -> Section:
        """Return the picked designs and why."""
        return self.section(N_("The choice"), *picked_parts(self.recommendation, self))

    def designs(self) -> Section:
        """Return all designs worth having, as a picture and a table for each family."""
        return self.section(N_("Alternatives"), *design_parts(self.recommendation, self))

    def routes(self) -> Section:
        """Return who holds how many routes."""
        routes = routes_table(self.recommendation, lang=self.lang)
        return self.section(N_("Routes"), self.standard_table("routes", routes))

    def manifests(self) -> Section:
        """Return the manifests of the picked design."""
        if not self.recommendation.holds:
            return Section(())
        return self.section(
            N_("Manifests"),
            code_part(to_manifests_yaml(self.recommendation.pools, self.recommendation.scenario.release)),
        )

    def appendix(self) -> Section:
        """Return the picked design as a scenario, so that the report can be made again."""
        if not self.recommendation.holds:
            return Section(())
        return self.section(N_("Appendix: the scenario"), *self.scenario_parts(self.recommendation.as_scenario()))


def alternative_parts(scenario: Scenario, page: BaseReport) -> list[SectionPart]:
    """Return what could be chosen for the nodes of a scenario instead of its pools, whose ranges are free for it."""
    today = dt.date.fromisoformat(page.date) if page.date else dt.date.today()  # noqa: DTZ011 (a planner's own day)
    cluster = Cluster(ipam=scenario.cluster.ipam, reservations=scenario.cluster.reservations)
    try:
        requirements = resolve_requirements(scenario, None, {}, today)
        recommendation = recommend(replace(scenario, cluster=cluster), requirements=requirements, today=today)
    except InputError:
        return [page.remark(N_("No nodes are planned, so nothing is proposed."))]
    return [
        paragraph(need_sentence(recommendation, page.language)),
        *picked_parts(recommendation, page),
        *design_parts(recommendation, page),
    ]


def need_sentence(recommendation: Recommendation, language: Language) -> str:
    """Say what is needed."""
    requirements = recommendation.requirements
    params: Mapping[str, object] = {
        "groups": "; ".join(
            language.render(
                N_("{nodes:node} with {pods:pod} each"),
                {"nodes": group.nodes_after(recommendation.months), "pods": group.pods_after(recommendation.months)},
            )
            for group in requirements.groups
        ),
        "family": "IPv4 + IPv6" if requirements.family == "dual" else f"IPv{requirements.family}",
        "encapsulation": requirements.encapsulation,
        "racks": requirements.racks,
        "headroom": requirements.headroom,
        "routes": requirements.max_routes or 0,
    }
    needed = N_("Needed: {groups}; {family}, encapsulation {encapsulation}, racks {racks}, headroom {headroom}%.")
    limited = N_(
        "Needed: {groups}; {family}, encapsulation {encapsulation}, racks {racks}, headroom {headroom}%, "
        "routes at most {routes}."
    )
    return language.render(needed if requirements.max_routes is None else limited, params)


def picked_parts(recommendation: Recommendation, page: BaseReport) -> list[SectionPart]:
    """Return the picked designs with their ranges, and the reasons."""
    parts = [
        page.sentence(
            N_("IPv{family}: {pools:pool} of /{prefix} with blockSize {size}, such as {cidrs}.")
            if pick.cidrs
            else N_("IPv{family}: {pools:pool} of /{prefix} with blockSize {size}."),
            family=pick.design.family,
            pools=pick.design.pools,
            prefix=pick.design.prefix,
            size=pick.design.block_size,
            cidrs=", ".join(map(str, pick.cidrs[:8])),
        )
        for pick in recommendation.picks
    ]
    return [*parts, page.findings_list_part(recommendation.reasons)]


def design_parts(recommendation: Recommendation, page: BaseReport) -> list[SectionPart]:
    """Return the designs of each family as a picture and a table."""
    designs = designs_table(recommendation, lang=page.lang)
    parts: list[SectionPart] = []
    for family in sorted({int(family) for family in designs["family"]}):
        rows = designs[designs["family"] == family]
        title = page.language.render(N_("Designs, IPv{family}"), {"family": family})
        shown = len(first_designs(rows))
        figure = draw_designs(rows, lang=page.lang)
        alt = page.language.render(
            N_("Designs of IPv{family}: nodes that fit, by addresses; darker: more routes."), {"family": family}
        )
        name = f"designs IPv{family}"
        parts += [
            heading_part(title, 3),
            picture_part(name, figure, alt),
            page.standard_table("designs", rows, title=name, caption=title, max_rows=shown),
        ]
        if len(rows) > shown:
            parts.append(page.remark(N_("The first {shown} of {count}."), shown=shown, count=len(rows)))
    return parts
