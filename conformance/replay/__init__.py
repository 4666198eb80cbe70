"""``python -m conformance.replay FILE... --target TARGET``: recorded requests sent again to a community.

A FILE is what :mod:`fixtures.epr.stored` reads; of an exchange or a ledger the requests are sent. The content stays as
it was recorded; only what binds a message to its time, place and patient is replaced, and each replacement is named:

ids        wsa:MessageID, HL7 message and query ids, uniqueIds and UUIDs of submitted objects; traceparent
addresses  wsa:To, wsa:ReplyTo, AppliesTo; device OIDs of sender and receiver, homeCommunityId, repositoryUniqueId; the
           FHIR base
patient    a patient registered for the replay: EPR-SPID, local id and XAD-PID take the place of the recorded ones
documents  ITI-18, ITI-43, ITI-67, ITI-68 and CH:MHD-1 refer to a document that is published before
policies   PPQ-1 to PPQ-5 refer to policy sets that are added before; who may not feed for sure is the administrator
directory  ITI-90 asks for the professional and the group of the target file where the recording names somebody; ITI-130
           feeds under identifiers nobody has, and what is updated, deleted or referred to is created before
trail      ITI-81 asks for the days around the replay
token      a fresh X-User Assertion of the same role and purpose; for GetXUA a fresh identity assertion of that user; on
           the FHIR API an access token, of the recorded role where the recording keeps the token

A resource alone is sent where its transaction leaves one way to do so (a Consent is posted). Of the FHIR API, ITI-71
and ITI-20 are not sent again.

--target TARGET  the target file
--transaction NAME
                 the transaction of requests in which nothing tells it, as in ``conformance.judge``
--ledger FILE    write every exchange there (redacted as in a run), for ``conformance.judge`` and as evidence
--json           a list with one object for each request: ``{file, place, transaction, verdict, says, reason, changes,
                 findings: [as in conformance.judge], judged, evidence: {status, octets, sha256, exchange}, error}``

Verdicts: ``pass`` the request was accepted and every structural row holds on the answer; ``warn`` only rows below SHALL
or tolerated ones do not; ``fail`` it was refused, or a row does not hold; ``inconclusive`` with a reason (unreachable,
the target file lacks a user, production is not written to, the request itself breaks rows of the client, or is
no FHIR R4, and so proves nothing); ``error`` the file holds nothing to replay.

Exit codes: 0 every request passed (or warned); 1 a fail; 2 something was inconclusive; 3 our fault; 4 usage, or a file
that holds no request to replay. The first of 3, 1, 4, 2 that applies.
"""
