"""USER MANAGEMENT > User Groups as administrators use it: dynamic groups from the first condition to the
last exemption, reviews, attributes that members inherit, with scripts and without."""

import pytest

from conftest import make_admin
from support.api import unique
from support.chromium import WIDE

NARROW = (360, 780)


@pytest.fixture(scope="module")
def people(api):
    """Technical writers in Florida and elsewhere."""
    def person(first, title, location):
        return api.user(first.lower(), firstName=first, lastName="Writer", jobTitle=title, location=location)

    return {
        "Anna": person("Anna", "Technical Writer 2", "Florida"),
        "Ben": person("Ben", "Technical Writer 3", "Florida"),
        "Cora": person("Cora", "Technical Writer 3", "Texas"),
        "Dan": person("Dan", "Editor", "Florida"),
    }


def name_of(user) -> str:
    return user["displayName"]


def members(api, group) -> set[str]:
    listed = api.get(f"/groups/{group['id']}/members")["items"]
    return {member["user"]["username"] for member in listed}


def group_called(api, name):
    found = api.get(f"/groups?name={name.replace(' ', '+')}")["items"]
    assert len(found) == 1, found
    return found[0]


def condition(browser, number, attribute, operator, *values):
    """Fills one condition of the builder, with as many values as needed."""
    here = f"[aria-label='Condition {number}']"
    browser.choose("Attribute", attribute, here)
    browser.choose("Operator", operator, here)
    for index, value in enumerate(values):
        label = "Value" if index == 0 else f"Value {index + 1}"
        if index > 0:
            browser.click("Add a value", here)
        browser.fill(label, value, here)


def pick(browser, list_name, users):
    """Types a name and ticks the box in the dropdown."""
    picker = "#picker-include" if list_name == "Users to include" else "#picker-exclude"
    for user in users:
        browser.fill(list_name, user["username"], picker)
        browser.sees(name_of(user), f"{picker} .hits")
        browser.tick(name_of(user), True, f"{picker} .hits")
        browser.sees(name_of(user), f"{picker} .pills")


def save(browser, said="User Group Successfully Updated", confirm=True):
    browser.click("Save", ".actions")
    if confirm:
        browser.sees("Saving changes", "#confirm")
        browser.click("Save", "#confirm")
    browser.sees(said, ".toast")


def test_a11_a13_a25_a29_the_florida_writers_step_by_step(console, api, people):
    name = unique("FL Technical Writers")
    console.open("/admin")
    console.click("User Groups", ".sidebar")
    console.click("New User Group")
    console.fill("Group Name", name)
    # Rules A1 and A2: a new group is static, and the button says what that suits.
    assert console.field("Static").is_selected()
    console.sees("membership that rarely changes")
    console.field("Dynamic").click()
    console.sees("members come and go unannounced")
    console.sees("We recommend a look at the preview before you save.")
    condition(console, 1, "Job Title", "equals", "Technical Writer 2", "Technical Writer 3")
    console.click("Add Condition")
    condition(console, 2, "Location", "equals", "Florida")
    console.click("Preview", "#membership")
    console.sees("Preview Group Membership", "dialog h2")
    shown = console.text("dialog .stack")
    assert "Anna Writer" in shown and "Ben Writer" in shown and "Cora" not in shown
    console.sees("Exemptions are not reflected in this list.", "dialog")
    console.must_be_accessible("the preview")
    console.picture("group-preview")
    console.click("Close", "dialog")
    assert api.get(f"/groups?name={name.replace(' ', '+')}")["total"] == 0
    save(console, "User Group Successfully Created")
    group = group_called(api, name)
    assert console.path.startswith(f"/admin/groups/{group['id']}")
    assert members(api, group) == {people["Anna"]["username"], people["Ben"]["username"]}


