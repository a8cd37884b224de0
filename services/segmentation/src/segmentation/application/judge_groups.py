"""Judge all groups over their last complete local days: open, follow and close alerts."""

from collections.abc import Mapping
from datetime import datetime

from chassis.ids import new_id
from segmentation.application.ports import UnitOfWork
from segmentation.domain.alerts import Alert, Finding, Subject, examine
from segmentation.domain.events import AlertClosed, AlertOpened
from segmentation.domain.windows import complete_days


async def judge_groups(uow: UnitOfWork, now: datetime) -> None:
    """At most one alert per subject stands; each change is told once, whoever judges and how often."""
    standing = {alert.subject: alert for alert in await uow.alerts.standing()}
    findings = await _examine_all(uow, now)
    opened = [
        Alert.open(new_id(), finding, now)
        for subject, finding in findings.items()
        if finding.is_ill and subject not in standing
    ]
    followed, closed = [], []
    for subject, alert in standing.items():
        finding = findings.get(subject)
        if finding is None or not finding.is_ill:
            closed.append(alert.close(finding.figures if finding else None, now))
        elif finding.figures != alert.figures:
            followed.append(alert.follow(finding.figures))
    await uow.alerts.save([*opened, *followed, *closed])
    await uow.publish(*map(AlertOpened, opened), *map(AlertClosed, closed), at=now)


async def _examine_all(uow: UnitOfWork, now: datetime) -> Mapping[Subject, Finding]:
    """One statement for the tenant, and one for every other length that groups want to be judged over."""
    zone, policies = await uow.fact_zones.current(), await uow.indicator_policies.in_force()
    usual = policies.tenant.alert_window_days
    findings: dict[Subject, Finding] = {}
    for length in {usual, *(own.alert_window_days for own in policies.own.values())}:
        window = complete_days(length, now, zone)
        if length == usual:
            counted = await uow.measurements.of_all_groups([window], now)
        else:
            concerned = [it for it, own in policies.own.items() if own.alert_window_days == length]
            counted = await uow.measurements.of_groups(concerned, [window], now)
        for group_id, [counts] in counted.items():
            policy = policies.of(group_id)
            if policy.alert_window_days == length:
                findings |= {it.subject: it for it in examine(group_id, counts, window, policy)}
    return findings
