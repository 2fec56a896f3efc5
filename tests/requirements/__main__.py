"""Write docs/requirements.md."""

from tests.requirements.lines import SECTIONS
from tests.requirements.table import PAGE, page

PAGE.write_text(page(SECTIONS))
print(f"{sum(map(len, SECTIONS.values()))} lines in {PAGE.name}")
