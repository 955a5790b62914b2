"""USER MANAGEMENT > Users and Explain, as administrators use them: by visible labels, with and without
script. Rule numbers are those of docs/behaviour.md."""

import pytest

from conftest import ADMIN_PASSWORD, make_admin
from support.api import PASSWORD, unique
from support.browser import Browser
from support.chromium import Chromium

NEW_PASSWORD = "seven quiet harbours, 3 lamps"
HOSTILE = "<img src=x onerror=alert(1)>&\"'"


@pytest.fixture
def place() -> str:
    """Tests share a server: each has a location of its own."""
    return unique("Denver")


@pytest.fixture
def other(server, admin, tmp_path):
    """A second administrator at a browser of their own."""
    running = Chromium(tmp_path / "other", server.url)
    running.sign_in(*admin)
    yield running
    running.must_be_clean()
    running.quit()


@pytest.fixture
def plain(scriptless, admin) -> Chromium:
    """The same administrator with scripts switched off."""
    scriptless.sign_in(*admin)
    return scriptless


def office(api, place):
    """A dynamic group of that place, and the application that it opens."""
    wiki = api.connector("wiki")
    return api.dynamic_group("Office", ("location", "equals", [place]), connectors=[wiki]), wiki


def groups_of(api, user) -> list[str]:
    return [item["group"]["name"] for item in api.get(f"/users/{user['id']}/groups")["items"]]


def signed_in(server, user, password=PASSWORD) -> Browser:
    browser = Browser(server.url)
    browser.sign_in(browser.open("/login"), user["username"], password)
    return browser


def is_signed_in(browser) -> bool:
    return not browser.open("/").asks_for_password


def page_of(user, tab="") -> str:
    return f"/admin/users/{user['id']}{tab}"


# --- The list ---


def test_the_list_searches_filters_and_pages_by_its_address(console, api, place):
    for number in range(3):
        api.user("finder", displayName=f"Finder {number} {place}", location=place, department="Sales")
    suspended = api.user("finder", displayName=f"Finder 9 {place}", location=place, state="SUSPENDED")
    console.open("/admin/users")
    console.fill("Search", place)
    console.click("Search")
    console.sees("1 to 4 of 4")
    console.choose("User State", "Suspended")
    console.click("Search")
    console.sees("1 to 1 of 1")
    console.sees(suspended["username"], "table")
    # The address is the list.
    console.open(console.path)
    console.sees("1 to 1 of 1")
    console.click("Reset")
    console.fill("Location", place)
    console.fill("Department", "Sales")
    console.click("Search")
    console.sees("1 to 3 of 3")
    console.click("More filters")
    console.fill("Manager", "nobody")
    console.click("Search")
    console.sees("Nobody fits")


def test_the_list_goes_on_page_by_page(console, api, place):
    for number in range(51):
        api.user("paged", displayName=f"{place} {number:02}", location=place)
    console.open(f"/admin/users?location={place}")
    console.sees("1 to 50 of 51")
    console.click("Next page")
    console.sees("51 to 51 of 51")
    console.sees(f"{place} 50", "table")
    console.click("First page")
    console.sees("1 to 50 of 51")


def test_several_users_are_suspended_at_once_and_named_before(console, api, place):
    users = [api.user("bulk", displayName=f"Bulk {number} {place}", location=place) for number in range(3)]
    console.open(f"/admin/users?location={place}")
    for user in users[:2]:
        console.tick(f"{user['displayName']} ({user['username']})")
    console.click("Suspend", ".bulk")
    console.sees("Suspend 2 users?", "h1")
    console.sees(users[1]["displayName"])
    console.must_be_accessible()
    console.click("Suspend")
    console.sees("Users Suspended", ".toast")
    states = [api.get(f"/users/{user['id']}")["state"] for user in users]
    assert states == ["SUSPENDED", "SUSPENDED", "ACTIVATED"]


def test_several_users_are_added_to_a_group_at_once(console, api, place):
    group = api.group("Team")
    users = [api.user("bulk", location=place) for _ in range(2)]
    console.open(f"/admin/users?location={place}")
    console.tick("Tick all on this page")
    console.click("Add to group")
    console.sees("Add 2 users to a group", "h1")
    console.must_be_accessible()
    console.choose("Group", group["name"])
    console.click("Add to group")
    console.sees("Users Added to the Group", ".toast")
    assert [groups_of(api, user) for user in users] == [[group["name"]]] * 2


