"""Texts of fraud and audits, from texts/zh_CN.toml."""

from risk.adapters.instructions import text
from risk.domain.audit import AuditFinding
from risk.domain.blocklist import Block
from risk.domain.imitation import Imitation


class ChineseFraudWording:
    def imitation(self, imitation: Imitation) -> str:
        return text("imitation", imitation.likeness.name, staff=imitation.of.name)

    def blocked(self, block: Block) -> str:
        return text("blocklist", "SEEN", reason=block.reason)

    def payment_talk(self) -> str:
        return text("payment_talk", "NEWCOMER")

    def reminder(self) -> str:
        return text("payment_talk", "REMINDER")


class ChineseAuditWording:
    def advice(self, finding: AuditFinding) -> str:
        """By check and severity; a lexicon that was never changed has a text of its own."""
        key = finding.severity.name
        if finding.check.name == "LEXICON_AGE" and "age_days" not in finding.figures:
            key = "NEVER"
        return text(
            f"audit_{finding.check.name.lower()}", key, about="、".join(finding.about), **finding.figures
        )
