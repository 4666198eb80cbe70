"""A user logs in by ITI-71: an authorization request, and with the code it brings a signed request for the token."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from fixtures.client.authorization import Authorization
from fixtures.client.patients import RegisteredPatient
from fixtures.epr import iua
from fixtures.epr.http_signature import Signing
from fixtures.epr.rest import Call
from load import right_rest
from load.steady_clock import SteadyClock
from load.step import Answer, Judge, Step

AUTHORIZE: Final = "ITI-71 authorize"
ACCESS: Final = "ITI-71 token"
_REDIRECTIONS: Final = (302, 303)
#: the only headers that are the same in every token request
_SAME: Final = ("Accept", "Content-Type")


@dataclass
class Login:
    """One log-in, for the record of ``patient``; ``identity``: the identity token of the user, encoded."""

    authorization: Authorization
    client: iua.Credentials
    patient: RegisteredPatient
    role: str
    identity: str
    clock: SteadyClock = field(default_factory=SteadyClock)
    _verifier: str = field(default_factory=iua.new_verifier)
    _code: str = ""

    def step(self, name: str) -> Step:
        """The next request."""
        return self._authorize() if name == AUTHORIZE else self._token()

    def _authorize(self) -> Step:
        call = self.authorization.authorization_request(
            self.role, self.patient, verifier=self._verifier, client=self.client
        )
        return _step(AUTHORIZE, call, self._took(dict(call.query)["state"]), _REDIRECTIONS)

    def _took(self, state: str) -> Judge:
        def judge(answer: Answer) -> str:
            try:
                found = dict(parse_qsl(urlsplit(answer.location).query))
            except ValueError:
                found = {}
            self._code = found.get("code", "")
            if self._code and found.get("state") == state:
                return ""
            why = found.get("error") or ("another state" if self._code else "no code")
            return f"redirected with {why}, not with the code for this request"

        return judge

    def _token(self) -> Step:
        endpoint = self.authorization.metadata().token_endpoint
        if self.role == "TCU":
            call = iua.client_credentials_request(endpoint, self.client, spid=self.patient.spid)
        else:
            call = iua.code_token_request(
                endpoint,
                self.client,
                code=self._code,
                verifier=self._verifier,
                identity=self.identity,
            )
        # by the time of the beginning of the run, which the target agreed with
        signing = Signing(created=-round(self.clock.shift))
        return _step(
            ACCESS, iua.signed(call, self.client, signing), right_rest.issues_access_token(self.patient.spid), (200,)
        )


#: begins a log-in of a user of that role
Begin = Callable[[str], Login]


def _step(name: str, call: Call, judge: Judge, statuses: tuple[int, ...]) -> Step:
    raw = call.raw("")
    same = {key: value for key, value in raw.headers.items() if key in _SAME}
    fresh = "".join(f"{key}: {value}\r\n" for key, value in raw.headers.items() if key not in _SAME)
    return Step(
        name,
        raw.url,
        raw.body,
        same,
        judge,
        method=raw.method,
        fresh=fresh.encode("ascii"),
        shows_certificate=False,
        statuses=statuses,
    )