def test_without_ticks_nothing_happens(console, api):
    api.user("someone")
    console.open("/admin/users")
    console.click("Suspend", ".bulk")
    assert console.path == "/admin/users"


# --- Details ---


def test_a8_a_new_user_is_in_the_groups_of_the_rules_and_can_sign_in(console, api, server, place):
    group, _ = office(api, place)
    name = unique("newcomer")
    console.open("/admin/users")
    console.click("New User")
    console.fill("Username", name)
    console.fill("Email", f"{name}@example.com")
    console.fill("First name", "New")
    console.fill("Last name", "Comer")
    console.fill("Password", PASSWORD)
    console.fill("Location", place)
    console.click("Save", ".actions")
    console.sees("User Successfully Created", ".toast")
    console.sees("New Comer", "h1")
    console.click("Groups", ".tabs")
    console.sees(group["name"], "table")
    console.sees("Rule", "table")
    assert is_signed_in(signed_in(server, {"username": name}))


def test_a_new_user_with_wrong_values_gets_every_fault_at_its_field(console, api):
    taken = api.user("taken")
    console.open("/admin/users/new")
    console.fill("Username", "")
    console.fill("Email", "no address")
    console.fill("Password", "short")
    console.click("Save", ".actions")
    console.find("#username-fault")
    console.find("#email-fault")
    assert console.driver.switch_to.active_element.get_attribute("id") == "username"
    console.must_be_accessible("the form with faults")
    console.fill("Username", taken["username"].upper())
    console.fill("Email", f"{unique('free')}@example.com")
    console.fill("Password", "short")
    console.click("Save", ".actions")
    console.find("#password-fault")
    console.fill("Password", "")
    console.click("Save", ".actions")
    console.sees("username is taken", "#username-fault")


def test_a7_a_save_says_what_it_changes_and_moves_memberships_at_once(console, api, place):
    group, wiki = office(api, place)
    user = api.user("mover")
    console.open(page_of(user))
    console.fill("Location", place)
    console.click("Save", ".actions")
    console.sees(f"Saving changes to {user['displayName']}", "h1")
    console.sees("Joins these groups")
    console.sees(group["name"])
    console.sees("These applications open")
    console.sees(wiki["name"])
    console.must_be_accessible("the question before the save")
    console.picture("users-saving")
    assert groups_of(api, user) == []
    # Back to the form with what was typed, and on.
    console.click("Cancel")
    assert console.field("Location").get_attribute("value") == place
    console.click("Save", ".actions")
    # The question has a button of the same name.
    console.sees("Joins these groups")
    console.click("Save")
    console.sees("User Successfully Updated", ".toast")
    assert groups_of(api, user) == [group["name"]]
    console.fill("Location", "elsewhere")
    console.click("Save", ".actions")
    console.sees("Leaves these groups")
    console.sees("These applications close")
    console.click("Save")
    console.sees("User Successfully Updated", ".toast")
    assert groups_of(api, user) == []


def test_a_save_that_changes_no_membership_asks_nothing(console, api):
    user = api.user("quiet")
    console.open(page_of(user))
    console.fill("Display name", "Quiet One")
    console.click("Save", ".actions")
    console.sees("User Successfully Updated", ".toast")
    console.sees("Quiet One", "h1")


def test_c6_a_state_change_closes_applications_and_ends_sessions(console, api, server, place):
    _, wiki = office(api, place)
    user = api.user("leaver", location=place)
    browser = signed_in(server, user)
    console.open(page_of(user))
    console.choose("User State", "Suspended")
    console.click("Save", ".actions")
    console.sees("These applications close")
    console.sees(wiki["name"])
    console.sees("1 session ends at once.")
    console.click("Save")
    console.sees("User Successfully Updated", ".toast")
    console.sees("Suspended", ".heading .badge")
    assert not is_signed_in(browser)
    # Set back, the session that ended stays ended.
    console.choose("User State", "Active")
    console.click("Save", ".actions")
    console.sees("These applications open")
    console.click("Save")
    console.sees("User Successfully Updated", ".toast")
    assert not is_signed_in(browser)


