"""``python -m conformance.judge FILE...``: stored messages judged by the structural rows of the catalogue.

A FILE is raw XML (a SOAP envelope, a payload alone or an X-User Assertion), a FHIR resource in JSON or XML, a recorded
HTTP message or exchange, or a ledger of a run; :mod:`fixtures.epr.stored` has the formats. Requests are judged too: the
rows of the client are what a primary system is held to. The transaction of a message of the FHIR API is told by method
and path, by what it answers, or by type, profile and content of the resource.

--request FILE   the request that the response in the one other FILE answers. Without it a response is judged together
                 with its request where the file holds both, or where a request among the FILEs has the MessageID that
                 the response names in RelatesTo (SOAP). Checks that need an unknown request, HTTP frame, time or target
                 are left out and named.
--transaction NAME
                 the transaction of messages in which nothing tells it: ``ITI-65`` for a transaction-response that names
                 no place, ``ITI-68`` for a retrieval from any URL
--target FILE    the target file of the community the messages come from; its OIDs are then demanded (those of our own
                 system, sender and local, are not: others may have sent the messages)
--json           a list with one object for each message: ``{file, place, transaction, direction, judged: [row ids],
                 findings: [{requirement, level, verdict, path, expected, received, message, source, check}],
                 known_deviations: [the same, reason, reason_source], left_out: [{requirement, needs}], remarks,
                 note, error}``. ``error``: it cannot be read, or (with findings all the same) only after prefixes were
                 declared for it; ``note``: no transaction of ours, or nothing to judge

A finding of level SHALL is a ``fail``; below, or where the catalogue tolerates it, a ``warn``.

Exit codes: 0 no fail; 1 a fail that is no known deviation (whatever else happened); 3 our fault; 4 usage, or a file
that cannot be read; 5 nothing was judged. Warnings do not change it.

Known deviations of published samples stand in ``conformance/requirements/deviations.yaml``
(:mod:`conformance.judge.register`) and hold for the content of that one file only.
"""
