"""USER AUTHENTICATION > SSO as people use it: applications added, what they receive, who may open them, and what
a person would get, with script and without."""

import base64

import pytest
import requests
from saml2 import BINDING_HTTP_POST
from saml2.config import SPConfig
from saml2.metadata import entity_descriptor

from conftest import make_admin
from support.api import PASSWORD, json_object, mapping, text, unique
from support.chromium import NARROW, WIDE
from support.judges import NAMESPACES, parse
from support.service_provider import ServiceProvider

OTHER_INFO = json_object("otherInfo", {"userSettings": {"role": "admin", "permissions": ["read", "write"]}, "Location": "Denver"})
HOSTILE = '<img src=x onerror=alert(1)>"\'&{{7*7}}'
CUSTOM = "Custom User or Group Attribute"
ROLE = "https://aws.amazon.com/SAML/Attributes/Role"


def application(console, name: str, tab: str = ""):
    """By the navigation, as a person gets there."""
    console.open("/admin")
    console.click("SSO", within=".sidebar")
    console.fill("Search", name)
    console.click("Filter")
    console.wait(lambda _: "q=" in console.path, "the filtered list")
    console.click(name)
    if tab:
        console.click(tab, within=".tabs")


def aws(api, *mappings) -> dict:
    name = unique("AWS")
    template = {"name": name, "template": "aws-iam", "spEntityId": f"urn:amazon:webservices:{name}"}
    return api.post("/connectors", template | ({"attributeMappings": list(mappings)} if mappings else {}))


def row(number: int) -> str:
    return f"#attribute-{number}"


def map_custom(console, number: int, name: str, path: str):
    console.fill("Service Provider Attribute Name", name, within=row(number))
    console.choose("Vestibule Attribute Name", CUSTOM, within=row(number))
    console.fill("Group Attribute Name", path, within=row(number))


def metadata_of(name: str) -> str:
    """What pysaml2 would give to an identity provider, and one endpoint that cannot be used."""
    config = SPConfig().load(
        {
            "entityid": f"https://{name}.example.com/metadata",
            "service": {
                "sp": {
                    "endpoints": {
                        "assertion_consumer_service": [
                            (f"https://{name}.example.com/acs", BINDING_HTTP_POST),
                            (f"https://{name}.example.com/simple", "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST-SimpleSign"),
                        ]
                    }
                }
            },
        }
    )
    return str(entity_descriptor(config))


# --- The how-to, step by step -------------------------------------------------------------------------


def test_b25_b23_to_include_group_inherited_user_attributes_with_a_saml_connector(console, api, browser, server):
    app = aws(api)
    group = api.group("Cloud Admins", [OTHER_INFO], [app])
    user = api.user("maria", [group], displayName="Maria Cloud")

    application(console, app["name"], "SSO")
    console.sees("Attributes", "#attributes")
    console.click("add attribute")
    new = len(app["attributeMappings"])
    console.fill("Service Provider Attribute Name", "role", within=row(new))
    console.choose("Vestibule Attribute Name", CUSTOM, within=row(new))
    suggested = [option.get_attribute("value") for option in console.driver.find_elements("css selector", "#attribute-names option")]
    assert suggested == ["otherInfo"], "B28"
    console.fill("Group Attribute Name", "otherInfo.userSettings.role", within=row(new))
    console.click("Save")
    console.sees("Application Successfully Updated")

    console.click("Preview", within=".tabs")
    console.fill("User", user["username"])
    console.click("Preview", within="main form")
    console.sees("Maria Cloud may open")
    console.sees("admin", "#explanation")
    console.sees(f"Inherited from {group['name']}", "#explanation")
    console.sees("otherInfo.userSettings.role", "#explanation")
    console.click("The response, unsigned and already expired")
    assert "<saml:AttributeValue" in console.text("#explanation pre")
    assert ">admin</saml:AttributeValue>" in console.text("#explanation pre")
    console.must_be_accessible()

    page = browser.sign_in(browser.open(f"/saml/start/{app['slug']}"), user["username"], PASSWORD)
    document = parse(base64.b64decode(page.saml_form().saml_response))
    values = document.xpath("//saml:Attribute[@Name='role']/saml:AttributeValue/text()", namespaces=NAMESPACES)
    assert values == ["admin"]