def test_a20_a21_a22_the_choices_of_a_condition(console):
    console.open("/admin/groups/new")
    console.field("Dynamic").click()
    here = "[aria-label='Condition 1']"
    options = [option.text for option in console.field("Attribute", here).find_elements("css selector", "option")]
    assert options == ["Company", "Cost Center", "Department", "Description", "Employee Type", "Job Title", "Location", "Manager", "User State"]
    operators = [option.text for option in console.field("Operator", here).find_elements("css selector", "option")]
    assert operators == ["equals", "not equals", "starts with"]
    console.choose("Operator", "starts with", here)
    console.wait(lambda _: not console.find(f"{here} [value^=condition-value-add]").is_enabled(), "a plus that is greyed out")
    console.choose("Attribute", "User State", here)
    console.wait(lambda _: console.field("Value", here).tag_name == "select", "a choice of states")
    console.choose("Value", "Suspended", here)
    console.click("Cancel")


def test_a18_a_near_miss_is_remarked_upon_and_saved_all_the_same(console, api, people):
    name = unique("Near")
    console.open("/admin/groups/new")
    console.fill("Group Name", name)
    console.field("Dynamic").click()
    condition(console, 1, "Location", "equals", "Florda")
    console.click("Preview", "#membership")
    console.sees("0 users have “Florda”", "dialog")
    console.click("Close", "dialog")
    save(console, "User Group Successfully Created", confirm=False)
    console.sees("0 users have “Florda”", "[aria-label='Remarks on the rule']")


def test_a26_an_empty_value_is_refused_beside_its_field(console):
    console.open("/admin/groups/new")
    console.fill("Group Name", unique("Empty"))
    console.field("Dynamic").click()
    console.click("Save", ".actions")
    console.sees("Enter a value, or remove this one.", "[aria-label='Condition 1']")
    assert console.driver.switch_to.active_element == console.field("Value", "[aria-label='Condition 1']")
    console.must_be_accessible("a refused form")
    console.click("Preview", "#membership")
    console.sees("Enter a value, or remove this one.", "dialog")
    console.click("Close", "dialog")


@pytest.fixture
def denver(api):
    """A group of those in Denver that opens an application, with Jason and Mark in it and Stacy outside."""
    city = unique("Denver")
    people = {first: api.user(first.lower(), firstName=first, location=city) for first in ("Jason", "Mark")}
    people["Stacy"] = api.user("stacy", firstName="Stacy", location="Boston")
    connector = api.connector("Maps")
    group = api.dynamic_group("Denver", ("location", "equals", [city]), connectors=[connector])
    return group, people, connector, city


def test_a39_jason_stays_while_he_is_on_the_list(console, api, denver):
    group, people, connector, _ = denver
    jason = people["Jason"]
    console.open(f"/admin/groups/{group['id']}")
    pick(console, "Users to include", [jason])
    # Nobody joins or leaves by this save, so it is made at once.
    save(console, confirm=False)
    console.sees(name_of(jason), "#picker-include .pills")
    api.patch(f"/users/{jason['id']}", {"location": "Miami"})
    assert jason["username"] in members(api, group)
    console.click("Users", ".tabs")
    row = console.wait(lambda _: next((row for row in console.all("tbody tr") if name_of(jason) in row.text), None), "Jason's row")
    assert "Manual Include" in row.text
    # Rule A50: the cross on the pill takes the exemption away, and he leaves with the save.
    console.click("Details", ".tabs")
    console.click(f"Remove {name_of(jason)}", "#picker-include")
    console.wait(lambda _: not console.all("#picker-include .pill"), "no pill")
    console.click("Save", ".actions")
    console.sees("Saving changes 1 membership", "#confirm")
    console.sees(connector["name"], "#confirm")
    console.must_be_accessible("the word before a save")
    console.picture("group-confirm")
    console.click("Save", "#confirm")
    console.sees("User Group Successfully Updated", ".toast")
    assert jason["username"] not in members(api, group)


