"""A feed that breaks one structure rule is refused, and nothing is stored (schema and schematron of CH:PPQ)."""

import uuid

import pytest

from conformance.policies.changes import (
    ENVIRONMENT,
    REFERENCE,
    RESOURCE,
    SUBJECT,
    TARGET,
    Change,
    of_subject,
    on_date,
    refers_to,
    since,
    until,
)
from conformance.policies.records import Record, day
from fixtures.checks.expect import expect
from fixtures.epr.message import Http, Message
from fixtures.epr.policy_names import (
    ACTION,
    ACTION_ID,
    ANY_URI,
    ANY_URI_EQUAL,
    CURRENT_DATE,
    DATE,
    DATE_FROM,
    DATE_TO,
    POLICIES,
    RULE_DENY_OVERRIDES,
)
from fixtures.epr.ppq import ASSERTION, ISSUER, POLICY_SET, STATEMENT
from fixtures.epr.xml import text
from fixtures.suite import requirement

OTHER_UUID = str(uuid.uuid4())
PERMIT_ALL = (
    f'<xacml:Policy PolicyId="urn:uuid:{OTHER_UUID}" RuleCombiningAlgId="{RULE_DENY_OVERRIDES}"><xacml:Target/>'
    '<xacml:Rule RuleId="everything" Effect="Permit"/></xacml:Policy>'
)
ACTIONS = (
    f'<xacml:Actions><xacml:Action><xacml:ActionMatch MatchId="{ANY_URI_EQUAL}">'
    f'<xacml:AttributeValue DataType="{ANY_URI}">{ACTION["ITI-18"]}</xacml:AttributeValue>'
    f'<xacml:ActionAttributeDesignator AttributeId="{ACTION_ID}" DataType="{ANY_URI}"/>'
    "</xacml:ActionMatch></xacml:Action></xacml:Actions>"
)
OBLIGATIONS = (
    '<xacml:Obligations><xacml:Obligation ObligationId="urn:example:note" FulfillOn="Permit"/></xacml:Obligations>'
)
ALGORITHM = "urn:oasis:names:tc:xacml:1.0:policy-combining-algorithm:permit-overrides"
DATE_EQUAL = "urn:oasis:names:tc:xacml:1.0:function:date-equal"
INSTANCE = f"{RESOURCE}//hl7:InstanceIdentifier"
DATED = {"end": day(30), "start": day(1)}