def test_a20_the_nine_attributes_stand_in_their_order(console, api):
    console.open(page_of(api.user("orderly")))
    labels = [label.text for label in console.all("section[aria-labelledby=directory] label")]
    assert labels == [
        "Company", "Cost Center", "Department", "Description", "Employee Type", "Job Title", "Location", "Manager", "User State",
    ]
    options = [option.text for option in console.field("User State").find_elements("tag name", "option")]
    assert options == ["Staged", "Active", "Suspended"]


def test_a20_the_manager_is_suggested_while_typing(console, api, place):
    boss = api.user("boss", displayName=f"Boss of {place}")
    user = api.user("worker")
    console.open(page_of(user))
    console.fill("Manager", place)
    console.wait(
        lambda driver: driver.find_elements("css selector", f"#managers option[value='{boss['username']}']"),
        "the suggestion",
    )
    console.fill("Manager", boss["username"])
    console.click("Save", ".actions")
    console.sees("User Successfully Updated", ".toast")
    assert api.get(f"/users/{user['id']}")["manager"] == boss["username"]


def test_the_second_of_two_administrators_sees_what_the_first_changed(console, other, api):
    user = api.user("contested", department="Sales")
    console.open(page_of(user))
    other.open(page_of(user))
    other.fill("Department", "Support")
    other.click("Save", ".actions")
    other.sees("User Successfully Updated", ".toast")
    console.fill("Department", "Marketing")
    console.click("Save", ".actions")
    console.sees("Somebody else changed this while you were editing")
    console.sees("Support", "[aria-labelledby=overtaken] table")
    console.sees("Marketing", "[aria-labelledby=overtaken] table")
    console.must_be_accessible("the form that was overtaken")
    assert api.get(f"/users/{user['id']}")["department"] == "Support"
    console.click("Save", ".actions")
    console.sees("User Successfully Updated", ".toast")
    assert api.get(f"/users/{user['id']}")["department"] == "Marketing"


# --- Attributes ---


def test_b17_own_attributes_stand_beside_the_inherited_ones_they_override(console, api):
    group = api.group("Team", attributes=[{"name": "team", "type": "string", "value": "a"}, {"name": "floor", "type": "number", "value": 3}])
    user = api.user("bearer", groups=[group])
    console.open(page_of(user, "/attributes"))
    console.sees(group["name"], "section:has(> #inherited)")
    console.click("add new custom attribute")
    console.fill("Attribute Name", "team", "[aria-label='New attribute']")
    console.fill("Attribute Value", "mine", "[aria-label='New attribute']")
    console.click("Save", ".actions")
    console.sees("User Successfully Updated", ".toast")
    console.sees("overridden by the user's own", "section:has(> #inherited)")
    assert api.get(f"/users/{user['id']}")["attributes"] == [{"name": "team", "type": "string", "value": "mine"}]
    console.must_be_accessible()
    console.picture("users-attributes")


def test_b3_each_type_is_saved_as_it_was_typed(console, api):
    user = api.user("typed")
    wanted = [
        ("String", "s", "a <b> & 'c'"),
        ("Number", "n", "-12.50"),
        ("Boolean", "b", "true"),
        ("JSON Editor", "j", '{"role": "admin", "teams": ["a", "b"]}'),
    ]
    console.open(page_of(user, "/attributes"))
    for number, (kind, name, value) in enumerate(wanted):
        console.click("add new custom attribute")
        row = f".attribute:nth-of-type({number + 1})"
        console.find(row)
        if kind != "String":
            console.choose("Attribute Type", kind, row)
            console.wait(
                lambda driver: driver.find_element("css selector", f"#attribute-{number}-type").get_attribute("value") != "string"
                and not driver.find_elements("css selector", ".busy"),
                "the type",
            )
        console.fill("Attribute Name", name, row)
        if kind == "Boolean":
            console.choose("Attribute Value", value, row)
        else:
            console.fill("Attribute Value", value, row)
    console.click("Save", ".actions")
    console.sees("User Successfully Updated", ".toast")
    stored = api.get(f"/users/{user['id']}")["attributes"]
    assert [(one["name"], one["value"]) for one in stored] == [
        ("s", "a <b> & 'c'"), ("n", -12.5), ("b", True), ("j", {"role": "admin", "teams": ["a", "b"]}),
    ]