def test_a38_a40_mark_leaves_only_when_he_is_excluded(console, api, denver):
    group, people, _, _ = denver
    mark = people["Mark"]
    console.open(f"/admin/groups/{group['id']}")
    pick(console, "Users to include", [mark])
    save(console, confirm=False)
    assert mark["username"] in members(api, group)
    console.click(f"Remove {name_of(mark)}", "#picker-include")
    console.wait(lambda _: not console.all("#picker-include .pill"), "no pill")
    pick(console, "Users to exclude", [mark])
    save(console)
    assert mark["username"] not in members(api, group)
    # Rule A49: whoever is excluded is no member, and stands in a list of their own.
    console.click("Users", ".tabs")
    assert not any(name_of(mark) in row.text for row in console.all("tbody tr"))
    console.click("Manual Exclude (1)")
    console.sees(name_of(mark), "details")


def test_a41_stacy_is_never_added_while_she_is_on_the_list(console, api, denver):
    group, people, _, city = denver
    stacy = people["Stacy"]
    console.open(f"/admin/groups/{group['id']}")
    pick(console, "Users to exclude", [stacy])
    save(console, confirm=False)
    api.patch(f"/users/{stacy['id']}", {"location": city})
    assert stacy["username"] not in members(api, group)
    console.click(f"Remove {name_of(stacy)}", "#picker-exclude")
    console.wait(lambda _: not console.all("#picker-exclude .pill"), "no pill")
    # Rule A48: the preview reflects the exemptions of the form in its second list only.
    save(console)
    assert stacy["username"] in members(api, group)


def test_a43_a44_the_limit_and_a_user_in_both_lists(console, api, denver):
    group, people, _, _ = denver
    crowd = [api.user("crowd")["id"] for _ in range(25)]
    api.patch(f"/groups/{group['id']}", {"memberQueryExemptions": {"include": crowd}})
    console.open(f"/admin/groups/{group['id']}")
    assert len(console.all("#picker-include .pill")) == 25
    pick(console, "Users to exclude", [people["Mark"]])
    console.click("Save", ".actions")
    console.sees("This group has reached its exemption limit", "#membership")
    api.patch(f"/groups/{group['id']}", {"memberQueryExemptions": {"include": [people["Mark"]["id"]]}})
    console.open(f"/admin/groups/{group['id']}")
    pick(console, "Users to exclude", [people["Mark"]])
    console.click("Save", ".actions")
    console.sees("A user cannot stand in Users to include and in Users to exclude.", "#membership")


def test_a12_a51_static_to_dynamic_and_back(console, api):
    city = unique("Reno")
    inside, outside = api.user("inside", location=city), api.user("outside", location="Elko")
    group = api.group("Hand picked")
    for user in (inside, outside):
        api.put(f"/groups/{group['id']}/members/{user['id']}")
    console.open(f"/admin/groups/{group['id']}")
    console.field("Dynamic").click()
    condition(console, 1, "Location", "equals", city)
    console.click("Save", ".actions")
    console.sees("1 member does not meet the conditions and is lost with this save", "#confirm")
    console.click("Save", "#confirm")
    console.sees("User Group Successfully Updated", ".toast")
    assert members(api, group) == {inside["username"]}
    console.field("Static").click()
    save(console, confirm=False)
    assert api.get(f"/groups/{group['id']}")["membershipMethod"] == "STATIC"
    console.click("Users", ".tabs")
    console.sees("Direct", "tbody")
    # The rule sleeps, and is there again.
    console.click("Details", ".tabs")
    console.field("Dynamic").click()
    assert console.field("Value", "[aria-label='Condition 1']").get_attribute("value") == city
    console.field("Static").click()


@pytest.fixture
def reviewed(api):
    """A group under review for which three users wait."""
    city = unique("Tulsa")
    users = [api.user("tulsa", location=city) for _ in range(3)]
    group = api.dynamic_group("Tulsa", ("location", "equals", [city]), membershipMethod="DYNAMIC_REVIEW_REQUIRED")
    return group, users