def test_b28_the_group_attribute_name_is_shown_with_that_choice_only(console, api):
    app = api.connector("choice")
    console.open(f"/admin/connectors/{app['id']}/sso")
    console.click("add attribute")
    console.find(f"{row(0)} select")
    assert console.all(f"{row(0)} .for-custom") == []
    console.choose("Vestibule Attribute Name", CUSTOM, within=row(0))
    console.field("Group Attribute Name", within=row(0))
    console.choose("Vestibule Attribute Name", "Constant", within=row(0))
    console.field("Constant value", within=row(0))
    assert console.all(f"{row(0)} .for-custom") == []
    console.choose("Vestibule Attribute Name", "Email", within=row(0))
    assert console.all(f"{row(0)} .for-constant") == []
    options = [option.text for option in console.field("Vestibule Attribute Name", within=row(0)).find_elements("tag name", "option")]
    fields = ["Username", "Email", "First name", "Last name", "Display name", "User ID", "Company", "Cost Center", "Department", "Description", "Employee Type", "Job Title", "Location", "Manager", "User State"]
    assert options == ["Choose…", CUSTOM, *fields, "Constant", "Group list"], "B27"
    console.click("Remove attribute 1")
    console.wait(lambda _: not console.all(row(0)), "the row is gone")


def test_b26_c3_all_kinds_of_attributes_are_saved_as_they_stand(console, api):
    app = api.connector("kinds", attributeMappings=[mapping("Team", "TeamName"), mapping("Gone", "Gone")])
    console.open(f"/admin/connectors/{app['id']}/sso")
    console.click("Remove attribute 2")
    console.wait(lambda _: not console.all(row(1)), "the second row is gone")
    for number, (name, source) in enumerate([("Team", "Job Title"), ("env", "Constant"), ("memberOf", "Group list")], 1):
        console.click("add attribute")
        console.find(row(number))
        assert console.driver.switch_to.active_element.get_attribute("name") == f"attribute-{number}-name"
        console.fill("Service Provider Attribute Name", name, within=row(number))
        console.choose("Vestibule Attribute Name", source, within=row(number))
    console.fill("Constant value", " prod ", within=row(2))
    console.choose("Name format", "URI", within=row(3))
    console.click("Save")
    console.sees("Application Successfully Updated")
    stored = api.get(f"/connectors/{app['id']}")
    assert stored["attributeMappings"] == [
        {"spAttributeName": "Team", "nameFormat": "BASIC", "source": {"type": "CUSTOM", "path": "TeamName"}},
        {"spAttributeName": "Team", "nameFormat": "BASIC", "source": {"type": "USER_FIELD", "field": "jobTitle"}},
        {"spAttributeName": "env", "nameFormat": "BASIC", "source": {"type": "CONSTANT", "value": " prod "}},
        {"spAttributeName": "memberOf", "nameFormat": "URI", "source": {"type": "GROUPS"}},
    ]


def test_b21_b22_a_path_to_an_object_is_saved_with_a_warning_and_left_out(console, api):
    app = api.connector("object")
    group = api.group("Objects", [OTHER_INFO], [app])
    user = api.user("otto", [group])
    console.open(f"/admin/connectors/{app['id']}/sso")
    console.click("add attribute")
    map_custom(console, 0, "settings", "otherInfo.userSettings")
    console.click("Save")
    console.sees("Application Successfully Updated")
    console.sees("The path otherInfo.userSettings leads to an object, which is left out of the assertion. Name a field in it.")
    console.must_be_accessible()

    console.click("Preview", within=".tabs")
    console.fill("User", user["username"])
    console.click("Preview", within="main form")
    console.sees("What is left out, and why")
    console.sees("The place holds a JSON object. Map one of its fields instead.")


def test_b29_b24_what_finds_nothing_says_why_and_what_to_do(console, api):
    app = api.connector("nothing", attributeMappings=[mapping("place", "otherinfo.location"), mapping("deep", "otherInfo.location")])
    user = api.user("nina", [api.group("Nothing", [OTHER_INFO], [app])])
    console.open(f"/admin/connectors/{app['id']}/preview?user={user['id']}")
    console.sees("Neither the user nor a group that opens this application has the attribute.")
    console.sees("The attribute is there, but it has no such field.")
    console.sees("Upper and lower case count.")


# --- New applications ---------------------------------------------------------------------------------


def test_an_application_is_made_from_a_template(console, api):
    console.open("/admin/connectors")
    console.click("New Application")
    console.must_be_accessible()
    console.find("a[href*='way=aws-iam']").click()
    name = unique("Console AWS")
    assert console.field("ACS URL").get_attribute("value") == "https://signin.aws.amazon.com/saml"
    console.fill("Name", name)
    console.fill("Service Provider Entity ID", f"urn:amazon:webservices:{name.replace(' ', '-')}")
    console.must_be_accessible()
    console.click("Add the application")
    console.sees("Application Successfully Created")
    console.sees("Nobody can open it yet")
    (made,) = api.get(f"/connectors?q={name}")["items"]
    assert made["template"] == "aws-iam"
    assert [m["spAttributeName"] for m in made["attributeMappings"]][0] == ROLE
    assert made["acsUrls"][0]["isDefault"]


