"""A real browser as a person uses it: by visible labels and words. It fails what breaks the page's own
Content-Security-Policy, writes errors to its console, or keeps people out who cannot see or point."""

import importlib.metadata
import json
import os
import pathlib
import shutil

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions as expected
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

WITHIN = 30
WIDE, NARROW = (1280, 900), (390, 844)
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-device-scale-factor=1",
    "--window-size=1280,900",
]
AXE = "axe-playwright-python"
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Pictures are kept only where somebody asks for them.
PICTURES = os.environ.get("VESTIBULE_PICTURES")


def axe_source() -> str:
    """The checker itself; the package around it is not used."""
    files = importlib.metadata.files(AXE) or []
    script = next(file for file in files if file.name == "axe.min.js")
    return pathlib.Path(str(script.locate())).read_text()


def literal(text: str) -> str:
    """The text as an XPath string, whatever quotes it holds."""
    parts = text.split("'")
    if len(parts) == 1:
        return f"'{text}'"
    return "concat(" + ", \"'\", ".join(f"'{part}'" for part in parts) + ")"


def gave_way(error: WebDriverException) -> bool:
    """Whether what was looked at went with its page; what the browser says of that depends on the moment."""
    return isinstance(error, StaleElementReferenceException) or "does not belong to the document" in (error.msg or "")


