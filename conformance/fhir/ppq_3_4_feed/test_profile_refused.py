"""PPQ-3: a Consent that breaks PpqmConsent is refused, and nothing is stored (CH EPR FHIR 5.0.0)."""

from collections.abc import Mapping

import pytest

from conformance.fhir.policies import Consents
from conformance.fhir.ppq_3_4_feed import misshapen
from conformance.fhir.ppq_3_4_feed.misshapen import Case
from fixtures.suite import requirement

pytestmark = pytest.mark.transaction("PPQ-3", "PPQ-5")


def each(cases: Mapping[str, Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases.values(), ids=cases)


def is_refused(opened: Consents, case: Case, *statuses: int) -> None:
    """A valid feed of the template is taken, the changed one refused, and the policy sets are what they were."""
    template, change = case
    opened.refused(change(opened.feeding(template)), 422, 400, *statuses, baseline=opened.feeding(template))


@requirement("POL-PPQ3-020")
@each(misshapen.POLICY_SET_ID)
def test_a_consent_has_one_policy_set_id_a_uuid(opened: Consents, case: Case) -> None:
    is_refused(opened, case)


@requirement("POL-PPQ3-021", "FHIR-PPQ3-008")
@each(misshapen.TEMPLATE_ID)
def test_a_consent_has_one_template_id_of_the_seven(opened: Consents, case: Case) -> None:
    is_refused(opened, case)


@requirement("POL-PPQ3-022", "FHIR-PPQ3-008")
@each(misshapen.STATUS_SCOPE_CATEGORY)
def test_status_scope_and_category_are_fixed(opened: Consents, case: Case) -> None:
    is_refused(opened, case)


@requirement("POL-PPQ3-023")
@each(misshapen.PATIENT)
def test_the_patient_is_named_by_epr_spid(opened: Consents, case: Case) -> None:
    # who is not named so is not the patient of the token either (ITI-72)
    is_refused(opened, case, 401, 403)


@requirement("POL-PPQ3-024", "FHIR-PPQ3-008")
@each(misshapen.PROHIBITED)
def test_prohibited_elements_are_refused(opened: Consents, case: Case) -> None:
    is_refused(opened, case)


@requirement("POL-PPQ3-025")
@each(misshapen.REFERENCE)
def test_the_base_policy_set_suits_the_template(opened: Consents, case: Case) -> None:
    is_refused(opened, case)


@requirement("POL-PPQ3-026")
@each(misshapen.ROLE)
def test_the_role_of_the_actor_suits_the_template(opened: Consents, case: Case) -> None:
    is_refused(opened, case)


@requirement("POL-PPQ3-027")
@each(misshapen.IDENTIFIER)
def test_the_identifier_of_the_actor_suits_the_template(opened: Consents, case: Case) -> None:
    is_refused(opened, case)


@requirement("POL-PPQ3-028")
@each(misshapen.OTHER_ACTOR)
def test_the_actor_of_template_201_is_the_patient(opened: Consents, case: Case) -> None:
    is_refused(opened, case)


@requirement("POL-PPQ3-029")
@each(misshapen.PURPOSE)
def test_the_purposes_suit_the_template(opened: Consents, case: Case) -> None:
    is_refused(opened, case)


@requirement("POL-PPQ3-030")
@each(misshapen.PERIOD)
def test_the_period_suits_the_template(opened: Consents, case: Case) -> None:
    is_refused(opened, case)


@requirement("POL-PPQ3-031", "FHIR-PPQ3-008")
@each(misshapen.TIME)
def test_a_period_has_days(opened: Consents, case: Case) -> None:
    is_refused(opened, case)
