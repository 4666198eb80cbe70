"""An exchange under load as the rows of the catalogue see it: as :mod:`load.inspection` hands it over."""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fixtures.checks.catalogue import REST
from fixtures.checks.rest_rows import RestView, answer_view
from fixtures.checks.view import View, response_view
from fixtures.epr import fhir_json, mtom
from fixtures.epr.message import Message, read_reply
from fixtures.epr.rest import FORM, Call
from fixtures.epr.rest_reply import read_rest_reply


def view_of(said: Mapping[str, Any], facts: Mapping[str, str]) -> tuple[View | RestView | None, str]:
    """The answer as a view, or None and what is wrong with it."""
    request, body = base64.b64decode(said["request"]), base64.b64decode(said["body"])
    if said["transaction"] in REST:
        answered = read_rest_reply(_call(said, request), said["status"], said["headers"], body)
        return None if answered.problem else answer_view(answered, facts), answered.problem
    if said["request_type"].startswith("multipart/"):
        request = mtom.unpack(said["request_type"], request)[0].content
    # rows of SOAP see what an answer says of its content, as it is with a stored exchange
    headers = {"content-type": said["headers"].get("content-type", "")}
    reply = read_reply(Message(said["transaction"], request), said["status"], headers, body)
    return response_view(reply, facts, now=said["at"]), reply.problem


def _call(said: Mapping[str, Any], body: bytes) -> Call:
    """The request as a value."""
    url = urlsplit(said["url"])
    query = tuple(parse_qsl(url.query, keep_blank_values=True))
    is_form = said["request_type"].startswith(FORM)
    return Call(
        said["transaction"],
        said["method"],
        url._replace(query="").geturl(),
        query,
        resource=fhir_json.parse(body) if body and not is_form else None,
        form=tuple(parse_qsl(body.decode(), keep_blank_values=True)) if is_form else None,
    )
