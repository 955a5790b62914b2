"""A browser without script: cookies, redirects and forms, as a person with JavaScript off has them."""

import dataclasses
from urllib.parse import urljoin, urlsplit

import lxml.html
import requests

from support.api import PASSWORD


@dataclasses.dataclass
class SamlForm:
    """The form that carries a Response to the service provider."""

    action: str
    saml_response: str
    relay_state: str | None


class Page:
    """An answer and the forms on it."""

    def __init__(self, answer: requests.Response):
        self.status = answer.status_code
        self.url = answer.url
        self.headers = answer.headers
        self.html = answer.text
        self._forms = lxml.html.fromstring(self.html).forms if "<" in self.html else []

    def _form_with(self, field: str):
        return next((form for form in self._forms if field in form.fields), None)

    @property
    def asks_for_password(self) -> bool:
        return self._form_with("password") is not None

    @property
    def left_for(self) -> str:
        """The address of a service provider that the browser is led to."""
        assert self.status == 303, f"it stayed on this page ({self.status}):\n{self.html}"
        return self.headers["Location"]

    @property
    def has_saml_form(self) -> bool:
        return self._form_with("SAMLResponse") is not None

    def saml_form(self) -> SamlForm:
        form = self._form_with("SAMLResponse")
        assert form is not None, f"no SAMLResponse on this page ({self.status}):\n{self.html}"
        assert form.method == "POST"
        assert form.xpath(".//button|.//input[@type='submit']"), "without script nobody could go on"
        fields = dict(form.fields)
        return SamlForm(urljoin(self.url, form.action), fields["SAMLResponse"], fields.get("RelayState"))

    def message_form(self) -> tuple[str, dict] | None:
        """Address and fields of the form that carries a request or a response, if there is one."""
        form = self._form_with("SAMLResponse")
        form = self._form_with("SAMLRequest") if form is None else form
        return None if form is None else (urljoin(self.url, form.action), dict(form.fields))

    @property
    def frames(self) -> list[str]:
        """Where the frames of this page lead."""
        return lxml.html.fromstring(self.html).xpath("//iframe/@src")

    def filled_in(self, **values: str) -> tuple[str, dict]:
        """Address and fields of the sign-in form with these values, the hidden ones as they stand."""
        form = self._form_with("password")
        assert form is not None, f"no sign-in form on this page ({self.status}):\n{self.html}"
        return urljoin(self.url, form.action or self.url), dict(form.fields) | values

    def form_to(self, path: str) -> tuple[str, dict]:
        """Address and fields of the form that posts to this path."""
        for form in self._forms:
            address = urljoin(self.url, form.action or self.url)
            if form.method == "POST" and urlsplit(address).path == path:
                return address, dict(form.fields)
        raise AssertionError(f"no form to {path} on this page ({self.status}):\n{self.html}")


class _Session(requests.Session):
    """Stays where it is when it is led to a service provider that nobody runs."""

    def get_redirect_target(self, resp):
        target = super().get_redirect_target(resp)
        host = urlsplit(target or "").hostname or ""
        return None if host.endswith(".example") else target


class Browser:
    """One person's browser. Each has its own cookies."""

    def __init__(self, base_url: str):
        self.base_url = base_url
        self._session = _Session()
        self._session.trust_env = False

    def open(self, address: str) -> Page:
        return Page(self._session.get(urljoin(self.base_url, address), timeout=30))

    def post(self, address: str, fields: dict) -> Page:
        return Page(self._session.post(urljoin(self.base_url, address), data=fields, timeout=30))

    def follow(self, request_info: dict) -> Page:
        """Carries a request of pysaml2 to the identity provider, by whichever binding it was made for."""
        if request_info.get("method") != "POST":
            return self.open(dict(request_info["headers"])["Location"])
        form = lxml.html.fromstring(request_info["data"]).forms[0]
        return self.post(form.action, dict(form.fields))

    def knock(self, address: str, fields: dict | None = None) -> requests.Response:
        """One request, whose answer is not followed to where it leads."""
        method = "GET" if fields is None else "POST"
        return self._session.request(method, address, data=fields, timeout=30, allow_redirects=False)

    @staticmethod
    def page(answer: requests.Response) -> Page:
        return Page(answer)

    def carry_on(self, page: Page) -> Page:
        """Sends the forms that carry messages, as a script or a person's click would, until a page has none."""
        while (form := page.message_form()) is not None:
            page = self.post(*form)
        return page

    def sign_in(self, page: Page, username: str, password: str = PASSWORD) -> Page:
        """Fills in the sign-in form on this page and follows wherever that leads."""
        address, fields = page.filled_in(username=username, password=password)
        return self.post(address, fields)

    def sign_out(self) -> Page:
        return self.post(*self.open("/logout").form_to("/logout"))

    def cookie_values(self) -> list[str]:
        return [cookie.value for cookie in self._session.cookies]
