"""How a journey uses a page: with a mouse, or with nothing but the keyboard."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.journeys.firm import PASSWORD

TABS_MAX = 150


@dataclass
class Hands:
    """Somebody at a page. keyboard: reaches everything with the Tab key, as people do who use no mouse."""

    page: Page
    keyboard: bool = False

    def press(self, control: Locator) -> None:
        """Press a button or a link."""
        expect(control).to_be_visible()
        if not self.keyboard:
            control.click()
            return
        self._reach(control)
        self.page.keyboard.press("Enter")

    def choose(self, control: Locator) -> None:
        """Choose a radio button or tick a box."""
        if self.keyboard:
            control.focus()
            self.page.keyboard.press("Space")
        else:
            control.check(force=True)
        expect(control).to_be_checked()

    def sign_in(self, email: str) -> None:
        """Sign in through the page."""
        self.page.goto("/sign-in")
        self.page.get_by_label("E-mail or staff number").fill(email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.press(self.page.locator("main").get_by_role("button", name="Sign in"))
        expect(self.page.get_by_label("E-mail or staff number")).to_have_count(0)

    def _reach(self, control: Locator) -> None:
        for _ in range(TABS_MAX):
            if control.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {control}")