@pytest.mark.parametrize("by", ["file", "paste"])
def test_an_application_is_made_from_metadata_and_what_was_dropped_is_told(console, api, tmp_path, by):
    name = unique("metadata")
    document = metadata_of(name)
    console.open("/admin/connectors/new?way=metadata")
    console.fill("Name", name)
    if by == "file":
        file = tmp_path / "sp.xml"
        file.write_text(document)
        console.field("Metadata file").send_keys(str(file))
        console.wait(lambda _: console.field("Metadata").get_attribute("value"), "the file is read")
    else:
        console.driver.execute_script("arguments[0].value = arguments[1]", console.field("Metadata"), document)
    console.click("Add the application")
    console.sees("Application Successfully Created")
    console.sees("HTTP-POST-SimpleSign")
    (made,) = api.get(f"/connectors?q={name}")["items"]
    assert made["spEntityId"] == f"https://{name}.example.com/metadata"
    assert [acs["url"] for acs in made["acsUrls"]] == [f"https://{name}.example.com/acs"]


def test_metadata_of_nearly_two_mebibytes_is_taken_and_more_is_told(console, api):
    name = unique("large")
    document = metadata_of(name)
    # Two octets a letter, each of which travels as three characters.
    padding = "<!-- " + "ä" * (1024 * 1024 - len(document)) + " -->"
    console.open("/admin/connectors/new?way=metadata")
    console.fill("Name", name)
    fill = "arguments[0].value = arguments[1]"
    console.driver.execute_script(fill, console.field("Metadata"), document + padding + "<!--" + "x" * len(document) * 2 + "-->")
    console.click("Add the application")
    console.find("#metadata-fault")
    assert api.get(f"/connectors?q={name}")["items"] == []
    console.driver.execute_script(fill, console.field("Metadata"), document + padding)
    console.click("Add the application")
    console.sees("Application Successfully Created")


def test_an_application_is_made_by_hand_and_refused_values_stand_beside_their_fields(console, api):
    name = unique("By hand")
    console.open("/admin/connectors/new?way=hand")
    console.click("Add the application")
    console.sees("It is needed.")
    console.fill("Name", name)
    console.fill("Service Provider Entity ID", f"urn:{name.replace(' ', '-')}")
    console.fill("ACS URL", "http://wiki.example.com/acs")
    console.click("Add the application")
    console.sees("Use https.", "#acs-url-fault")
    assert console.driver.switch_to.active_element.get_attribute("id") == "acs-url"
    console.must_be_accessible()
    console.fill("ACS URL", "https://wiki.example.com/acs")
    console.click("Add the application")
    console.sees("Application Successfully Created")
    (made,) = api.get(f"/connectors?q={name}")["items"]
    assert made["acsUrls"][0]["url"] == "https://wiki.example.com/acs"

    console.open("/admin/connectors/new?way=hand")
    console.fill("Name", name)
    console.fill("Service Provider Entity ID", made["spEntityId"])
    console.fill("ACS URL", "https://wiki.example.com/acs")
    console.click("Add the application")
    console.sees("taken", "#sp-entity-id-fault")


# --- The tabs -----------------------------------------------------------------------------------------


def test_conditions_are_set_and_who_comes_from_elsewhere_reads_whom_to_ask(console, api):
    app = api.connector("conditional")
    user = api.user("connie", [api.group("Conditional", connectors=[app])])
    application(console, app["name"])
    console.click("Conditions")
    console.fill("Networks", "203.0.113.0/24, nowhere")
    console.fill("Longest age of a sign-in", "an hour")
    console.fill("Text for those it stays closed to", "Connect to the VPN first.")
    console.fill("Help link", "https://help.example.com/vpn")
    console.click("Save")
    console.sees("“nowhere” is neither an address nor a range")
    console.must_be_accessible("refused conditions")
    console.picture("sso-conditions-refused")
    console.fill("Networks", "203.0.113.0/24")
    console.click("Save")
    console.sees("Enter 15 to 43200 minutes")
    console.fill("Longest age of a sign-in", "60")
    console.click("Save")
    console.sees("Application Successfully Updated")
    assert api.get(f"/connectors/{app['id']}")["accessConditions"] == {
        "networks": ["203.0.113.0/24"], "signInMaxAgeMinutes": 60,
        "deniedText": "Connect to the VPN first.", "helpUrl": "https://help.example.com/vpn",
    }
    console.must_be_accessible("conditions")
    console.picture("sso-conditions")
    console.width(NARROW)
    console.must_fit()
    console.width(WIDE)
    console.sign_in(user["username"], PASSWORD)
    console.open(f"/saml/start/{app['slug']}")
    console.sees("It does not open from the network that you are in.")
    console.sees("Connect to the VPN first. Help with this application")
    console.must_be_accessible("denied by network")
    console.picture("denied-by-network")


