"""Requests made from our contract of the FHIR API, right ones and wrong ones.

The contract is ``fixtures/epr/ch_epr_fhir.openapi.yaml``. Whatever is asked, an answer keeps six rules
(:mod:`security.fuzz.shots`): no 5xx but 503, and nothing of the inside; a refusal says why, with a code that fits; the
trace goes on; without token no data; what is refused leaves nothing behind; what breaks its profile is not taken.

The requests of ``cases/`` gate: made by schemathesis from fixed seeds. New ones, over and over:

    python -m security.fuzz [--explore] [--target FILE] [--operation ID] [--seconds N] [--ledger FILE]
    python -m security.fuzz replay LEDGER [EXCHANGE...] [--target FILE]      # the same octets again
    python -m security.fuzz store                                            # make the cases anew

A request that is meant to be wrong is first shown to break the contract; only what also breaks FHIR or a check of its
profile must be refused, for the contract makes strictly what a server may take generously. Operations of transactions
the target does not claim are left out. A new operation, link or datum goes into the contract; nothing is written here.
"""