def test_a14_a15_the_box_for_mail_stands_beneath_the_box_for_review(console, api):
    name = unique("Boxes")
    console.open("/admin/groups/new")
    console.fill("Group Name", name)
    console.field("Dynamic").click()
    assert not console.find("#review").is_selected()
    assert not console.all("#notify")
    console.tick("Require administrator review of updates")
    console.tick("Receive emails when administrator review is needed for updates")
    assert not console.all(".unannounced")
    condition(console, 1, "Company", "equals", name)
    save(console, "User Group Successfully Created", confirm=False)
    group = group_called(api, name)
    assert (group["membershipMethod"], group["memberSuggestionsNotify"]) == ("DYNAMIC_REVIEW_REQUIRED", True)


def test_a33_a34_a36_review_and_accept_a_part(console, api, reviewed):
    group, users = reviewed
    console.open(f"/admin/groups?q={group['name']}")
    console.click(f"Review {group['name']}")
    console.sees("Review Group Membership", "h1")
    console.sees("Users to be added", "#review")
    console.sees("meets Location equals", "#review")
    console.must_be_accessible("the review")
    console.picture("group-review")
    console.width(NARROW)
    console.must_fit()
    console.width(WIDE)
    console.click("Accept and Save")
    console.sees("Name at least one user.", "[data-faults]")
    console.tick(name_of(users[0]))
    console.click("Accept and Save")
    console.sees("Suggestions Accepted and Saved", ".toast")
    assert members(api, group) == {users[0]["username"]}
    console.tick(name_of(users[1]))
    console.click("Reject")
    console.sees("Suggestions Rejected", ".toast")
    waiting = api.get(f"/groups/{group['id']}/suggestions")["items"]
    assert [one["user"]["id"] for one in waiting] == [users[2]["id"]]
    console.tick("Select all: Users to be added")
    assert console.field(name_of(users[2])).is_selected()
    console.click("Close")
    console.sees(group["name"], "h1")


def test_a36_two_administrators_accept_at_once(console, api, reviewed):
    group, users = reviewed
    console.open(f"/admin/groups/{group['id']}/review")
    for user in users[:2]:
        console.tick(name_of(user))
    api.post(f"/groups/{group['id']}/suggestions/accept", {"userIds": [users[0]["id"]]}, expect=200)
    console.click("Accept and Save")
    console.sees("For some of them nothing waited any more", "[role=alert]")
    console.sees(name_of(users[0]), "[role=alert]")
    assert members(api, group) == {users[0]["username"], users[1]["username"]}
    console.must_be_accessible("a review that was overtaken")


def test_a17_deselecting_review_applies_what_waits(console, api, reviewed):
    group, users = reviewed
    console.open(f"/admin/groups/{group['id']}")
    console.tick("Require administrator review of updates", False)
    console.click("Save", ".actions")
    console.sees("Saving changes 3 memberships", "#confirm")
    console.click("Save", "#confirm")
    console.sees("User Group Successfully Updated", ".toast")
    assert members(api, group) == {user["username"] for user in users}


def test_a33_reviews_of_all_groups(console, reviewed):
    group, users = reviewed
    console.open("/admin/reviews")
    console.sees(group["name"], "main")
    console.sees(name_of(users[0]), "main")
    console.must_be_accessible()
    console.width(NARROW)
    console.must_fit()
    console.picture("reviews")
    console.click(f"Review {group['name']}")
    console.sees("Review Group Membership", "h1")


def test_two_administrators_save_one_group_and_the_second_chooses(console, api):
    group = api.group("Shared")
    console.open(f"/admin/groups/{group['id']}")
    console.fill("Description", "mine")
    api.patch(f"/groups/{group['id']}", {"description": "theirs"})
    console.click("Save", ".actions")
    console.sees("Somebody else changed this while you were editing", "[role=alert]")
    console.sees("theirs", "[role=alert]")
    console.must_be_accessible("an overtaken form")
    assert console.field("Description").get_attribute("value") == "mine"
    save(console, confirm=False)
    assert api.get(f"/groups/{group['id']}")["description"] == "mine"


# --- Attributes that members inherit ---


