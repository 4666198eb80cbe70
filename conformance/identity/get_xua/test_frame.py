"""The frame of a request for a token: whitespace is tolerated, SOAP 1.1 is not (identity rows XUA-STS-014 and 104)."""

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.epr.message import Http
from fixtures.epr.names import NS
from fixtures.epr.xml import text
from fixtures.suite import requirement


def soap_1_1(http: Http) -> Http:
    return Http("text/xml; charset=UTF-8", http.body.replace(NS["env"].encode(), NS["env11"].encode()), http.headers)


@requirement("XUA-STS-104")
def test_a_soap_1_1_request_is_refused(community: Community) -> None:
    valid = community.token_request("HCP", community.patient())
    reply = community.send(valid.on_the_wire("a SOAP 1.1 envelope", soap_1_1), baseline=valid)
    expect(reply).meets(reply.status >= 400, "HTTP 415, or a fault VersionMismatch", reply.status)
    expect(reply).lacks("//saml2:Assertion")


@requirement("XUA-STS-014")
@pytest.mark.parametrize("name", ["wsa:Action", "wsa:MessageID", "wst:RequestType", "wst:TokenType"])
def test_a_line_break_after_a_fixed_value_is_tolerated(community: Community, name: str) -> None:
    valid = community.token_request("HCP", community.patient())
    padded = valid.with_text(f"//{name}", text(valid.root, f"//{name}") + "\n", f"a line break after {name}")
    expect(community.send(community.sealed(padded))).is_success()