def test_general_keeps_what_other_tabs_show_and_tells_what_to_hand_over(console, api, server):
    app = api.connector("general", attributeMappings=[mapping("Team", "TeamName")], defaultRelayState="home")
    application(console, app["name"])
    facts = {name: console.text(f"#{name}") for name in ("metadata-url", "idp-entity-id", "sso-url", "start-url")}
    assert facts == {
        "metadata-url": f"{server.url}/saml/metadata/{app['slug']}",
        "idp-entity-id": f"{server.url}/saml/metadata",
        "sso-url": f"{server.url}/saml/sso",
        "start-url": f"{server.url}/saml/start/{app['slug']}",
    }
    cookies = {cookie["name"]: cookie["value"] for cookie in console.driver.get_cookies()}
    answer = requests.get(f"{server.url}/admin/connectors/{app['id']}/certificate.pem", cookies=cookies, timeout=30)
    assert answer.text.startswith("-----BEGIN CERTIFICATE-----")
    assert "attachment" in answer.headers["content-disposition"]
    body = "".join(answer.text.splitlines()[1:-1])
    assert body in requests.get(facts["metadata-url"], timeout=30).text
    assert requests.get(f"{server.url}/admin/connectors/{app['id']}/certificate.pem", allow_redirects=False, timeout=30).status_code == 303

    name = unique("Renamed")
    console.fill("Name", name)
    console.choose("Status", "Inactive")
    console.fill("Login URL", "nonsense")
    console.click("Save")
    console.sees("Enter a whole URL", "#login-url-fault")
    assert console.field("Name").get_attribute("value") == name
    console.fill("Login URL", "https://app.example.com/#home")
    console.click("Save")
    console.sees("Application Successfully Updated")
    stored = api.get(f"/connectors/{app['id']}")
    assert (stored["name"], stored["status"], stored["loginUrl"]) == (name, "INACTIVE", "https://app.example.com/#home")
    assert stored["attributeMappings"] == app["attributeMappings"] and stored["defaultRelayState"] == "home"
    assert stored["slug"] == app["slug"]


