"""``python -m conformance.replay FILE... --target TARGET``: recorded requests sent again to a community.

A FILE is what :mod:`fixtures.epr.stored` reads; of an exchange or a ledger the requests are sent. The content stays as
it was recorded; only what binds a message to its time, place and patient is replaced, and each replacement is named:

ids        wsa:MessageID, HL7 message and query ids, uniqueIds and UUIDs of submitted objects
addresses  wsa:To, wsa:ReplyTo, AppliesTo; device OIDs of sender and receiver, homeCommunityId, repositoryUniqueId
patient    a patient registered for the replay: EPR-SPID, local id and XAD-PID take the place of the recorded ones
documents  ITI-18 and ITI-43 refer to a document that is published before
policies   PPQ-1 and PPQ-2 refer to policy sets that are added before; who may not feed for sure is the administrator
token      a fresh X-User Assertion of the same role and purpose; for GetXUA a fresh identity assertion of that user

--target TARGET  the target file
--ledger FILE    write every exchange there (redacted as in a run), for ``conformance.judge`` and as evidence
--json           a list with one object for each request: ``{file, place, transaction, verdict, says, reason, changes,
                 findings: [as in conformance.judge], judged, evidence: {status, octets, sha256, exchange}, error}``

Verdicts: ``pass`` the request was accepted and every structural row holds on the answer; ``warn`` only rows below SHALL
or tolerated ones do not; ``fail`` it was refused, or a row does not hold; ``inconclusive`` with a reason (unreachable,
the target file lacks a user, production is not written to, the request itself breaks rows of the client and so proves
nothing); ``error`` the file holds nothing to replay.

Exit codes: 0 every request passed (or warned); 1 a fail; 2 something was inconclusive; 3 our fault; 4 usage, or a file
that holds no request to replay. The first of 3, 1, 4, 2 that applies.
"""