def attribute(browser, number, kind, name, value):
    """Adds an attribute as the list says: type, name, value."""
    here = f".attribute:nth-of-type({number})"
    browser.click("add new custom attribute")
    browser.choose("Attribute Type", kind, here)
    browser.wait(lambda _: browser.field("Attribute Type", here).get_attribute("value"), "the type")
    browser.fill("Attribute Name", name, here)
    if kind == "Boolean":
        browser.wait(lambda _: browser.field("Attribute Value", here).tag_name == "select", "a choice")
        browser.choose("Attribute Value", value, here)
    else:
        if kind == "JSON Editor":
            browser.find(f"{here} .json-editor")
        browser.fill("Attribute Value", value, here)


def test_b14_b15_b16_attributes_of_every_type_in_one_save(console, api):
    name = unique("Inheriting")
    console.open("/admin/groups/new")
    console.fill("Group Name", name)
    attribute(console, 1, "String", "TeamName", "team <b> & \"quotes\"")
    attribute(console, 2, "Number", "Level", "999999999")
    attribute(console, 3, "Boolean", "Lead", "false")
    attribute(console, 4, "JSON Editor", "otherInfo", '{"Location": "Denver", "userSettings": {"role": "admin"}}')
    console.sees("Valid JSON", ".word")
    console.must_be_accessible("attributes being added")
    console.picture("group-attributes")
    save(console, "User Group Successfully Created", confirm=False)
    group = group_called(api, name)
    stored = {one["name"]: (one["type"], one["value"]) for one in api.get(f"/groups/{group['id']}/attributes")["items"]}
    assert stored == {
        "TeamName": ("string", "team <b> & \"quotes\""),
        "Level": ("number", 999999999),
        "Lead": ("boolean", False),
        "otherInfo": ("json", {"Location": "Denver", "userSettings": {"role": "admin"}}),
    }
    # Rule B3: what was typed is what is shown, and an untouched save keeps it.
    assert console.field("Attribute Value", ".attribute:nth-of-type(1)").get_attribute("value") == "team <b> & \"quotes\""
    save(console, confirm=False)
    again = {one["name"]: (one["type"], one["value"]) for one in api.get(f"/groups/{group['id']}/attributes")["items"]}
    assert again == stored
    console.click("Remove attribute Level")
    console.wait(lambda _: len(console.all(".attribute")) == 3, "three attributes")
    save(console, confirm=False)
    assert "Level" not in [one["name"] for one in api.get(f"/groups/{group['id']}/attributes")["items"]]


def test_b6_b12_b23_what_is_wrong_stands_beside_the_value_with_line_and_column(console):
    console.open("/admin/groups/new")
    console.fill("Group Name", unique("Wrong"))
    attribute(console, 1, "Number", "Level", "1000000000")
    attribute(console, 2, "JSON Editor", "info", '{"a": 1,\n "b": }')
    console.sees("Line 2, column 7", ".word.wrong")
    console.click("Save", ".actions")
    console.sees("Use a String instead.", ".attribute:nth-of-type(1)")
    console.sees("line 2, column 7", ".attribute:nth-of-type(2) .fault")
    console.must_be_accessible("refused attributes")


def test_b13_what_was_dropped_is_told(console, api):
    group = api.group("Twice")
    console.open(f"/admin/groups/{group['id']}")
    attribute(console, 1, "JSON Editor", "info", '{"a": {"b": 1, "b": 2}}')
    console.click("Save", ".actions")
    console.sees("info: /a/b", "[aria-labelledby=dropped]")
    console.sees("User Group Successfully Updated", ".toast")
    console.must_be_accessible("what was dropped")
    assert api.get(f"/groups/{group['id']}/attributes")["items"][0]["value"] == {"a": {"b": 2}}


def test_b4_attributes_of_a_dynamic_group_are_kept_and_not_added(console, api):
    group = api.group("Was static", attributes=[{"name": "Team", "type": "string", "value": "a"}])
    query = {"filters": [{"field": "company", "operator": "equals", "values": ["nobody's"]}]}
    api.patch(f"/groups/{group['id']}", {"membershipMethod": "DYNAMIC_AUTOMATED", "memberQuery": query})
    console.open(f"/admin/groups/{group['id']}")
    console.sees("not inherited while the group is dynamic")
    console.sees("Set the attribute on the user instead.")
    assert not [button for button in console.all("button") if button.text == "add new custom attribute"]


