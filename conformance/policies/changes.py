"""Changes that make a policy set wrong in one point, as XPath and XML."""

from collections.abc import Callable
from datetime import date

from fixtures.epr.message import Message
from fixtures.epr.policy_names import CURRENT_DATE, DATE, DATE_FROM, DATE_TO, POLICIES
from fixtures.epr.ppq import POLICY_SET

Change = Callable[[Message], Message]

REFERENCE = f"{POLICY_SET}/xacml:PolicySetIdReference"
TARGET = f"{POLICY_SET}/xacml:Target"
SUBJECT = f"{TARGET}/xacml:Subjects/xacml:Subject"
RESOURCE = f"{TARGET}/xacml:Resources/xacml:Resource"
ENVIRONMENT = f"{TARGET}/xacml:Environments/xacml:Environment"
_VALUE = "/xacml:AttributeValue"


def of_subject(attribute: str) -> str:
    """XPath of the values of a subject attribute, by the end of its id."""
    ending = f"substring(@AttributeId, string-length(@AttributeId) - {len(attribute) - 1}) = '{attribute}'"
    return f"{SUBJECT}/xacml:SubjectMatch[xacml:SubjectAttributeDesignator[{ending}]]{_VALUE}"


def on_date(kind: str, function: str) -> str:
    """XPath of the date in the matches of one function: kind Environment or Resource."""
    named = f"[@MatchId='{function}']"
    return f"{TARGET}//xacml:{kind}Match{named}{_VALUE}"


def refers_to(*references: str) -> list[Change]:
    """The reference replaced by each of these."""

    def other(reference: str) -> Change:
        return lambda message: message.with_text(REFERENCE, f"{POLICIES}{reference}", f"reference {reference}")

    return [other(reference) for reference in references]


def valid(*matches: tuple[str, date]) -> Change:
    """A section Environments with these matches (function, day) added to the Target."""
    content = "".join(_environment_match(function, day) for function, day in matches)
    xml = f"<xacml:Environments><xacml:Environment>{content}</xacml:Environment></xacml:Environments>"
    return lambda message: message.with_child(TARGET, xml, "validity dates added")


def until(day: date) -> Change:
    return valid((DATE_TO, day))


def since(day: date) -> Change:
    return valid((DATE_FROM, day))


def _environment_match(function: str, day: date) -> str:
    return (
        f'<xacml:EnvironmentMatch MatchId="{function}"><xacml:AttributeValue DataType="{DATE}">{day.isoformat()}'
        f'</xacml:AttributeValue><xacml:EnvironmentAttributeDesignator AttributeId="{CURRENT_DATE}" DataType="{DATE}"/>'
        "</xacml:EnvironmentMatch>"
    )
