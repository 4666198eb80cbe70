"""What scans of sslyze found, and claims about it (RFC 9325)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from fixtures.checks.verdicts import Inconclusive, Reason
from fixtures.client import Community
from security.tls.endpoints import Address, demand

WITH_128, WITH_256 = (
    {f"TLS_ECDHE_{key}_WITH_AES_{suite}" for key in ("RSA", "ECDSA")} for suite in ("128_GCM_SHA256", "256_GCM_SHA384")
)
#: NULL, anonymous, export, and less than 112 bit
WEAK = ("NULL", "anon", "EXPORT", "RC4", "RC2", "3DES", "_DES", "MD5", "IDEA")
VERSIONS = ("ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1", "tls_1_2")
#: curves of RFC 9325 section 4.5, and their equals
GOOD_CURVES = {"X25519", "X448", "prime256v1", "secp256r1", "secp384r1", "secp521r1"}

Scans = Mapping[Address, Any]


def scans_of(community: Community, where: Iterable[Address]) -> Scans:
    """The results of one scan of each address, with the registered client certificate."""
    from security.tls.scanning import scanned  # not before a scan: sslyze is slow to import

    return {_address(result): _result(result) for result in scanned(community.target, where)}


def _address(result: Any) -> Address:
    return result.server_location.hostname, result.server_location.port


def _result(result: Any) -> Any:
    if result.scan_result is None:
        where = "{}:{}".format(*_address(result))
        raise Inconclusive(Reason.UNREACHABLE, f"sslyze cannot connect to {where}: {result.connectivity_status}")
    return result.scan_result


def done(attempt: Any) -> Any:
    """The result of one attempt; Inconclusive where sslyze could not finish it."""
    if attempt.result is None:
        raise Inconclusive(Reason.BROKEN_ANSWER, f"sslyze: {attempt.error_reason} {attempt.error_trace or ''}"[:300])
    return attempt.result


#: OpenSSL's words where a server takes an anonymous suite and asks for a certificate; sslyze gives up on them
ANONYMOUS = "client cert req with anon cipher"


def suites(scan: Any, *versions: str) -> list[str]:
    """Names of the suites that were accepted."""
    found = [done(getattr(scan, f"{version}_cipher_suites")).accepted_cipher_suites for version in versions]
    return [each.cipher_suite.name for accepted in found for each in accepted]


def unwanted(scan: Any, *versions: str) -> list[str]:
    """The same where any suite, or any weak one, is one too many: all that is known of an interrupted attempt too."""
    attempts = {version: getattr(scan, f"{version}_cipher_suites") for version in versions}
    broken = [version for version, attempt in attempts.items() if ANONYMOUS in str(attempt.error_trace or "")]
    rest = [version for version in versions if version not in broken]
    return [*(f"anon suites of {version}" for version in broken), *suites(scan, *rest)]


def nowhere(
    scans: Scans, look: Callable[[Any], Iterable[object]], expected: str, *, is_tolerated: bool = False
) -> None:
    """``look`` gives what is wrong in a scan."""
    found = [f"{host}:{port} {wrong}" for (host, port), scan in scans.items() for wrong in look(scan)]
    demand(found, expected, is_tolerated=is_tolerated)


def without_gcm(scan: Any, *, both: bool) -> list[str]:
    found = set(suites(scan, "tls_1_2"))
    enough = (found & WITH_128 and found & WITH_256) if both else found & (WITH_128 | WITH_256)
    return [] if enough else [f"TLS 1.2 with {', '.join(sorted(found)) or 'no suite'}"]


def short_groups(scan: Any) -> list[str]:
    """Finite field groups below 2048 bit."""
    accepted = [
        each for version in VERSIONS for each in done(getattr(scan, f"{version}_cipher_suites")).accepted_cipher_suites
    ]
    keys = [each for each in accepted if each.ephemeral_key is not None and each.ephemeral_key.type_name == "DH"]
    return [
        f"{each.cipher_suite.name}, {each.ephemeral_key.size} bit" for each in keys if each.ephemeral_key.size < 2048
    ]
