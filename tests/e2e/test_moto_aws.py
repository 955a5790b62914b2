"""moto as AWS: a Response of an `aws-iam` connector buys credentials for the role a group gives."""

import base64

import boto3
import botocore
import pytest
from moto.server import ThreadedMotoServer

from support.api import PASSWORD, constant_mapping, field_mapping, mapping, text, unique
from support.judges import NAMESPACES, parse

ACCOUNT = "123456789012"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:saml-provider/Vestibule"
NAMES = "https://aws.amazon.com/SAML/Attributes/"
CONSOLE = "https://signin.aws.amazon.com/saml"


def role(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


@pytest.fixture(scope="module")
def aws():
    service = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    service.start()
    host, port = service.get_host_and_port()
    yield f"http://{host}:{port}"
    service.stop()


def sts(aws: str, **credentials):
    config = botocore.config.Config(signature_version=None if credentials else botocore.UNSIGNED, proxies={})
    return boto3.client("sts", endpoint_url=aws, region_name="us-east-1", config=config, **credentials)


def connector(api, *mappings) -> dict:
    """From the template, which knows entity ID and address, with these mappings."""
    name = unique("AWS")
    return api.post(
        "/connectors",
        # The entity ID is unique among connectors, so each of these tests has its own audience.
        {
            "name": name,
            "template": "aws-iam",
            "spEntityId": f"urn:amazon:webservices:{name}",
            "attributeMappings": list(mappings),
        },
    )


def sign_on(browser, connector: dict, user: dict) -> str:
    page = browser.sign_in(browser.open(f"/saml/start/{connector['slug']}"), user["username"], PASSWORD)
    return page.saml_form().saml_response


def values(document: bytes, name: str) -> list[str]:
    return parse(document).xpath(
        "//saml:Attribute[@Name=$name]/saml:AttributeValue/text()", name=NAMES + name, namespaces=NAMESPACES
    )


def test_the_template_fills_in_what_aws_fixed(api):
    made = api.post("/connectors", {"name": "AWS of the template", "template": "aws-iam"})
    assert made["spEntityId"] == "urn:amazon:webservices"
    assert [acs["url"] for acs in made["acsUrls"]] == [CONSOLE]
    mapped = {m["spAttributeName"] for m in made["attributeMappings"]}
    assert {NAMES + "Role", NAMES + "RoleSessionName"} <= mapped
    offered = {template["id"] for template in api.get("/connector-templates")["items"]}
    assert {"aws-iam", "aws-identity-center"} <= offered


def test_a_role_of_the_group_becomes_credentials_for_it(server, api, browser, aws):
    app = connector(
        api,
        mapping(NAMES + "Role", "AwsRole"),
        field_mapping(NAMES + "RoleSessionName", "email"),
        constant_mapping(NAMES + "SessionDuration", "3600"),
    )
    group = api.group("Operators", [text("AwsRole", f"{role('Operators')},{PROVIDER}")], [app])
    user = api.user("maria", [group])

    response = sign_on(browser, app, user)

    answer = sts(aws).assume_role_with_saml(RoleArn=role("Operators"), PrincipalArn=PROVIDER, SAMLAssertion=response)
    assumed = answer["AssumedRoleUser"]["Arn"]
    assert assumed == f"arn:aws:sts::{ACCOUNT}:assumed-role/Operators/{user['email']}"
    credentials = answer["Credentials"]
    caller = sts(
        aws,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    ).get_caller_identity()
    assert caller["Arn"] == assumed


def test_the_assertion_says_what_aws_insists_on(server, api, browser):
    # AWS looks at more than moto does, so the document is looked at here.
    app = connector(
        api,
        mapping(NAMES + "Role", "RoleOne"),
        mapping(NAMES + "Role", "RoleTwo"),
        field_mapping(NAMES + "RoleSessionName", "username"),
    )
    one = api.group("One", [text("RoleOne", f"{role('One')},{PROVIDER}")], [app])
    two = api.group("Two", [text("RoleTwo", f"{role('Two')},{PROVIDER}")], [app])
    user = api.user("noah", [one, two])

    document = base64.b64decode(sign_on(browser, app, user))

    root = parse(document)
    assert root.get("Destination") == CONSOLE
    assert root.xpath("//saml:Audience/text()", namespaces=NAMESPACES) == [app["spEntityId"]]
    (confirmation,) = root.xpath("//saml:SubjectConfirmation", namespaces=NAMESPACES)
    assert confirmation.get("Method") == "urn:oasis:names:tc:SAML:2.0:cm:bearer"
    (data,) = confirmation.xpath("saml:SubjectConfirmationData", namespaces=NAMESPACES)
    assert data.get("Recipient") == CONSOLE
    assert data.get("NotOnOrAfter")
    assert len(root.xpath("//saml:Attribute[@Name=$name]", name=NAMES + "Role", namespaces=NAMESPACES)) == 1
    assert values(document, "Role") == [f"{role('One')},{PROVIDER}", f"{role('Two')},{PROVIDER}"]
    assert values(document, "RoleSessionName") == [user["username"]]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Role", "not-a-role"),
        ("RoleSessionName", "has spaces"),
        ("RoleSessionName", "x"),
        ("RoleSessionName", "n" * 65),
        ("SessionDuration", "899"),
        ("SessionDuration", "43201"),
    ],
)
def test_preview_warns_of_each_limit_with_the_value(api, name, value):
    good = {"Role": f"{role('One')},{PROVIDER}", "RoleSessionName": "noah", "SessionDuration": "3600"}
    app = connector(api, *[constant_mapping(NAMES + n, v) for n, v in (good | {name: value}).items()])
    group = api.group("Everybody", connectors=[app])
    user = api.user("olga", [group])

    answer = api.post(f"/connectors/{app['id']}/preview", {"userId": user["id"]}, expect=200)

    assert any(value in warning["detail"] for warning in answer["warnings"]), answer["warnings"]


def test_preview_of_good_values_has_no_warning(api):
    app = connector(
        api,
        constant_mapping(NAMES + "Role", f"{role('One')},{PROVIDER}"),
        constant_mapping(NAMES + "RoleSessionName", "noah"),
        constant_mapping(NAMES + "SessionDuration", "3600"),
    )
    user = api.user("pia", [api.group("All", connectors=[app])])
    answer = api.post(f"/connectors/{app['id']}/preview", {"userId": user["id"]}, expect=200)
    assert answer["warnings"] == []
