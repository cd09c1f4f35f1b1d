"""What a request says of the charset of its texts is never believed: they are UTF-8, or the request is refused.

Django reads this before any middleware, and believes it for the address as well. Some of Python's codecs give texts
that nothing can keep, some are none for texts, and some headers no parser reads: an error of the server for whoever
likes, without a page.
"""

from django.core.exceptions import BadRequest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

UNREADABLE = {"charset": "unreadable"}  # refused by trialsite.middleware.plain_requests
NO_FORM = (TypeError, ValueError, LookupError)  # of a parser that stumbles over the heads of a form's parts


class Request(WSGIRequest):
    """A request whose texts are UTF-8, whatever it says."""

    def _set_content_type_params(self, meta) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except NO_FORM:
            self.content_type, self.content_params = "", UNREADABLE

    def _load_post_and_files(self) -> None:
        try:
            super()._load_post_and_files()
        except NO_FORM as error:
            self._mark_post_parse_error()
            raise BadRequest("The form cannot be read.") from error


class Handler(WSGIHandler):
    """The application that the web server calls."""

    request_class = Request