# --- Tabs ---


def test_a37_members_of_a_static_group_are_added_and_removed(console, api):
    connector = api.connector("Wiki")
    group = api.group("By hand", connectors=[connector])
    user = api.user("byhand")
    console.open(f"/admin/groups/{group['id']}/users")
    console.sees("Nobody is a member")
    console.sees(connector["name"], "#adding")
    console.fill("Users to add", user["username"])
    console.sees(name_of(user), ".hits")
    console.tick(name_of(user), True, ".hits")
    console.sees(name_of(user), ".pills")
    console.click("Add to the group")
    console.sees("User Added to the Group", ".toast")
    assert members(api, group) == {user["username"]}
    console.sees("added by root", "tbody")
    console.must_be_accessible()
    console.width(NARROW)
    console.must_fit()
    console.picture("group-users")
    console.width(WIDE)
    console.tick(name_of(user), True, "tbody")
    console.click("Remove from the group")
    console.sees("Remove 1 user from the group?", "#confirm")
    console.sees(connector["name"], "#confirm")
    console.must_be_accessible("the word before a removal")
    console.click("Remove", "#confirm")
    console.sees("User Removed from the Group", ".toast")
    assert members(api, group) == set()


def test_a37_members_of_a_dynamic_group_are_not_removed_by_hand(console, denver):
    group, people, _, _ = denver
    console.open(f"/admin/groups/{group['id']}/users")
    console.sees(name_of(people["Jason"]), "tbody")
    console.sees("make an exemption", "main")
    assert not [button for button in console.all("main button") if "group" in button.text]


def test_a9_applications_are_bound_and_unbound_with_a_word_on_what_that_does(console, api):
    connector, group = api.connector("Forms"), api.group("Bound")
    api.user("bound", groups=[group])
    console.open(f"/admin/groups/{group['id']}/applications")
    console.choose("Application", connector["name"])
    console.click("Bind", "#binding")
    console.sees("This opens it for 1 active user", "#confirm")
    console.must_be_accessible("the word before binding")
    console.click("Bind", "#confirm")
    console.sees("User Group Bound to the Application", ".toast")
    console.sees(connector["name"], "tbody")
    console.must_be_accessible()
    console.picture("group-applications")
    console.click(f"Unbind {connector['name']}")
    console.sees("This closes it to 1 active user", "#confirm")
    console.click("Unbind", "#confirm")
    console.sees("User Group Unbound from the Application", ".toast")
    console.sees("The group opens no application yet.", "main")


def test_the_history_tells_what_changed(console, api):
    group = api.group("Historic")
    api.patch(f"/groups/{group['id']}", {"description": "a new purpose"})
    console.open(f"/admin/groups/{group['id']}")
    console.click("History", ".tabs")
    console.sees("a new purpose", "ins")
    console.must_be_accessible()
    console.width(NARROW)
    console.must_fit()
    console.picture("group-history")


def test_deleting_names_what_it_hits(console, api):
    connector = api.connector("Lost")
    group = api.group("Doomed", connectors=[connector])
    api.user("doomed", groups=[group])
    console.open(f"/admin/groups/{group['id']}")
    console.click("Delete", ".heading")
    console.sees("1 user loses this membership.")
    console.sees(connector["name"])
    console.must_be_accessible()
    console.picture("group-delete")
    console.click("Delete", "form")
    console.sees("User Group Deleted", ".toast")
    api.get(f"/groups/{group['id']}", expect=404)