class Chromium:
    """One browser window."""

    def __init__(self, profile: pathlib.Path, base_url: str, script: bool = True, language: str = "en-US"):
        self.base_url = base_url
        self.script = script
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium") or shutil.which("chromium-browser") or "google-chrome"
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        for flag in [*FLAGS, f"--user-data-dir={profile}"]:
            options.add_argument(flag)
        settings = {"intl.accept_languages": language}
        if not script:
            settings["profile.managed_default_content_settings.javascript"] = 2
        options.add_experimental_option("prefs", settings)
        self.driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        self.driver.set_page_load_timeout(WITHIN)

    def quit(self):
        self.driver.quit()

    # --- Going somewhere ---

    def open(self, path: str):
        self.driver.get(path if "://" in path else self.base_url + path)

    @property
    def path(self) -> str:
        return self.driver.current_url.removeprefix(self.base_url)

    def sign_in(self, username: str, password: str):
        self.open("/login")
        self.sign_in_here(username, password)

    def sign_in_here(self, username: str, password: str):
        """On the sign-in page that is shown."""
        name = self.find("input[name=username]")
        name.clear()
        name.send_keys(username)
        self.driver.find_element(By.NAME, "password").send_keys(password, Keys.ENTER)
        self.must_go(name, "the page after sign-in")

    # --- Finding things ---

    def find(self, css: str):
        return self.wait(expected.visibility_of_element_located((By.CSS_SELECTOR, css)), css)

    def all(self, css: str):
        # In a list of its own, since nothing found is an answer here, and not a reason to look again.
        return self.wait(lambda driver: [[element for element in driver.find_elements(By.CSS_SELECTOR, css) if element.is_displayed()]], css)[0]

    def text(self, css: str = "body") -> str:
        return self.find(css).text

    def wait(self, condition, what: str):
        # What a page change took away while it was looked at is looked for again.
        def patient(driver):
            try:
                return condition(driver)
            except WebDriverException as error:
                if gave_way(error):
                    return False
                raise

        return WebDriverWait(self.driver, WITHIN).until(patient, f"{what} on {self.driver.current_url}")

    def must_go(self, element, what: str):
        """Waits until the element went with its page."""
        def gone(_):
            try:
                element.is_enabled()
                return False
            except WebDriverException as error:
                if gave_way(error):
                    return True
                raise

        WebDriverWait(self.driver, WITHIN).until(gone, what)

    def is_busy(self) -> bool:
        """Whether a part of the page is being exchanged; a person waits for that too."""
        return bool(self.driver.find_elements(By.CSS_SELECTOR, "[aria-busy=true]"))

    def sees(self, words: str, css: str = "body"):
        """Waits until the words stand somewhere in there."""
        self.wait(lambda _: any(words in element.text for element in self.all(css)), f"“{words}” in {css}")

    def field(self, label: str, within: str = "body"):
        """The field with this visible label, or this accessible name."""
        def labelled(driver):
            if self.is_busy():
                return False
            scope = driver.find_element(By.CSS_SELECTOR, within)
            said = literal(label)
            for element in scope.find_elements(By.XPATH, f".//label[normalize-space()={said}] | .//label[normalize-space(text()[normalize-space()][1])={said}]"):
                identity = element.get_attribute("for")
                found = driver.find_elements(By.ID, identity) if identity else element.find_elements(By.CSS_SELECTOR, "input, select, textarea")
                for one in found:
                    if one.is_displayed():
                        return one
            for one in scope.find_elements(By.XPATH, f".//*[@aria-label={said}][self::input or self::select or self::textarea]"):
                if one.is_displayed():
                    return one
            return False

        return self.wait(labelled, f"field “{label}”")

    # --- Doing things ---

    def click(self, words: str, within: str = "body"):
        """Clicks the link or button with exactly these words, or with this accessible name."""
        said = literal(words)
        named = f".//*[self::a or self::button or self::summary][normalize-space()={said} or @aria-label={said}]"

        def clicked(driver):
            if self.is_busy():
                return False
            for scope in driver.find_elements(By.CSS_SELECTOR, within):
                for element in scope.find_elements(By.XPATH, named):
                    if element.is_displayed() and element.is_enabled():
                        driver.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element)
                        page = self.page_left_by(element)
                        element.click()
                        if page:
                            self.must_go(page, f"the page after “{words}”")
                        return True
            return False

        # What gave way to the next page before it was clicked is looked for there.
        self.wait(clicked, f"button or link “{words}”")

    def page_left_by(self, element):
        """The page that a click on this ends, if that is certain: without script every link and button leads on, but those that close a dialog."""
        leads_on = not self.script and element.tag_name in ("a", "button") and "#" not in (element.get_dom_attribute("href") or "")
        closes = leads_on and element.find_elements(By.XPATH, "./ancestor::form[@method='dialog']")
        return leads_on and not closes and self.driver.find_element(By.TAG_NAME, "html")

    def fill(self, label: str, value: str, within: str = "body"):
        element = self.field(label, within)
        element.clear()
        element.send_keys(value)

    def choose(self, label: str, option: str, within: str = "body"):
        Select(self.field(label, within)).select_by_visible_text(option)

    def tick(self, label: str, ticked: bool = True, within: str = "body"):
        element = self.field(label, within)
        if element.is_selected() != ticked:
            # Not under the bar at the foot of a long form.
            self.driver.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element)
            element.click()

    # --- Judging ---

    def must_be_clean(self):
        """No refused script or style, no missing file, no error of a script."""
        severe = [entry for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
        # The browser logs every answer of 400 and above; a refused form is one.
        severe = [entry for entry in severe if "status of 4" not in entry["message"]]
        assert severe == [], json.dumps(severe, indent=1)

    def must_be_accessible(self, what: str = ""):
        """axe-core finds nothing, in the light scheme and in the dark one."""
        for scheme in ("light", "dark"):
            self.scheme(scheme)
            self.driver.execute_script(axe_source())
            found = self.driver.execute_async_script(
                "const done = arguments[arguments.length - 1];"
                "axe.run(document, {runOnly: {type: 'tag', values: arguments[0]}}).then(r => done(r.violations), e => done([{id: String(e), nodes: []}]));",
                AXE_RULES,
            )
            told = [(one["id"], [node["html"][:200] for node in one["nodes"]], [node.get("failureSummary", "")[:300] for node in one["nodes"]][:2]) for one in found]
            assert told == [], f"{what or self.path} in {scheme}: {json.dumps(told, indent=1)}"
        self.scheme("light")

    def scheme(self, scheme: str):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}]})

    def width(self, size: tuple[int, int]):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False})

    def must_fit(self):
        """Nothing but marked places scrolls sideways."""
        over = self.driver.execute_script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{self.path} is {over} px too wide"

    def picture(self, name: str):
        """The whole page, wide and narrow, light and dark, if pictures are wanted."""
        if not PICTURES:
            return
        folder = pathlib.Path(PICTURES)
        folder.mkdir(parents=True, exist_ok=True)
        for size, width in (("wide", WIDE), ("narrow", NARROW)):
            self.width(width)
            height = self.driver.execute_script("return Math.max(document.documentElement.scrollHeight, 600)")
            self.width((width[0], min(height, 4000)))
            for scheme in ("light", "dark"):
                self.scheme(scheme)
                self.driver.save_screenshot(str(folder / f"{name}-{size}-{scheme}.png"))
        self.scheme("light")
        self.width(WIDE)
