"""Writes docs/cdnow.md: what the service's own arithmetic makes of the purchases of a real shop, CDNOW.

    make cdnow CDNOW=FOLDER

The folder holds CDNOW_master.txt and CDNOW_sample.txt, which docs/cdnow.md says where to get.
"""

import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import numpy as np

from segmentation.adapters.buyer_model.bg_nbd import BgNbd, fit_bg_nbd
from segmentation.adapters.buyer_model.gamma_gamma import GammaGamma, fit_gamma_gamma
from segmentation.domain.policy import RfmCuts, Tier, TierPolicy
from segmentation.domain.rfm import RfmFigures, RfmScore, propose_cuts, score
from segmentation.domain.tiers import MemberFigures, Payment, decide

REPORT = Path(__file__).parents[1] / "cdnow.md"
CALIBRATION_ENDS = datetime(1997, 9, 30, tzinfo=UTC)
WEEK = timedelta(weeks=1)
HOLDOUT_WEEKS = 39
MONTHS = [datetime(1997 + month // 12, month % 12 + 1, 1, tzinfo=UTC) for month in range(1, 19)]
"""The ends of the months, as the first moment after them."""
HELD_BACK_MONTHS = 9

Customers = dict[str, list[Payment]]


def read(path: Path) -> Customers:
    """Payments in cents by customer, oldest first; the two files differ in their first columns."""
    found: defaultdict[str, list[Payment]] = defaultdict(list)
    for line in path.read_text().splitlines():
        *customer, day, _, dollars = line.split()
        if day.isdigit():
            paid_at = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
            found[customer[-1]].append(Payment(paid_at, round(float(dollars) * 100)))
    return {customer: sorted(payments) for customer, payments in found.items()}


def by_day(payments: Iterable[Payment]) -> Counter[datetime]:
    """What was bought on one day is one purchase."""
    days: Counter[datetime] = Counter()
    for payment in payments:
        days[payment.paid_at] += payment.net_minor
    return days


def models(sample: Customers) -> list[str]:
    rows = []
    for payments in sample.values():
        days = by_day(payments)
        known = sorted(day for day in days if day <= CALIBRATION_ENDS)
        first, repeats = known[0], known[1:]
        value = sum(days[day] for day in repeats) / len(repeats) / 100 if repeats else 0
        later = [days[day] / 100 for day in days if day > CALIBRATION_ENDS]
        age = (CALIBRATION_ENDS - first) / WEEK
        rows.append((len(repeats), (known[-1] - first) / WEEK, age, value, len(later), sum(later)))
    x, t_x, age, value, later, spent = np.array(rows, dtype=float).T
    orders, worth = fit_bg_nbd(x, t_x, age), fit_gamma_gamma(x, value)
    if orders is None or worth is None:
        raise SystemExit("The models did not converge: are these the files?")
    expected = orders.expected_purchases(HOLDOUT_WEEKS, x, t_x, age)
    spend = expected * worth.expected_value(x, value)
    return [
        *parameters(orders, worth),
        HOLDOUT_HEAD,
        *table(
            ["repeat purchases", "customers", "expected each", "actual each", "expected", "actual"],
            [
                holdout_row(name, expected[chosen], later[chosen])
                for name, chosen in [*((str(n), x == n) for n in range(7)), ("7+", x >= 7), ("all", x >= 0)]
            ],
        ),
        HOLDOUT_TAIL.format(expected=spend.sum(), actual=spent.sum(), error=spend.sum() / spent.sum() - 1),
    ]


def parameters(orders: BgNbd, worth: GammaGamma) -> list[str]:
    rows = [
        ("BG/NBD", "r", "0.243", f"{orders.r:.3f}"),
        ("", "alpha", "4.414", f"{orders.alpha:.3f}"),
        ("", "a", "0.793", f"{orders.a:.3f}"),
        ("", "b", "2.426", f"{orders.b:.3f}"),
        ("", "log-likelihood", "-9582.4", f"{orders.log_likelihood:.1f}"),
        ("gamma-gamma", "p", "6.25", f"{worth.p:.2f}"),
        ("", "q", "3.74", f"{worth.q:.2f}"),
        ("", "gamma", "15.44", f"{worth.gamma:.2f}"),
    ]
    return table(["model", "parameter", "literature", "here"], rows)


def holdout_row(name: str, expected: np.ndarray, actual: np.ndarray) -> list[str]:
    return [
        name,
        f"{actual.size:,}",
        *(f"{it.mean():.2f}" for it in (expected, actual)),
        *(f"{it.sum():,.0f}" for it in (expected, actual)),
    ]


def repeat_purchases(sample: Customers) -> list[str]:
    months: Counter[str] = Counter()
    for payments in sample.values():
        months.update(f"{day:%Y-%m}" for day in sorted(by_day(payments))[1:])
    return table(sorted(months), [[f"{months[month]}" for month in sorted(months)]])


def rfm_figures(payments: Sequence[Payment], policy: TierPolicy, as_of: datetime) -> RfmFigures:
    """Of the policy's window, as the service reads them."""
    since = as_of - timedelta(days=policy.rfm_window_days)
    known = [payment for payment in payments if since < payment.paid_at < as_of]
    if not known:
        return RfmFigures(None, 0, 0)
    return RfmFigures(
        (as_of - known[-1].paid_at).days, len(known), sum(payment.net_minor for payment in known)
    )


def rfm_table(customers: Customers, policy: TierPolicy, cuts: RfmCuts) -> list[str]:
    rows = []
    for month in MONTHS:
        scores = [
            score(rfm_figures(payments, policy, month), cuts, month)
            for payments in customers.values()
            if payments[0].paid_at < month
        ]
        rows.append([label(month), f"{len(scores):,}", *shares_of_scores(scores)])
    heads = [f"{part}{value}" for part in "RFM" for value in range(1, 6)]
    return table(["end of", "customers", *heads], rows)


def shares_of_scores(scores: Sequence[RfmScore]) -> list[str]:
    parts = (
        Counter(it.recency for it in scores),
        Counter(it.frequency for it in scores),
        Counter(it.monetary for it in scores),
    )
    return [percent(part[value], len(scores)) for part in parts for value in range(1, 6)]


def tier_table(customers: Customers, policy: TierPolicy, *, purchases_are_interactions: bool) -> list[str]:
    rows = []
    for month in MONTHS:
        tiers: Counter[Tier] = Counter()
        for customer, payments in customers.items():
            known = [payment for payment in payments if payment.paid_at < month]
            if known:
                moments = [payment.paid_at for payment in reversed(known)]
                interactions = moments if purchases_are_interactions else []
                figures = MemberFigures(
                    UUID(int=int(customer)), known[0].paid_at, interactions, known, len(known)
                )
                tiers[decide(figures, policy, month).tier] += 1
        rows.append(
            [label(month), f"{tiers.total():,}", *(percent(tiers[tier], tiers.total()) for tier in Tier)]
        )
    return table(["end of", "customers", *(tier.name.capitalize() for tier in Tier)], rows)


def scaled_policy(customers: Customers, policy: TierPolicy) -> TierPolicy:
    """The default windows; VIP from the ninth decile of what was spent in one of them."""
    window = timedelta(days=policy.vip_window_days)
    spends = [spent(payments, month - window, month) for month in MONTHS for payments in customers.values()]
    threshold = int(np.quantile([cents for cents in spends if cents], 1 - middle_share(policy, Tier.VIP)))
    return replace(policy, vip_net_spend_minor=threshold, active_interactions=1)


def fitted_policy(customers: Customers, policy: TierPolicy) -> TierPolicy:
    """Quantiles that put the middle of each target share into its tier at the end of the data."""
    end, window = MONTHS[-1], timedelta(days=policy.rfm_window_days)
    spends = [spent(payments, end - window, end) for payments in customers.values()]
    silent = [(end - payments[-1].paid_at).days for payments in customers.values()]
    vip, active, dormant = (middle_share(policy, it) for it in (Tier.VIP, Tier.ACTIVE, Tier.DORMANT))
    return replace(
        policy,
        vip_net_spend_minor=int(np.quantile(spends, 1 - vip)),
        vip_window_days=policy.rfm_window_days,
        active_interactions=1,
        active_window_days=int(np.quantile(silent, vip + active)),
        dormant_after_days=int(np.quantile(silent, 1 - dormant)),
    )


def spent(payments: Sequence[Payment], since: datetime, until: datetime) -> int:
    return sum(payment.net_minor for payment in payments if since < payment.paid_at < until)


def middle_share(policy: TierPolicy, tier: Tier) -> float:
    return next((it.min_share + it.max_share) / 2 for it in policy.targets if it.tier is tier)


def label(month: datetime) -> str:
    return f"{month - timedelta(days=1):%Y-%m}"


def percent(count: int, total: int) -> str:
    return f"{100 * count / total:.1f}"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    ruler = ["---", *("--:" for _ in heads[1:])]
    return [f"| {' | '.join(cells)} |" for cells in (heads, ruler, *rows)]


def cuts_in_words(cuts: RfmCuts) -> str:
    days, orders = (", ".join(map(str, it)) for it in (cuts.recency_days, cuts.frequency))
    dollars = ", ".join(f"{cents / 100:g}" for cents in cuts.monetary_minor)
    return f"days {days}; orders {orders}; dollars {dollars}"


def thresholds(policy: TierPolicy) -> dict[str, float]:
    return {
        "vip": policy.vip_net_spend_minor / 100,
        "vip_days": policy.vip_window_days,
        "active": policy.active_window_days,
        "dormant": policy.dormant_after_days,
    }


def report(folder: Path) -> str:
    master, sample = read(folder / "CDNOW_master.txt"), read(folder / "CDNOW_sample.txt")
    policy, end = TierPolicy(), MONTHS[-1]
    figures = [rfm_figures(payments, policy, end) for payments in master.values()]
    cuts = propose_cuts([it for it in figures if it.paid_orders])
    scaled, fitted = scaled_policy(master, policy), fitted_policy(master, policy)
    return "\n".join(
        [
            HEAD.format(customers=len(master), purchases=sum(map(len, master.values())), sample=len(sample)),
            *models(sample),
            MONTHLY_HEAD.format(held_back=HELD_BACK_MONTHS),
            *repeat_purchases(sample),
            RFM_HEAD.format(cuts=cuts_in_words(policy.cuts), days=policy.rfm_window_days),
            *rfm_table(master, policy, policy.cuts),
            QUINTILES_HEAD.format(
                cuts=cuts_in_words(cuts), silent=sum(not it.paid_orders for it in figures) / len(figures)
            ),
            *rfm_table(master, policy, cuts),
            TIERS_HEAD.format(vip=policy.vip_net_spend_minor // 100, days=policy.vip_window_days),
            *tier_table(master, policy, purchases_are_interactions=False),
            SCALED_HEAD.format(**thresholds(scaled)),
            *tier_table(master, scaled, purchases_are_interactions=True),
            FITTED_HEAD.format(**thresholds(fitted)),
            *tier_table(master, fitted, purchases_are_interactions=True),
            "",
        ]
    )


HEAD = """\
# CDNOW

Written by `make cdnow CDNOW=FOLDER`; do not edit. The service's own arithmetic on real purchases: those
of the {customers:,} customers of CDNOW, an online shop for music, who bought for the first time in the
first quarter of 1997, until the end of June 1998 ({purchases:,} purchases); and of the sample of
{sample:,} of them that the literature works with. Both are public, on Bruce Hardie's site
(brucehardie.com, Datasets: "CDNOW data set", full and sample): `CDNOW_master.txt` and `CDNOW_sample.txt`,
unpacked into FOLDER.

## Models of purchases and their value

Fitted to the sample until 1997-09-30. What a customer bought on one day is one purchase; time is in
weeks; the value of a customer is the mean of the purchases after the first, in dollars. Literature:
Fader, Hardie and Lee, "Counting Your Customers" the Easy Way, Marketing Science 24 (2005); Fader and
Hardie, The Gamma-Gamma Model of Monetary Value (2013).
"""
HOLDOUT_HEAD = """
## Held back: weeks 40 to 78

Both models know the first 39 weeks only. Customers of the sample by their repeat purchases until then:
"""
HOLDOUT_TAIL = """
Expected spend in those weeks ${expected:,.0f}, actual ${actual:,.0f} ({error:+.1%}). The models expect
too little: they know no seasons, and sales that had fallen from March to September rose again in autumn
and in the next March.
"""
MONTHLY_HEAD = """
All purchases after the first, by month; the last {held_back} are held back:
"""
RFM_HEAD = """
## RFM scores at the end of each month

Percent of the customers so far, by their orders in the last {days} days, with the default cut points of
the tier policy, dollars in the place of yuan: {cuts}. Without an order in the window all three scores are
1.
"""
QUINTILES_HEAD = """
The same with the cut points that `ProposeRfmCuts` proposes as of the end of June 1998: {cuts}. They
divide those who bought in the year before; {silent:.0%} of the customers did not.
"""
TIERS_HEAD = """
## Tiers at the end of each month

Percent. CDNOW tells purchases and nothing else, and the default policy hardly looks at those: without
interactions nobody is Active and, unless VIP, everybody is Dormant; who never bought is not in the data,
so nobody is Prospect; and ${vip:,} of music in {days} days is rare. With the default policy, dollars in
the place of yuan:
"""
SCALED_HEAD = """
With the windows of the default policy, and the rest scaled to a shop of records: a purchase counts as an
interaction, one in {active} days makes Active, and VIP is from ${vip:.2f} in {vip_days} days, what the
highest tenth of those spend who spend anything:
"""
FITTED_HEAD = """
With windows fitted as well: the quantiles that at the end of June 1998 put the middle of each target
share (VIP 10 %, Active 30 %, Dormant 45 %; the rest is Regular) into its tier. VIP from ${vip:.2f} in
{vip_days} days, Active with a purchase in {active} days, Dormant without one in {dormant}: so long,
because most of these customers bought once and never again. Before that much time has passed, nobody can
be Dormant:
"""


def main() -> None:
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CDNOW")
    if not given:
        raise SystemExit("Say where the CDNOW files are: make cdnow CDNOW=FOLDER")
    REPORT.write_text(report(Path(given)))


if __name__ == "__main__":
    main()
