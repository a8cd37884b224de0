"""How risky a case is, before anybody has looked."""

from collections.abc import Mapping

from risk.domain.verdict import RiskCategory, Verdict

_OF_VERDICT: Mapping[Verdict, int] = {Verdict.ALLOW: 0, Verdict.REVIEW: 20, Verdict.BLOCK: 35}
MOST_OF_CATEGORY = 30
# Who may lose money or be harmed comes first.
OF_CATEGORY: Mapping[RiskCategory, int] = {
    RiskCategory.FRAUD: 30,
    RiskCategory.VIOLENCE: 30,
    RiskCategory.PORN: 20,
    RiskCategory.GAMBLING: 20,
    RiskCategory.PERSONAL_DATA: 15,
    RiskCategory.ABUSE: 15,
    RiskCategory.ADVERT: 10,
    RiskCategory.LINK: 10,
    RiskCategory.FLOODING: 5,
}
_OF_CERTAINTY = 20
_OF_STRIKE, _STRIKES = 5, 3


def risk_of(
    verdict: Verdict,
    category: RiskCategory | None,
    strikes: int,
    probability: float | None = None,
    of_category: Mapping[RiskCategory, int] = OF_CATEGORY,
) -> int:
    """0 to 100. `probability` is what the classifier gives, if it was asked."""
    return (
        _OF_VERDICT[verdict]
        + (of_category[category] if category else 0)
        + round(_OF_CERTAINTY * (probability or 0.0))
        + risk_of_strikes(strikes)
    )


def risk_of_strikes(strikes: int) -> int:
    """The part of the risk that the member's strikes make."""
    return _OF_STRIKE * min(strikes, _STRIKES)
