"""Pages of the console that aren't lists of a table: the landing page, the queue, a case, decisions, the audit trail.

They stand on the admin site's frame (`admin_view`, `each_context`, its base template) and on nothing else of it, so
that another look has one place to go: `pages.py` and templates/admin/console.
"""
