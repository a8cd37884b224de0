"""How risky a case is, before anybody has looked."""

from collections.abc import Mapping

from risk.domain.verdict import RiskCategory, Verdict

_OF_VERDICT: Mapping[Verdict, int] = {Verdict.ALLOW: 0, Verdict.REVIEW: 20, Verdict.BLOCK: 35}
# Who may lose money or be harmed comes first.
_OF_CATEGORY: Mapping[RiskCategory, int] = {
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
    verdict: Verdict, category: RiskCategory | None, strikes: int, probability: float | None = None
) -> int:
    """0 to 100. `probability` is what the classifier gives, if it was asked."""
    return (
        _OF_VERDICT[verdict]
        + (_OF_CATEGORY[category] if category else 0)
        + round(_OF_CERTAINTY * (probability or 0.0))
        + _OF_STRIKE * min(strikes, _STRIKES)
    )