def test_a_group_is_found_and_its_pages_are_accessible_and_fit(console, api, denver):
    group, people, _, _ = denver
    console.open("/admin/groups")
    console.must_be_accessible()
    console.fill("Search", group["name"])
    console.choose("Method", "Dynamic")
    console.click("Filter")
    assert [link.text for link in console.all("tbody th a")] == [group["name"]]
    console.picture("groups")
    console.click(group["name"], "tbody")
    for size in (WIDE, NARROW):
        console.width(size)
        for tab in ("Details", "Users", "Applications", "History"):
            console.click(tab, ".tabs")
            console.wait(lambda _: console.find(".tabs [aria-current]").text == tab, tab)
            console.must_be_accessible(f"{tab} at {size[0]} px")
            console.must_fit()
    console.width(WIDE)
    console.click("Details", ".tabs")
    pick(console, "Users to include", [people["Stacy"]])
    console.must_be_accessible("the form with somebody picked")
    console.picture("group-details")


# --- Without scripts, and by role ---


def test_the_same_forms_without_script(server, scriptless, admin, api, people):
    name, user = unique("Plain"), people["Dan"]
    scriptless.sign_in(*admin)
    scriptless.open("/admin/groups")
    scriptless.click("New User Group")
    scriptless.fill("Group Name", name)
    scriptless.click("add new custom attribute")
    scriptless.fill("Attribute Name", "Team")
    scriptless.choose("Attribute Type", "JSON Editor")
    scriptless.click("Use this type")
    scriptless.fill("Attribute Value", '{"a": 1}')
    scriptless.click("Save", ".actions")
    scriptless.sees("User Group Successfully Created", ".toast")
    group = group_called(api, name)
    scriptless.click("Remove attribute Team")
    scriptless.field("Dynamic").click()
    scriptless.choose("Attribute", "Location", "[aria-label='Condition 1']")
    scriptless.fill("Value", "Florida", "[aria-label='Condition 1']")
    scriptless.click("Add a value", "[aria-label='Condition 1']")
    scriptless.fill("Value 2", "Texas", "[aria-label='Condition 1']")
    scriptless.fill("Users to exclude", user["username"])
    scriptless.click("Search", "#picker-exclude")
    scriptless.tick(name_of(user), True, "#picker-exclude .hits")
    scriptless.click("Preview", "#membership")
    scriptless.sees("Preview Group Membership", "dialog h2")
    scriptless.sees("Cora Writer", "dialog")
    scriptless.click("Close", "dialog")
    scriptless.sees(name_of(user), "#picker-exclude .pills")
    scriptless.click("Save", ".actions")
    scriptless.sees("Saving changes 3 memberships", "#confirm")
    scriptless.click("Save", "#confirm")
    scriptless.sees("User Group Successfully Updated", ".toast")
    assert members(api, group) == {people[first]["username"] for first in ("Anna", "Ben", "Cora")}


def test_a31_read_only_sees_values_and_no_control(server, chromium, api, reviewed):
    group, users = reviewed
    chromium.sign_in(*make_admin(server, unique("reader"), "read-only"))
    for part in ("", "/users", "/applications", "/history", "/review"):
        chromium.open(f"/admin/groups/{group['id']}{part}")
        chromium.sees(group["name"], "main")
        posts = [form for form in chromium.all("main form[method=post] button, main form[method=post] input, main form[method=post] select")]
        assert posts == [], part
        chromium.must_be_accessible(f"{part} for Read Only")
    chromium.open("/admin/groups")
    assert not [button for button in chromium.all("button") if button.text == "New User Group"]
    chromium.must_be_clean()


def test_a31_help_desk_is_kept_out(server, chromium, reviewed):
    group, _ = reviewed
    chromium.sign_in(*make_admin(server, unique("helper"), "help-desk"))
    chromium.open(f"/admin/groups/{group['id']}/review")
    chromium.sees("Your role does not permit this")


def test_pages_speak_german(server, tmp_path, admin, reviewed):
    from support.chromium import Chromium

    group, _ = reviewed
    german = Chromium(tmp_path / "german", server.url, language="de-DE")
    try:
        german.sign_in(*admin)
        german.open(f"/admin/groups/{group['id']}")
        german.sees("Mitgliedschaft steuern")
        german.open(f"/admin/groups/{group['id']}/review")
        german.sees("Gruppenmitgliedschaft prüfen", "h1")
    finally:
        german.quit()
