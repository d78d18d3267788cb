"""The way back: scenarios that were left, and those that were undone."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..model import Scenario

MAX_STEPS = 100
_SECONDS_OF_ONE_STEP = 1.5  # a slider that is dragged sends many values: together they are one step


@dataclass(slots=True)
class EditHistory:
    """Scenarios to go back to and forward to, the latest last."""

    past: list[Scenario] = field(default_factory=list)
    future: list[Scenario] = field(default_factory=list)
    _last_field: str = ""
    _last_time: float = float("-inf")

    def record(self, scenario: Scenario, field_name: str, time: float) -> None:
        """Keep the scenario that is left; quick changes of the same field are one step.

        Parameters
        ----------
        scenario
            The scenario before the change.
        field_name
            The field that was changed; empty for anything else.
        time
            When, in seconds of any clock.
        """
        is_same_step = bool(field_name) and field_name == self._last_field
        if not (is_same_step and self.past and time - self._last_time < _SECONDS_OF_ONE_STEP):
            self.past = [*self.past[1 - MAX_STEPS :], scenario]
        self.future.clear()
        self._last_field, self._last_time = field_name, time

    def undo(self, current: Scenario) -> Scenario:
        """Return the scenario before the latest change."""
        return self._move(self.past, self.future, current)

    def redo(self, current: Scenario) -> Scenario:
        """Return the scenario that was undone last."""
        return self._move(self.future, self.past, current)

    def _move(self, source: list[Scenario], target: list[Scenario], current: Scenario) -> Scenario:
        if not source:
            return current
        target.append(current)
        self._last_field = ""
        return source.pop()