def test_b6_a_fault_in_an_attribute_stands_at_its_field(console, api):
    user = api.user("faulty", attributes=[{"name": "n", "type": "number", "value": 1}])
    console.open(page_of(user, "/attributes"))
    console.fill("Attribute Value", "1000000000")
    console.click("Save", ".actions")
    console.sees("nine", "#attribute-0-value-fault")
    console.must_be_accessible("attributes with a fault")
    console.click("Remove attribute n")
    console.wait(lambda driver: not driver.find_elements("css selector", ".attribute"), "no row")
    console.click("Save", ".actions")
    console.sees("User Successfully Updated", ".toast")
    assert api.get(f"/users/{user['id']}")["attributes"] == []


def test_b4_attributes_of_a_dynamic_group_are_marked(console, api, place):
    group = api.group("Sleeping", attributes=[{"name": "team", "type": "string", "value": "a"}])
    user = api.user("member", location=place)
    rule = {"filters": [{"field": "location", "operator": "equals", "values": [place]}]}
    api.patch(f"/groups/{group['id']}", {"membershipMethod": "DYNAMIC_AUTOMATED", "memberQuery": rule})
    console.open(page_of(user, "/attributes"))
    console.sees("not inherited while the group is dynamic", "section:has(> #inherited)")


# --- Groups and applications ---


def test_a1_a_static_group_is_joined_and_left_by_hand(console, api):
    wiki = api.connector("wiki")
    opening, silent = api.group("Opening", connectors=[wiki]), api.group("Silent")
    user = api.user("joiner")
    console.open(page_of(user, "/groups"))
    console.sees("In no group")
    console.choose("Group", silent["name"])
    console.click("Add")
    console.sees("User Added to the Group", ".toast")
    console.choose("Group", opening["name"])
    console.click("Add")
    console.sees("These applications open")
    console.sees(wiki["name"])
    console.must_be_accessible("the question before joining")
    console.click("Add")
    console.sees("User Added to the Group", ".toast")
    console.sees("added by root", "table")
    console.click(f"Remove from {opening['name']}")
    console.sees("These applications close")
    console.click("Remove")
    console.sees("User Removed from the Group", ".toast")
    assert groups_of(api, user) == [silent["name"]]


def test_a37_a_membership_by_rule_has_no_button_to_remove_it(console, api, place):
    group, _ = office(api, place)
    console.open(page_of(api.user("ruled", location=place), "/groups"))
    console.sees(f"meets Location equals “{place}”", "table")
    console.sees("By its rule and exemptions", "table")
    assert console.all(f"button[aria-label='Remove from {group['name']}']") == []


def test_c2_applications_say_why_and_lead_to_the_explanation(console, api, place):
    group, wiki = office(api, place)
    user = api.user("reader", location=place)
    api.connector("closed")
    console.open(page_of(user, "/applications"))
    console.sees(f"by {group['name']} (Rule)", "table")
    console.sees("No group of the user is bound to the application.", "table")
    console.must_be_accessible()
    console.picture("users-applications")
    console.click(f"Explain {wiki['name']}")
    console.sees(f"{user['displayName']} may open {wiki['name']}")


# --- Explain ---


