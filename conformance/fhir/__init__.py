"""The FHIR API of a community (CH EPR FHIR 5.0.0): one folder for each transaction.

To add the tests of an area:

1. Calls: ``fixtures/epr/fhir_<area>.py`` builds valid calls (``Call``); tests change them one thing at a time.
2. Rows: structural ones get ``check`` in ``requirements/fhir.yaml`` (FHIRPath; ``profile: DR`` for a table of
   ``fixtures/checks/profiles.yaml``; forms: ``fixtures/checks/rest_rows.py``), the others a test that cites them. Both
   lose ``reason: planned``. Rows of "FHIR API response" judge the answers of all transactions.
3. Structural rows need samples: a maker in ``conformance/structure/rest_samples.py``, a test in ``test_rest_messages``.
4. Tests: ``community.fhir.send(call.without(path), baseline=call)``, then ``expect(reply).is_refused(422, 400,
   usual=["required"])``: statuses that pass are the columns reference and accepted; ``codes`` where the source names
   the code, ``usual`` where it does not. ``community.fhir.basic(call)`` shows a basic token, or our certificate;
   what relies on our certificate is skipped unless the target file says ``fhir_mtls = true``.
5. Faults: ``fixtures/faults/fhir_<area>.yaml`` (``switch_off``, ``behave``, ``edit`` with ``{reply: ITI-67, json: PATH,
   value: x}``; ``reply: FHIR`` is every answer), benign ones in ``benign_fhir.yaml``;
   ``python -m fixtures.faults prove --fault ID``.
6. The transaction joins SCOPE in ``requirements/coverage.py``.
"""
