"""Wrong requests that are wrong in one thing only: a valid one with one element left out that the contract demands.

A generator of wrong requests breaks the form mostly; these have the form of FHIR and break a profile.
"""

import copy
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from fixtures.epr.rest import FHIR_JSON, FORM
from security.fuzz.contract import violations
from security.fuzz.drafts import Draft

#: any values of the right form, to prove a draft whose data are not known yet
SAMPLE: Final[Mapping[str, str]] = {
    "patient.eprSpid": "761337610000000002",
    "patient.eprSpidToken": "urn:oid:2.16.756.5.30.1.127.3.10.3|761337610000000002",
    "patient.localId": "P-1",
    "patient.localIdToken": "urn:oid:2.999.1.2|P-1",
    "patient.cx": "761337610000000002^^^&2.16.756.5.30.1.127.3.10.3&ISO",
    "client.id": "client",
    "client.redirectUri": "https://client.example/back",
    "client.localAssigningAuthority": "urn:oid:2.999.1.2",
    "community.identifierDomain": "urn:oid:2.16.756.5.30.1.127.3.10.3",
    "practitioner.gln": "7601000102737",
    "practitioner.reference": "Practitioner/1",
    "organization.reference": "Organization/1",
    "form.code": "SplxlOBeZQQYbYS6WxSbIA",
    "form.code_verifier": "x" * 43,
    "form.client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:saml2-bearer",
    "form.client_assertion": "PHNhbWwyOkFzc2VydGlvbj4",
    "link.id": "1",
    "link.identifier": "urn:uuid:0b8d8a6f-6f0e-4d43-9f6c-5f0c9a521c01",
}


def thinned(draft: Draft, *, seed: int, count: int) -> Iterator[Draft]:
    """At most ``count`` requests, each without one element; the same for the same seed."""
    resource = draft.resource
    if not isinstance(resource, dict) or draft.content_type not in (FHIR_JSON, FORM):
        return
    places = sorted(_places(resource))
    random.Random(seed).shuffle(places)  # noqa: S311
    number = 0
    for place in places:
        thin = replace(draft.with_resource(_without(resource, place)), kind="invalid", seed=seed, number=number)
        if is_proven(thin):
            yield thin
            number += 1
        if number == count:
            return


def is_proven(draft: Draft) -> bool:
    """Does it break the contract, with some data in their places?"""
    ready = draft.with_values(SAMPLE)
    return bool(violations(ready.operation, ready.target, ready.content, ready.resource))


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every member of an object that has others beside it, for FHIR has no empty objects."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in pairs:
        if isinstance(value, dict) and len(value) > 1 and key != "resourceType":
            yield (*map(str, path), str(key))
        yield from _places(item, (*path, key))


def _without(resource: dict[str, Any], place: tuple[str, ...]) -> dict[str, Any]:
    changed: dict[str, Any] = copy.deepcopy(resource)
    holder: Any = changed
    for step in place[:-1]:
        holder = holder[int(step)] if isinstance(holder, list) else holder[step]
    del holder[place[-1]]
    return changed