def test_sso_keeps_what_it_does_not_show(console, api):
    certificate = requests.get(f"{api.base_url}/saml/metadata", timeout=30).text
    body = parse(certificate.encode()).xpath("string(//*[local-name()='X509Certificate'])")
    pem = "-----BEGIN CERTIFICATE-----\n" + "\n".join(body[i : i + 64] for i in range(0, len(body), 64)) + "\n-----END CERTIFICATE-----\n"
    app = api.connector(
        "keeps",
        status="INACTIVE",
        loginUrl="https://keeps.example.com/",
        template="aws-iam",
        spCertificates=[{"pem": pem, "use": "signing"}, pem],
        sloUrls=[{"url": "https://keeps.example.com/slo", "binding": "HTTP-POST", "responseUrl": "https://keeps.example.com/slo/back"}],
        sign="BOTH",
        signatureAlgorithm="RSA-SHA512",
        nameId={"source": "costCenter", "format": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"},
        attributeMappings=[{"spAttributeName": "lines", "nameFormat": "URI", "source": {"type": "CONSTANT", "value": "one\ntwo"}}],
    )
    application(console, app["name"], "SSO")
    console.fill("Default RelayState", "home")
    console.click("Save")
    console.sees("Application Successfully Updated")
    stored = api.get(f"/connectors/{app['id']}")
    for view in (app, stored):
        view.pop("warnings")
    assert stored == app | {"defaultRelayState": "home"}


def test_refused_values_of_sso_stand_beside_their_fields(console, api):
    app = api.connector("refused")
    application(console, app["name"], "SSO")
    console.fill("Service Provider Entity ID", "")
    console.click("Add ACS URL")
    console.find("#acs-1-url")
    console.fill("ACS URL", "ftp://x.example.com", within="#acs .entry:nth-of-type(2)")
    console.fill("Index", "two", within="#acs .entry:nth-of-type(2)")
    console.click("add attribute")
    console.find(row(0))
    map_custom(console, 0, "role", "otherInfo..role")
    console.click("Save")
    console.sees("The index is a whole number from 0 to 65535.", "#acs-1-index-fault")
    console.fill("Index", "7", within="#acs .entry:nth-of-type(2)")
    console.click("Save")
    console.sees("Remove the extra dot.", "#attribute-0-path-fault")
    console.sees("It is needed", "#sp-entity-id-fault")
    console.must_be_accessible()
    console.fill("Group Attribute Name", "otherInfo.role", within=row(0))
    console.fill("Service Provider Entity ID", app["spEntityId"])
    console.click("Save")
    console.sees("Use https.", "#acs-1-url-fault")
    assert api.get(f"/connectors/{app['id']}")["attributeMappings"] == []
    # A row that was never filled is no fault.
    console.click("Remove ACS URL 2")
    console.wait(lambda _: not console.all("#acs-1-url"), "the row is gone")
    console.click("add attribute")
    console.find(row(1))
    console.click("Save")
    console.sees("Application Successfully Updated")
    assert len(api.get(f"/connectors/{app['id']}")["attributeMappings"]) == 1


def test_c2_what_is_typed_is_previewed_before_it_is_saved(console, api):
    app = api.connector("unsaved")
    old, new = api.group("Team-A", [text("TeamName", "team-a")], [app]), api.group("Team-B", [text("TeamName", "team-b")], [app])
    user = api.user("vera", [old, new], displayName="Vera Unsaved")
    application(console, app["name"], "SSO")
    console.click("add attribute")
    console.find(row(0))
    map_custom(console, 0, "team", "TeamName")
    console.fill("User", "Vera Uns")
    console.wait(lambda _: console.driver.find_elements("css selector", f"#user-suggestions option[value='{user['username']}']"), "a suggestion")
    console.click("Preview", within="#sso")
    console.find("dialog[open]")
    console.sees("Vera Unsaved may open", "dialog")
    console.sees("team-b", "dialog")
    console.sees(f"Overrode team-a of the group {old['name']}", "dialog")
    console.must_be_accessible("the preview")
    console.picture("sso-preview-dialog")
    console.click("Close", within="dialog")
    assert api.get(f"/connectors/{app['id']}")["attributeMappings"] == []

    console.fill("Group Attribute Name", "", within=row(0))
    console.click("Preview", within="#sso")
    console.sees("Enter the attribute's name", "dialog")
    console.click("Close", within="dialog")
    console.fill("Group Attribute Name", "TeamName", within=row(0))
    console.click("Save")
    console.sees("Application Successfully Updated")


def test_transformations_are_set_previewed_step_by_step_and_kept(console, api):
    app = api.connector("transformed")
    dev, ops = api.group("Devs", [text("role", "Dev")], [app]), api.group("Ops", [text("role", "Ops")], [app])
    user = api.user("tess", [dev, ops], displayName="Tess Transformed")
    application(console, app["name"], "SSO")
    console.click("add attribute")
    map_custom(console, 0, "role", "role")
    console.choose("When several groups have it", "The values of all groups", within=row(0))
    console.click("Add transformation to attribute 1")
    console.choose("Transformation", "Lower case", within="#attribute-0 .step:nth-child(1)")
    assert not console.all("#attribute-0 .step:nth-child(1) input"), "nothing to type for lower case"
    console.click("Add transformation to attribute 1")
    console.choose("Transformation", "Replace", within="#attribute-0 .step:nth-child(2)")
    console.fill("Text", "dev", within="#attribute-0 .step:nth-child(2)")
    console.fill("Becomes", "developer", within="#attribute-0 .step:nth-child(2)")
    console.click("Add transformation to attribute 1")
    console.choose("Transformation", "Template", within="#attribute-0 .step:nth-child(3)")
    console.fill("Text", "arn:aws:iam::1:role/{value", within="#attribute-0 .step:nth-child(3)")
    console.click("Save")
    console.sees("Each { of a template needs its }.", "#attribute-0 .step:nth-child(3)")
    console.must_be_accessible("transformations")
    console.picture("sso-transformations")
    console.fill("Text", "arn:aws:iam::1:role/{value}", within="#attribute-0 .step:nth-child(3)")
    console.fill("User", user["username"])
    console.click("Preview", within="#sso")
    console.sees("Tess Transformed may open", "dialog")
    console.sees("Replace dev developer → ops, developer", "dialog")
    console.sees("arn:aws:iam::1:role/developer", "dialog")
    console.sees(f"Dev of the group {dev['name']}", "dialog")
    console.must_be_accessible("the preview of transformations")
    console.picture("sso-transformations-preview")
    console.click("Close", within="dialog")
    console.click("Remove transformation 2 of attribute 1")
    console.click("Save")
    console.sees("Application Successfully Updated")
    mapping = api.get(f"/connectors/{app['id']}")["attributeMappings"][0]
    assert mapping["merge"] == "UNION"
    assert mapping["transformations"] == [{"type": "LOWER"}, {"type": "TEMPLATE", "template": "arn:aws:iam::1:role/{value}"}]
    console.width(NARROW)
    console.must_fit()
    console.width(WIDE)


def test_a_preview_and_the_search_for_its_user_do_not_end_each_other(console, api):
    app = api.connector("beside")
    user = api.user("bess", [api.group("Besides", connectors=[app])], displayName="Bess Beside")
    application(console, app["name"], "SSO")
    for order in (["suggest", "try-out"], ["try-out", "suggest"]):
        console.open(console.path)
        console.driver.execute_script("document.querySelector('input[data-typed=suggest]').value = arguments[0]", user["username"])
        console.driver.execute_script("for (const id of arguments[0]) document.getElementById(id).click()", order)
        console.sees("Bess Beside may open", "dialog")
        # Waits for all that is being exchanged.
        console.click("Close", within="dialog")


def test_c2_the_preview_says_why_somebody_may_not_open_it(console, api):
    app = api.connector("closed")
    stranger = api.user("stranger", displayName="Sam Stranger")
    suspended = api.user("suspended", [api.group("Bound", connectors=[app])], state="SUSPENDED")
    application(console, app["name"], "Preview")
    console.must_be_accessible()
    console.fill("User", "Sam Stran")
    console.click("Preview", within="main form")
    console.sees("Sam Stranger may not open")
    console.sees("No group of the user is bound to the application.")
    console.fill("User", suspended["username"])
    console.click("Preview", within="main form")
    console.sees("The user is not active.")
    console.fill("User", "nobody of that name")
    console.click("Preview", within="main form")
    console.sees("Nobody found")
    assert stranger["id"]


def test_several_people_of_one_name_are_offered(console, api):
    app = api.connector("several")
    people = [api.user("twin", displayName="Toni Twin") for _ in range(2)]
    console.open(f"/admin/connectors/{app['id']}/preview?user=Toni+Twin")
    console.sees("Which one?")
    console.find(f"a[href$='user={people[1]['id']}']").click()
    console.sees("Toni Twin may not open")


def test_a9_c1_groups_are_bound_and_unbound_with_the_number_of_people(console, api):
    app = api.connector("bound")
    first, second = api.group("Bind One"), api.group("Bind Two")
    people = [api.user("bound", [first]), api.user("bound", [first, second]), api.user("bound", [second], state="SUSPENDED")]
    application(console, app["name"], "User Groups")
    console.sees("Nobody can open it yet")
    console.fill("Search user groups", first["name"])
    console.wait(lambda _: len(console.all("#candidates .choice")) == 1, "one hit")
    console.tick(f"{first['name']}")
    console.sees("Lets in 2 more active users.", "#opens")
    console.must_be_accessible()
    console.click("Bind")
    console.sees("User Group Bound to the Application")
    console.tick(second["name"])
    console.sees("Lets in 0 more active users.", "#opens")
    console.click("Bind")
    console.sees(second["name"], "table")
    console.must_be_accessible()

    console.click(f"Unbind {first['name']}")
    console.sees("1 active user can open")
    console.must_be_accessible()
    console.picture("sso-unbind")
    console.click("Unbind")
    console.sees("User Group Unbound from the Application")
    assert [group["name"] for group in api.get(f"/connectors/{app['id']}")["groups"]] == [second["name"]]
    assert people


def test_c7_the_activity_shows_changes_and_sign_ons(console, api, browser):
    app = api.connector("activity", attributeMappings=[mapping("Team", "TeamName")])
    user = api.user("aktiv", [api.group("Active", [text("TeamName", "team-a")], [app])])
    api.patch(f"/connectors/{app['id']}", {"defaultRelayState": "home"})
    browser.sign_in(browser.open(f"/saml/start/{app['slug']}"), user["username"], PASSWORD).saml_form()
    application(console, app["name"], "Activity")
    for said in ("Application created", "Application changed", "Group bound", "Signed on", user["username"]):
        console.sees(said, "main")
    console.must_be_accessible()
    console.choose("What", "Signed on")
    console.click("Filter")
    console.wait(lambda _: len(console.all(".events > li")) == 1, "one event")


def test_two_administrators_save_one_application(console, api):
    app = api.connector("overtaken")
    console.open(f"/admin/connectors/{app['id']}/sso")
    console.fill("Default RelayState", "mine")
    api.patch(f"/connectors/{app['id']}", {"defaultRelayState": "theirs", "sign": "BOTH"})
    console.click("Save")
    console.sees("Somebody else changed this while you were editing")
    table = console.text("section.notice table")
    assert "theirs" in table and "mine" in table and "BOTH" in table and "Entity ID" not in table
    console.must_be_accessible()
    console.picture("sso-overtaken")
    assert api.get(f"/connectors/{app['id']}")["defaultRelayState"] == "theirs"
    console.click("Save")
    console.sees("Application Successfully Updated")
    assert api.get(f"/connectors/{app['id']}")["defaultRelayState"] == "mine"

    console.open(f"/admin/connectors/{app['id']}")
    console.fill("Login URL", "https://mine.example.com/")
    api.patch(f"/connectors/{app['id']}", {"loginUrl": "https://theirs.example.com/"})
    console.click("Save")
    console.sees("https://theirs.example.com/", "section.notice")
    console.click("Take theirs")
    assert console.field("Login URL").get_attribute("value") == "https://theirs.example.com/"


def test_an_application_is_deleted_after_saying_what_goes(console, api):
    app = api.connector("deleted")
    api.user("lost", [api.group("Losers", connectors=[app])])
    application(console, app["name"])
    console.click("Delete")
    console.sees("1 active user can open it now")
    console.must_be_accessible()
    console.click("Delete the application")
    console.sees("Application Deleted")
    api.get(f"/connectors/{app['id']}", expect=404)


# --- Everybody ----------------------------------------------------------------------------------------


def test_hostile_names_are_text_on_every_tab(console, api):
    name = unique(HOSTILE)
    app = api.connector("hostile", attributeMappings=[{"spAttributeName": HOSTILE, "source": {"type": "CUSTOM", "path": "evil"}}])
    api.patch(f"/connectors/{app['id']}", {"name": name, "defaultRelayState": HOSTILE})
    group = api.group(HOSTILE, [text("evil", HOSTILE)], [app])
    user = api.user("hostile", [group], displayName=HOSTILE)
    for path in ("", "/sso", "/groups", "/activity", "/delete", f"/preview?user={user['id']}", f"/unbind?group={group['id']}"):
        console.open(f"/admin/connectors/{app['id']}{path}")
        assert HOSTILE in console.driver.page_source.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace("&quot;", '"')
        assert console.driver.find_elements("css selector", "img[src=x]") == []
    console.open("/admin/connectors?q=" + "%3Cimg")
    console.sees(name)
    console.must_be_clean()


def test_the_pages_without_script(scriptless, admin, api):
    scriptless.sign_in(*admin)
    name = unique("Without script")
    scriptless.open("/admin/connectors/new?way=metadata")
    assert scriptless.all("input[type=file]") == []
    scriptless.fill("Name", name)
    scriptless.field("Metadata").send_keys(metadata_of(name.replace(" ", "-")))
    scriptless.click("Add the application")
    scriptless.sees("Nobody can open it yet")
    (app,) = api.get(f"/connectors?q={name}")["items"]
    group = api.group("Scriptless", [OTHER_INFO])
    user = api.user("ohne", [group])

    scriptless.click("User Groups", within=".tabs")
    scriptless.fill("Search user groups", group["name"])
    scriptless.click("Search", within="section")
    scriptless.tick(group["name"])
    scriptless.click("Count the users")
    scriptless.sees("Lets in 1 more active user.")
    assert scriptless.field(group["name"]).is_selected()
    scriptless.click("Bind")
    scriptless.sees("User Group Bound to the Application")

    scriptless.click("SSO", within=".tabs")
    scriptless.click("add attribute")
    map_custom(scriptless, 0, "role", "otherInfo.userSettings.role")
    scriptless.click("add attribute")
    scriptless.fill("Service Provider Attribute Name", "env", within=row(1))
    scriptless.click("Remove attribute 2")
    scriptless.click("Add transformation to attribute 1")
    scriptless.choose("Transformation", "Upper case", within="#attribute-0 .step")
    scriptless.fill("User", user["username"])
    scriptless.click("Preview", within="#sso")
    scriptless.sees("ADMIN", "dialog")
    assert api.get(f"/connectors/{app['id']}")["attributeMappings"] == []
    scriptless.click("Save")
    scriptless.sees("Application Successfully Updated")
    assert api.get(f"/connectors/{app['id']}")["attributeMappings"][0]["source"]["path"] == "otherInfo.userSettings.role"

    # Enter in a line of text saves; it presses no button that adds or removes.
    scriptless.field("Default RelayState").send_keys("home\n")
    scriptless.sees("Application Successfully Updated")
    assert api.get(f"/connectors/{app['id']}")["defaultRelayState"] == "home"

    scriptless.click("Preview", within=".tabs")
    scriptless.fill("User", user["username"])
    scriptless.click("Preview", within="main form")
    scriptless.sees("admin", "#explanation")


def test_c5_read_only_sees_values_and_help_desk_nothing(server, chromium, api):
    app = api.connector("roles", attributeMappings=[mapping("Team", "TeamName")])
    group = api.group("Roles", connectors=[app])
    user = api.user("seen", [group])
    chromium.sign_in(*make_admin(server, unique("reader"), "read-only"))
    chromium.open("/admin/connectors")
    chromium.find("table")
    assert chromium.all("a[href='/admin/connectors/new']") == []
    for path in ("", "/sso", "/groups", "/activity", f"/preview?user={user['id']}"):
        chromium.open(f"/admin/connectors/{app['id']}{path}")
        chromium.sees(app["name"], "h1")
        assert chromium.all("form[method=post]") == [] and chromium.all(".danger") == [], path
        chromium.must_be_accessible(path)
    chromium.open(f"/admin/connectors/{app['id']}/sso")
    chromium.sees("TeamName", "main")
    assert chromium.all("main input") == []
    chromium.open(f"/admin/connectors/{app['id']}/delete")
    chromium.sees("Your role does not permit this")

    chromium.driver.delete_all_cookies()
    chromium.sign_in(*make_admin(server, unique("helper"), "help-desk"))
    for path in ("/admin/connectors", f"/admin/connectors/{app['id']}", f"/admin/connectors/{app['id']}/preview"):
        chromium.open(path)
        chromium.sees("Your role does not permit this")


@pytest.mark.parametrize("path", ["", "/sso", "/groups", "/preview", "/activity", "/delete"])
def test_each_tab_fits_narrow_screens_and_is_accessible(console, api, path):
    app = aws(api)
    group = api.group("Operators of the eastern region", [text("awsRole", "arn:aws:iam::123456789012:role/Operators,arn:aws:iam::123456789012:saml-provider/Vestibule"), OTHER_INFO], [app])
    user = api.user("maria", [group, api.group("Night shift", connectors=[app])], displayName="Maria Cloud")
    api.patch(f"/connectors/{app['id']}", {"attributeMappings": app["attributeMappings"] + [mapping("role", "otherInfo.userSettings.role"), mapping("all", "otherInfo.userSettings"), {"spAttributeName": "memberOf", "source": {"type": "GROUPS"}}]})
    console.open(f"/admin/connectors/{app['id']}{path}" + (f"?user={user['username']}" if path == "/preview" else ""))
    console.must_be_accessible()
    console.width((360, 780))
    console.must_fit()
    console.must_be_accessible(f"{path} at 360 px")
    console.picture("sso" + path.replace("/", "-"))


@pytest.mark.parametrize("path", ["/admin/connectors", "/admin/connectors/new", "/admin/connectors/new?way=metadata", "/admin/connectors/new?way=hand", "/admin/connectors/new?way=aws-iam", "/admin/connectors/new?way=aws-identity-center"])
def test_list_and_catalogue_fit_narrow_screens_and_are_accessible(console, api, path):
    api.connector("Listed", status="INACTIVE")
    console.open(path)
    console.must_be_accessible()
    console.width((360, 780))
    console.must_fit()
    console.must_be_accessible(f"{path} at 360 px")
    console.picture("sso-" + path.removeprefix("/admin/").replace("/", "-").replace("?way=", "-"))


def test_the_list_is_searched_and_filtered_in_the_address(console, api):
    app, other = api.connector("Findable", status="INACTIVE"), api.connector("Findable")
    console.open("/admin/connectors")
    console.fill("Search", "Findable")
    console.choose("Status", "Inactive")
    console.click("Filter")
    console.wait(lambda _: "status=INACTIVE" in console.path, "the filtered list")
    console.sees(app["name"], "table")
    assert other["name"] not in console.text("table")
    console.choose("Template", "AWS IAM roles")
    console.click("Filter")
    console.sees("No application matches")
    console.must_be_accessible()


def test_a_real_service_provider_accepts_what_was_configured_here(console, api, browser, server):
    name = unique("real")
    console.open("/admin/connectors/new?way=hand")
    console.fill("Name", name)
    console.fill("Service Provider Entity ID", f"https://{name}.example.com/metadata")
    console.fill("ACS URL", f"https://{name}.example.com/acs")
    console.click("Add the application")
    console.sees("Application Successfully Created")
    console.click("SSO", within=".tabs")
    console.choose("Sign", "Assertion and response")
    console.choose("NameID source", "Username")
    console.choose("NameID format", "Unspecified")
    console.click("add attribute")
    console.find(row(0))
    map_custom(console, 0, "permissions", "otherInfo.userSettings.permissions")
    console.click("Save")
    console.sees("Application Successfully Updated")
    (app,) = api.get(f"/connectors?q={name}")["items"]
    user = api.user("petra", [api.group("Real", [OTHER_INFO], [app])])

    page = browser.sign_in(browser.open(f"/saml/start/{app['slug']}"), user["username"], PASSWORD)
    received = ServiceProvider(server.url, app).receive(page.saml_form())
    assert received.name_id == user["username"]
    assert received.attributes["permissions"] == ["read", "write"]