def _half(http: Http) -> Http:
    return Http(http.content_type, http.body[: len(http.body) // 2], http.headers)


#: row -> name of the case -> change of a valid AddPolicy of template 301
OF_A_RIGHT: dict[str, dict[str, Change]] = {
    "016": {
        "no-assertion": lambda sent: sent.without(ASSERTION),
        "unknown-child": lambda sent: sent.with_child("//epr:AddPolicyRequest", "<epr:Note>urgent</epr:Note>"),
        "no-target": lambda sent: sent.without(TARGET),
        "truncated": lambda sent: sent.on_the_wire("the second half cut off", _half),
    },
    "031": {"1.1": lambda sent: sent.with_attribute(ASSERTION, "Version", "1.1")},
    "032": {
        "absent": lambda sent: sent.without(f"{ISSUER}/@NameQualifier"),
        "other": lambda sent: sent.with_attribute(ISSUER, "NameQualifier", "urn:e-health-suisse:other"),
    },
    "033": {
        "bare": lambda sent: sent.with_text(ISSUER, "2.999.756.1"),
        "name": lambda sent: sent.with_text(ISSUER, "urn:oid:Community"),
    },
    "034": {
        "subject": lambda sent: sent.with_child(
            ASSERTION, "<saml2:Subject><saml2:NameID>somebody</saml2:NameID></saml2:Subject>", at=1
        ),
        "conditions": lambda sent: sent.with_child(ASSERTION, "<saml2:Conditions/>", at=1),
    },
    "035": {"policy": lambda sent: sent.with_child(STATEMENT, PERMIT_ALL)},
    "037": {"no-type": lambda sent: sent.without(f"{STATEMENT}/@xsi:type")},
    "038": {
        "bare": lambda sent: sent.with_attribute(POLICY_SET, "PolicySetId", OTHER_UUID),
        "short": lambda sent: sent.with_attribute(POLICY_SET, "PolicySetId", f"urn:uuid:{OTHER_UUID[:-1]}"),
        "base-set": lambda sent: sent.with_attribute(POLICY_SET, "PolicySetId", f"{POLICIES}access-level:normal"),
    },
    "039": {
        "permit-overrides": lambda sent: sent.with_attribute(POLICY_SET, "PolicyCombiningAlgId", ALGORITHM),
        "of-rules": lambda sent: sent.with_attribute(POLICY_SET, "PolicyCombiningAlgId", RULE_DENY_OVERRIDES),
    },
    "040": {
        "policy": lambda sent: sent.with_child(POLICY_SET, PERMIT_ALL),
        "obligations": lambda sent: sent.with_child(POLICY_SET, OBLIGATIONS),
        "policy-reference": lambda sent: sent.with_child(
            POLICY_SET, f"<xacml:PolicyIdReference>{POLICIES}permit-reading-secret</xacml:PolicyIdReference>"
        ),
    },
    "041": {"none": lambda sent: sent.without(REFERENCE), "two": lambda sent: sent.doubled(REFERENCE)},
    "042": {"actions": lambda sent: sent.with_child(TARGET, ACTIONS, at=2)},
    "043": {
        "two-resources": lambda sent: sent.doubled(RESOURCE),
        "17-digits": lambda sent: sent.with_attribute(INSTANCE, "extension", "76133761000000000"),
        "other-root": lambda sent: sent.with_attribute(INSTANCE, "root", "2.999.756.1.2"),
        "no-match": lambda sent: sent.without(f"{TARGET}/xacml:Resources"),
    },
    "048": {
        "assistant": lambda sent: sent.with_attribute(f"{of_subject('subject:role')}/*", "code", "ASS"),
        "no-subjects": lambda sent: sent.without(f"{TARGET}/xacml:Subjects"),
    },
    "052": {
        "full": refers_to("access-level:full")[0],
        "delegation": refers_to("access-level:delegation-and-normal")[0],
        "unknown": refers_to("access-level:unheard-of")[0],
        "unknown-uuid": lambda sent: sent.with_text(REFERENCE, f"urn:uuid:{OTHER_UUID}"),
        "itself": lambda sent: sent.with_text(REFERENCE, text(sent.root, f"{POLICY_SET}/@PolicySetId")),
    },
    "057": {
        "12-digits": lambda sent: sent.with_text(of_subject("subject-id"), "760199910020"),
        "blank": lambda sent: sent.with_text(of_subject("subject-id"), " 7601999100202"),
    },
    "059": {"start-only": since(day(1))},
}
#: the same for a 301 that has a start and an end
OF_A_DATED_RIGHT: dict[str, dict[str, Change]] = {
    "045": {
        "two-ends": lambda sent: sent.doubled(f"{ENVIRONMENT}/xacml:EnvironmentMatch[@MatchId='{DATE_TO}']"),
        "date-equal": lambda sent: sent.with_attribute(
            f"{ENVIRONMENT}/xacml:EnvironmentMatch[1]", "MatchId", DATE_EQUAL
        ),
        "two-environments": lambda sent: sent.doubled(ENVIRONMENT),
    },
    "046": {"end-first": lambda sent: sent.with_text(on_date("Environment", DATE_FROM), day(31).isoformat())},
}
#: row -> template -> name of the case -> change, for the other templates
OF_TEMPLATES: dict[str, dict[str, dict[str, Change]]] = {
    "044": {"201": {"other-subject": lambda sent: sent.with_text(of_subject("subject-id"), "761337610000000000")}},
    "048": {
        "202": {"purpose": lambda sent: sent.with_attribute(f"{of_subject('purposeofuse')}/*", "code", "NORM")},
        "203": {"two-purposes": lambda sent: sent.without(f"{SUBJECT}[3]")},
    },
    "049": {"201": {"normal": refers_to("access-level:normal")[0], "end": until(day(30))}},
    "050": {
        "202": {
            "full": refers_to("access-level:full")[0],
            "delegation": refers_to("access-level:delegation-and-normal")[0],
            "end": until(day(30)),
        }
    },
    "051": {"203": {"access": refers_to("access-level:normal")[0], "end": until(day(30))}},
    "053": {
        "302": {
            "no-end": lambda sent: sent.without(f"{TARGET}/xacml:Environments"),
            "start-only": lambda sent: since(day(1))(sent.without(f"{TARGET}/xacml:Environments")),
            "exclusion": refers_to("exclusion-list")[0],
        }
    },
    "054": {"303": {"restricted": refers_to("access-level:restricted")[0]}},
    "055": {
        "304": {
            "other-end": lambda sent: sent.with_text(on_date("Resource", DATE_TO), day(60).isoformat()),
            "start-in-one-place": lambda sent: sent.with_child(
                ENVIRONMENT,
                f'<xacml:EnvironmentMatch MatchId="{DATE_FROM}"><xacml:AttributeValue '
                f'DataType="{DATE}">{day(1).isoformat()}</xacml:AttributeValue>'
                f'<xacml:EnvironmentAttributeDesignator AttributeId="{CURRENT_DATE}" DataType="{DATE}"/>'
                "</xacml:EnvironmentMatch>",
                at=0,
            ),
            "no-end": lambda sent: sent.without(f"{TARGET}/xacml:Environments"),
        }
    },
    "056": {"304": {"normal": refers_to("access-level:normal")[0]}},
    "058": {"302": {"plain-oid": lambda sent: sent.with_text(of_subject("organization-id"), "2.999.756.1.77.1")}},
}
FIRST = {"302": "access-level:normal", "301": "access-level:normal", "304": "access-level:delegation-and-normal"}
ALONE = ("201", "202", "203")


def _cases(rows: dict[str, dict[str, Change]]) -> list[object]:
    return [
        pytest.param(change, id=f"{number}-{name}", marks=pytest.mark.requirement(f"POL-PPQ1-{number}"))
        for number, changes in rows.items()
        for name, change in changes.items()
    ]


def _cases_of_templates(alone: bool) -> list[object]:
    return [
        pytest.param(
            template, change, id=f"{number}-{template}-{name}", marks=pytest.mark.requirement(f"POL-PPQ1-{number}")
        )
        for number, templates in OF_TEMPLATES.items()
        for template, changes in templates.items()
        for name, change in changes.items()
        if (template in ALONE) is alone
    ]


def refused(record: Record, valid: Message, change: Change, baseline: Message | None = None) -> None:
    """The changed feed is refused, and what it would have added is not there."""
    changed = change(valid)
    reply = record.community.send(changed, baseline=baseline or valid)
    expect(reply).refuses()
    for id_ in {text(message.root, f"{POLICY_SET}/@PolicySetId") for message in (valid, changed)} - {""}:
        expect(reply).meets(not record.holds(id_), "nothing stored", f"the repository has {id_}")


@pytest.mark.parametrize("change", _cases(OF_A_RIGHT))
def test_a_right_of_wrong_structure_is_refused(opened: Record, change: Change) -> None:
    refused(opened, opened.adding(opened.policy("301", FIRST["301"])), change)


@pytest.mark.parametrize("change", _cases(OF_A_DATED_RIGHT))
def test_a_right_with_wrong_dates_is_refused(opened: Record, change: Change) -> None:
    refused(opened, opened.adding(opened.policy("301", FIRST["301"], **DATED)), change)


@pytest.mark.parametrize(("template", "change"), _cases_of_templates(alone=False))
def test_a_policy_set_that_fits_no_template_is_refused(opened: Record, template: str, change: Change) -> None:
    refused(opened, opened.adding(opened.policy(template, FIRST.get(template, ""))), change)


@pytest.mark.parametrize(("template", "change"), _cases_of_templates(alone=True))
def test_a_policy_set_of_the_setup_that_fits_no_template_is_refused(
    record: Record, other: Record, template: str, change: Change
) -> None:
    # the unchanged one is of another patient: a second one of the same patient might be refused for that alone
    record.add(*(record.policy(number) for number in ALONE if number != template))
    refused(record, record.adding(record.policy(template)), change, other.adding(other.policy(template)))


@requirement("POL-PPQ1-052")
def test_policy_sets_that_refer_to_each_other_are_refused(opened: Record) -> None:
    first, second = (opened.policy("301", FIRST["301"]) for _ in range(2))
    valid = opened.adding(first, second)
    changed = valid.with_text(f"{POLICY_SET}[1]/xacml:PolicySetIdReference", second.id).with_text(
        f"{POLICY_SET}[2]/xacml:PolicySetIdReference", first.id
    )
    reply = opened.community.send(changed, baseline=valid)
    held = {id_.lower() for id_ in opened.held()} & {first.id, second.id}
    expect(reply).refuses().meets(not held, "nothing stored", f"the repository has {sorted(held)}")


@requirement("POL-PPQ1-036")
def test_a_deletion_with_a_policy_set_beside_the_id_is_refused(opened: Record) -> None:
    right, spare = (opened.policy("301", FIRST["301"]) for _ in range(2))
    opened.add(right, spare)
    xml = text(opened.adding(right).root, "//xacml:PolicySet/@PolicySetId")
    policy_set = (
        f'<xacml:PolicySet PolicySetId="{xml}" PolicyCombiningAlgId="{ALGORITHM}"><xacml:Target/></xacml:PolicySet>'
    )
    changed = opened.deleting(right.id).with_child(STATEMENT, policy_set, "a PolicySet beside the id")
    reply = opened.community.send(changed, baseline=opened.deleting(spare.id))
    expect(reply).refuses().meets(opened.holds(right.id), "the policy set still there", "it was deleted")