def test_c2_the_explanation_names_groups_values_origins_and_what_is_left_out(console, api):
    connector = api.connector(
        "explained",
        attributeMappings=[
            {"spAttributeName": "mail", "source": {"type": "USER_FIELD", "field": "email"}},
            {"spAttributeName": "team", "source": {"type": "CUSTOM", "path": "team"}},
            {"spAttributeName": "env", "source": {"type": "CONSTANT", "value": "prod"}},
            {"spAttributeName": "memberOf", "source": {"type": "GROUPS"}},
            {"spAttributeName": "settings", "source": {"type": "CUSTOM", "path": "otherInfo.userSettings"}},
        ],
    )
    older = api.group("Team-A", attributes=[{"name": "team", "type": "string", "value": "team-a"}], connectors=[connector])
    newer = api.group("Team-B", attributes=[{"name": "team", "type": "string", "value": "team-b"}], connectors=[connector])
    user = api.user(
        "explained",
        groups=[older, newer],
        attributes=[{"name": "otherInfo", "type": "json", "value": {"userSettings": {"role": "admin"}}}],
    )
    console.open("/admin/explain")
    console.must_be_accessible("Explain before a choice")
    console.fill("User", user["username"])
    console.choose("Application", connector["name"])
    console.click("Explain", "main")
    console.sees(f"{user['displayName']} may open {connector['name']}")
    console.sees("added by", "section[aria-labelledby=explained-groups]")
    values = "section:has(> #explained-values)"
    console.sees("team-b", values)
    console.sees(f"Inherited from {newer['name']}", values)
    console.sees(f"Overrode team-a of the group {older['name']}", values)
    console.sees("The user's field Email", values)
    console.sees("A constant of the application", values)
    console.sees("The place holds a JSON object.", "section:has(> #explained-omitted)")
    console.must_be_accessible()
    console.width((360, 780))
    console.must_fit()
    console.picture("explain")


def test_c1_a_refusal_is_explained(console, api):
    connector = api.connector("locked")
    user = api.user("stranger")
    console.open(f"/admin/explain?user={user['username']}&connector={connector['slug']}")
    console.sees(f"{user['displayName']} may not open {connector['name']}")
    console.sees("No group of the user is bound to the application.")
    console.must_be_accessible()


def test_explain_offers_whom_the_typed_name_could_mean(console, api, place):
    connector = api.connector("asked")
    first = api.user("twin", displayName=f"Twin One {place}")
    api.user("twin", displayName=f"Twin Two {place}")
    console.open("/admin/explain")
    console.fill("User", place)
    console.choose("Application", connector["name"])
    console.click("Explain", "main")
    console.sees("Whom do you mean?")
    console.must_be_accessible()
    console.click(f"Twin One {place}")
    console.sees(f"Twin One {place} may not open")
    assert console.field("User").get_attribute("value") == first["username"]
    console.fill("User", "nobody of that name")
    console.click("Explain", "main")
    console.sees("No user is called nobody of that name.")


# --- Security, activity, ending ---


def test_sessions_are_shown_and_ended(console, api, server):
    user = api.user("roamer")
    first, second = signed_in(server, user), signed_in(server, user)
    console.open(page_of(user, "/security"))
    assert len(console.all("section:has(> #sessions) tbody tr")) == 2
    console.must_be_accessible()
    console.picture("users-security")
    console.all("section:has(> #sessions) tbody button")[0].click()
    console.sees("Sessions Ended", ".toast")
    assert [is_signed_in(first), is_signed_in(second)].count(True) == 1
    console.click("End all sessions")
    console.sees("This user is signed in nowhere.")
    assert not is_signed_in(first) and not is_signed_in(second)
    kinds = [event["kind"] for event in api.get(f"/audit?object={user['id']}")["items"]]
    assert kinds.count("user.sessions_ended") == 2


def test_a_password_is_set_and_the_old_one_is_gone(console, api, server):
    user = api.user("forgetful")
    before = signed_in(server, user)
    console.open(page_of(user, "/security"))
    console.fill("New password", user["username"])
    console.click("Set password")
    console.find("#password-fault")
    console.must_be_accessible("the refused password")
    console.fill("New password", NEW_PASSWORD)
    console.click("Set password")
    console.sees("Password Set, Sessions Ended", ".toast")
    assert not is_signed_in(before)
    assert not is_signed_in(signed_in(server, user, PASSWORD))
    assert is_signed_in(signed_in(server, user, NEW_PASSWORD))


def test_c7_activity_shows_what_each_change_changed(console, api):
    user = api.user("watched", location="Denver")
    api.patch(f"/users/{user['id']}", {"location": "Chicago", "state": "STAGED"})
    console.open(page_of(user, "/activity"))
    console.sees("User changed")
    assert console.text(".events > li:first-child del") == "Denver"
    assert console.text(".events > li:first-child ins") == "Chicago"
    console.sees("Staged", ".events")
    console.must_be_accessible()
    console.width((360, 780))
    console.must_fit()
    console.picture("users-activity")


