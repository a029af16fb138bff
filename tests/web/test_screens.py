"""How every screen is: nothing that axe finds, as wide as a phone, in both languages, light and dark."""

from __future__ import annotations

import pytest

from .conftest import At
from .desk import PHONE
from .office import Office
from .screens import SCREENS, findings, too_small, too_wide

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # no engine is seen on a screen


@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing(at: At, office: Office, screen: str) -> None:
    """No screen has a finding of axe, in English and light."""
    window = SCREENS[screen](at, office)
    assert "en" == window.page.locator("html").get_attribute("lang")
    assert [] == findings(window.page)


@pytest.mark.parametrize("screen", SCREENS)
def test_a_phone_is_wide_enough(at: At, office: Office, screen: str) -> None:
    """At 360 px nothing is scrolled sideways, what is tapped has 24 px at least, and axe finds nothing in the dark."""
    window = SCREENS[screen](at, office, locale="de-DE", color_scheme="dark", **PHONE)
    assert "de" == window.page.locator("html").get_attribute("lang")
    assert (0, [], []) == (too_wide(window.page), too_small(window.page), findings(window.page))


def test_faults_are_found(at: At, office: Office) -> None:
    """What is too wide, too small or wrong for axe would be found."""
    page = SCREENS["mine"](at, office, **PHONE).page
    page.evaluate("""() => {  // a style attribute would be refused
      const [title, text] = document.querySelectorAll("h1, .lead");
      const [wide, small] = ["div", "button"].map(tag => title.appendChild(document.createElement(tag)));
      Object.assign(wide.style, { width: "900px", height: "1rem" });
      Object.assign(small.style, { width: "9px", padding: 0 });
      Object.assign(text.style, { color: "#ddd", background: "#eee" });
    }""")
    assert too_wide(page) > 0
    [small] = too_small(page)
    assert "9 × " in small
    assert {"color-contrast", "button-name"} <= {finding.split()[0] for finding in findings(page)}
