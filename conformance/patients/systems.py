"""A primary system in front of the master patient index: whom it feeds and what it asks."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from fixtures.checks.expect import Expectation, expect
from fixtures.checks.verdicts import Inconclusive, Reason, Skipped, Unmet
from fixtures.client import Community
from fixtures.client.exchange import Baseline
from fixtures.epr.demographics import Demographics
from fixtures.epr.hl7v3 import II, Addressing, Criteria, PersonName, add, merge, pdq, pix_query
from fixtures.epr.hl7v3_read import Unreadable, pix_response
from fixtures.epr.identifiers import spid
from fixtures.epr.message import Message, Reply
from fixtures.people.patients import Patient, fresh_patient, lookalike, unique_family

#: seconds a fed record may take until queries show it (PAT-ITI44-022)
SETTLING = 10.0


@dataclass(frozen=True)
class PrimarySystem:
    """A system registered with the community: its addressing, certificate and, by that, its domain of local ids.

    :meth:`pix`, :meth:`pdq` and :meth:`send` act; :meth:`feed` and what builds on it arrange, and end in inconclusive
    when the target does not take a valid feed.
    """

    community: Community
    addressing: Addressing
    rng: random.Random
    certificate: str = ""

    # --- patients ---------------------------------------------------------------------------------

    def stranger(self, **fields: Any) -> Patient:
        """Somebody the community has never heard of."""
        if not self.community.target.domains.fresh_spids:
            raise Skipped(Reason.NEEDS_FRESH_PATIENTS, "the test registers EPR-SPIDs of its own")
        return fresh_patient(self.rng, **fields)

    def registered(self, **fields: Any) -> Patient:
        """Somebody fed with EPR-SPID and local id."""
        return self.feed(self.stranger(**fields))

    def namesakes(self, count: int, **fields: Any) -> list[Patient]:
        """So many registered patients with a family name that nobody else has."""
        family = unique_family(self.rng)
        return [self.registered(family=family, birth_name="", **fields) for _ in range(count)]

    def double(self, patient: Patient) -> Patient:
        """Somebody else with the same demographics, not yet fed."""
        return lookalike(patient, self.rng)

    def again(self, patient: Patient) -> Patient:
        """The same patient under another local id, not yet fed."""
        return replace(patient, local_id=self.double(patient).local_id)

    def feed(self, patient: Patient) -> Patient:
        """Add the patient and wait until the local id is known."""
        try:
            expect(self.send(add(patient, self.addressing))).acknowledges("CA")
            eventually(lambda: self.pix(self.local(patient)), lambda answer: answer.answers("AA/OK"))
        except Unmet as unmet:
            raise Inconclusive(Reason.BASELINE_REFUSED, f"a valid feed is not taken or not known: {unmet}") from None
        return patient

    def unusual(self, message: Message) -> None:
        """Feed what a community may refuse; then there is nothing to judge."""
        reply = self.send(message)
        if expect(reply).outcome.hl7 not in ("CA", "AA"):
            raise Skipped(Reason.NEEDS_PROFILE, f"the target does not take such a feed: {expect(reply).outcome.says}")

    def valid_add(self) -> Message:
        """An add that must be taken: the baseline of one that must not."""
        return add(self.stranger(), self.addressing)

    def valid_merge(self) -> Message:
        """A merge that must be taken: two local ids of one EPR-SPID, both just fed."""
        survivor = self.registered()
        subsumed = self.feed(self.again(survivor))
        return merge(survivor, subsumed.local_id, self.addressing)

    # --- identifiers ------------------------------------------------------------------------------

    def local(self, patient: Demographics) -> II:
        """The patient's id in this system's domain."""
        return II(self.addressing.local, patient.local_id)

    def mpi(self, patient: Demographics) -> II:
        """The MPI-PID of a registered patient; inconclusive where the community does not tell it."""
        reply = self.pix(self.local(patient))
        try:
            found = pix_response(reply).identifiers(self.addressing.mpi)
        except Unreadable as error:
            raise Inconclusive(Reason.BASELINE_REFUSED, str(error)) from None
        if len(found) != 1:
            raise Inconclusive(Reason.BASELINE_REFUSED, f"a registered patient has {len(found)} MPI-PIDs")
        return II(self.addressing.mpi, found[0])

    def both(self, patient: Demographics) -> tuple[II, II]:
        """What identifies a registered patient: some MPI-PID, and the EPR-SPID."""
        return II(self.addressing.mpi), spid(patient.spid)

    # --- acts -------------------------------------------------------------------------------------

    def send(self, message: Message, *, baseline: Baseline | None = None) -> Reply:
        """Under this system's certificate; the ``baseline`` goes under our own."""
        return self.community.send_as(self.certificate, message, baseline=baseline)

    def pix_query(self, identifier: II, *data_sources: str) -> Message:
        """ITI-45 for ``identifier``; MPI-PID and EPR-SPID are asked for unless ``data_sources`` are named."""
        return pix_query(identifier, self.addressing, data_sources=data_sources or None)

    def pix(self, identifier: II, *data_sources: str) -> Reply:
        return self.send(self.pix_query(identifier, *data_sources))

    def pdq_query(self, **criteria: Any) -> Message:
        """ITI-47 with these :class:`Criteria`."""
        return pdq(Criteria(**criteria), self.addressing)

    def pdq(self, **criteria: Any) -> Reply:
        return self.send(self.pdq_query(**criteria))

    def look_up_query(self, patient: Demographics) -> Message:
        """ITI-47 by EPR-SPID alone."""
        return self.pdq_query(ids=(spid(patient.spid),))

    def look_up(self, patient: Demographics) -> Reply:
        return self.send(self.look_up_query(patient))


def named(family: str, *given: str, use: str = "", qualifier: str = "") -> tuple[PersonName]:
    """The name criterion of a query."""
    return (PersonName(family, given, use=use, qualifier=qualifier),)


def eventually(ask: Callable[[], Reply], claim: Callable[[Expectation], object], seconds: float = SETTLING) -> Reply:
    """Asks until the claim holds and gives that reply; the claim fails on the last reply when the time is over."""
    end = time.monotonic() + seconds
    while True:
        reply = ask()
        try:
            claim(expect(reply))
        except Unmet:
            if time.monotonic() >= end:
                raise
            time.sleep(0.25)
        else:
            return reply