def test_c6_who_is_suspended_is_denied_at_the_next_sign_on(console, api, server, place):
    _, wiki = office(api, place)
    user = api.user("ended", location=place)
    browser = signed_in(server, user)
    assert browser.open(f"/saml/start/{wiki['slug']}").has_saml_form
    console.open(page_of(user))
    console.click("Suspend", ".heading")
    console.sees(f"Suspend {user['displayName']}?", "h1")
    console.sees(wiki["name"])
    console.sees("1 session ends at once.")
    console.must_be_accessible()
    console.picture("users-suspend")
    console.click("Suspend", "main form")
    console.sees("User Suspended", ".toast")
    assert not browser.open(f"/saml/start/{wiki['slug']}").has_saml_form
    assert not is_signed_in(signed_in(server, user))


def test_a_deletion_names_what_is_lost(console, api, place):
    group, wiki = office(api, place)
    user = api.user("gone", location=place)
    console.open(page_of(user))
    console.click("Delete")
    console.sees(f"Delete {user['displayName']}?", "h1")
    console.sees(group["name"])
    console.sees(wiki["name"])
    console.must_be_accessible()
    console.click("Cancel")
    console.click("Delete")
    console.click("Delete", "main form")
    console.sees("User Deleted", ".toast")
    api.get(f"/users/{user['id']}", expect=404)


# --- Without script, roles, looks ---


def test_everything_of_a_user_works_without_script(plain, api, place):
    group, _ = office(api, place)
    name = unique("scriptless")
    plain.open("/admin/users/new")
    plain.fill("Username", name)
    plain.fill("Email", f"{name}@example.com")
    plain.fill("Manager", place)
    plain.click("Search for the manager")
    assert plain.field("Username").get_attribute("value") == name
    plain.click("Save", ".actions")
    plain.sees("User Successfully Created")
    plain.fill("Location", place)
    plain.click("Save", ".actions")
    plain.sees("Joins these groups")
    plain.click("Save")
    plain.sees("User Successfully Updated")
    user = api.get(f"/users?username={name}")["items"][0]
    assert groups_of(api, user) == [group["name"]]
    plain.click("Attributes", ".tabs")
    plain.click("add new custom attribute")
    plain.choose("Attribute Type", "JSON Editor")
    plain.click("Use this type")
    plain.fill("Attribute Name", "otherInfo")
    plain.fill("Attribute Value", '{"Location": "Denver"}')
    plain.click("Save", ".actions")
    plain.sees("User Successfully Updated")
    assert api.get(f"/users/{user['id']}")["attributes"][0]["value"] == {"Location": "Denver"}
    plain.open(f"/admin/users?location={place}")
    plain.tick(f"{user['displayName']} ({name})")
    plain.click("Suspend", ".bulk")
    plain.click("Suspend", "main form")
    assert api.get(f"/users/{user['id']}")["state"] == "SUSPENDED"


def test_help_desk_suspends_resets_and_ends_and_edits_nothing(chromium, server, api):
    user = api.user("caller")
    signed_in(server, user)
    chromium.sign_in(*make_admin(server, unique("desk"), "help-desk"))
    chromium.open("/admin/users")
    assert [button.text for button in chromium.all(".bulk button")] == ["Suspend"]
    assert chromium.all("main .heading a") == []
    chromium.open(page_of(user))
    assert chromium.all("main input, main select, main textarea") == []
    assert [tab.text for tab in chromium.all(".tabs a")] == ["Details", "Attributes", "Groups", "Applications", "Security"]
    assert [button.text for button in chromium.all(".heading .row a")] == ["Suspend"]
    chromium.must_be_accessible()
    for tab in ("/attributes", "/groups", "/applications"):
        chromium.open(page_of(user, tab))
        assert chromium.all("main input, main select, main button") == []
        assert chromium.all("main table a") == []
    chromium.open(page_of(user, "/security"))
    chromium.click("End all sessions")
    chromium.sees("Sessions Ended", ".toast")
    chromium.fill("New password", NEW_PASSWORD)
    chromium.click("Set password")
    chromium.sees("Password Set, Sessions Ended", ".toast")
    assert is_signed_in(signed_in(server, user, NEW_PASSWORD))
    chromium.click("Suspend", ".heading")
    chromium.click("Suspend", "main form")
    chromium.sees("User Suspended", ".toast")
    assert api.get(f"/users/{user['id']}")["state"] == "SUSPENDED"


