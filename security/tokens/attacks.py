"""All attacks on the X-User Assertion at a service provider (catalogue rows XUA-ITI40-050 to 118)."""

from security.tokens.content import CONTENT
from security.tokens.headers import HEADERS
from security.tokens.signatures import SIGNATURES

ATTACKS = (*CONTENT, *SIGNATURES, *HEADERS)
#: those that must be refused; the others may end in an answer without data, or are recommendations
REFUSED = tuple(attack for attack in ATTACKS if not attack.is_denied)
#: those whose refusal must be a fault
FORMAL = tuple(attack for attack in REFUSED if not attack.is_advice)
#: one of each sort, for the transactions that carry documents
MAIN = tuple(
    attack
    for attack in ATTACKS
    if attack.id in ("expired", "signature-excluded", "altered-patient", "XSW3", "KeyValue")
)
