"""axe-core, which finds what keeps people from reading and using a page. `make browser` and `make test` install it."""

from pathlib import Path

from playwright.sync_api import Page

SCRIPT = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
#: Why its tests are left out where there is none, and since when.
MISSING = "2026-11-28: no axe-core here; it comes with `make browser` where npm is (Debian: apt install npm)"
#: Of minor, moderate, serious, critical.
GRAVE = ["serious", "critical"]
#: Colours are looked at once they have come to rest. Without `preload`, which would read style sheets anew in a way
#: that the content security policy forbids.
RUN = """async ({grave}) => {
  await new Promise(requestAnimationFrame);
  await Promise.all(document.getAnimations().map(animation => animation.finished.catch(() => null)));
  const found = await axe.run(document, {resultTypes: ["violations"], preload: false});
  return found.violations.filter(rule => grave.includes(rule.impact))
    .map(rule => [rule.id, rule.nodes.map(node => node.html.slice(0, 160))]);
}"""


def faults(page: Page) -> list[tuple[str, list[str]]]:
    """(rule, elements that break it): what is serious or worse on the page as it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT.read_text() + "; 0")
    return [(rule, elements) for rule, elements in page.evaluate(RUN, {"grave": GRAVE})]