def test_read_only_sees_values_and_no_control(chromium, server, api):
    user = api.user("seen", location="Denver", attributes=[{"name": "a", "type": "string", "value": "b"}])
    chromium.sign_in(*make_admin(server, unique("reader"), "read-only"))
    for tab in ("", "/attributes", "/groups", "/applications", "/security", "/activity"):
        chromium.open(page_of(user, tab))
        assert chromium.all("main input, main select, main textarea, main button") == [], tab
        chromium.must_be_accessible()
    chromium.open(page_of(user))
    chromium.sees("Denver")
    chromium.open("/admin/users")
    assert [link.text for link in chromium.all("main .heading a")] == ["Export as CSV"]
    assert chromium.all(".bulk") == []


def test_hostile_names_are_text_everywhere(console, api):
    user = api.user("hostile", displayName=HOSTILE, department=HOSTILE, attributes=[{"name": HOSTILE.replace(".", ""), "type": "string", "value": HOSTILE}])
    group = api.group(HOSTILE, attributes=[{"name": "team", "type": "string", "value": HOSTILE}])
    api.put(f"/groups/{group['id']}/members/{user['id']}")
    for tab in ("", "/attributes", "/groups", "/security", "/activity", "/suspend", "/delete"):
        console.open(page_of(user, tab))
        console.sees(HOSTILE)
        assert console.all("img[src=x]") == []
        console.must_be_clean()


def test_the_csv_of_the_list_is_the_list(console, api, place):
    user = api.user("exported", location=place)
    console.open(f"/admin/users?location={place}")
    address = console.find("main .heading a.plain").get_attribute("href")
    text = console.driver.execute_async_script(
        "const done = arguments[arguments.length - 1]; fetch(arguments[0]).then(answer => answer.text()).then(done)", address
    )
    lines = text.strip().split("\r\n")
    assert lines[0].startswith("id,username,email") and len(lines) == 2
    assert user["username"] in lines[1]


@pytest.mark.parametrize("tab", ["", "/attributes", "/groups", "/applications", "/security", "/activity"])
def test_each_tab_is_accessible_and_fits(console, api, place, tab):
    group, _ = office(api, place)
    named = api.group("A group with quite a long name", attributes=[{"name": "otherInfo", "type": "json", "value": {"a": {"b": [1, 2]}}}])
    user = api.user(
        "jason", groups=[named], displayName="Jason Lee", firstName="Jason", lastName="Lee", location=place, department="Technical Documentation",
        jobTitle="Technical Writer 2", manager="maria", attributes=[{"name": "badge", "type": "number", "value": 4711}],
    )
    console.open(page_of(user, tab))
    console.must_be_accessible()
    console.width((360, 780))
    console.must_fit()
    console.must_be_accessible(f"{tab} at 360 px")
    console.picture("user" + tab.replace("/", "-"))


@pytest.mark.parametrize("path", ["/admin/users", "/admin/users/new", "/admin/explain"])
def test_each_page_is_accessible_and_fits(console, api, path):
    api.user("ada", displayName="Ada Lovelace", department="Research", location="London", jobTitle="Mathematician")
    console.open(path)
    console.must_be_accessible()
    console.width((360, 780))
    console.must_fit()
    console.must_be_accessible(f"{path} at 360 px")
    console.picture("users" + path.removeprefix("/admin").replace("/", "-"))


def test_pages_are_in_german_where_german_is_asked_for(server, api, admin, tmp_path):
    german = Chromium(tmp_path / "german", server.url, language="de-DE")
    german.sign_in(*admin)
    german.open("/admin/users/new")
    german.sees("Neuer Benutzer", "h1")
    german.open(page_of(api.user("jason"), "/security"))
    german.sees("Passwort festlegen")
    german.quit()
