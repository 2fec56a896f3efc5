import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Group
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.admin import UserAdmin
from accounts.models import Block, Session, User
from tests.factories import bearer, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return make_user("Esther", is_staff=True, is_superuser=True)


@pytest.fixture
def moderator():
    moderator = make_user("Miriam", is_staff=True)
    moderator.groups.add(Group.objects.get(name="moderator"))
    return moderator


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    """Who may enter is tested in tests/moderation."""
    settings.DEBUG = True


def page(user, model, path="", method="get", data=None):
    """The answer of the model's own admin."""
    client = Client()
    client.force_login(user)
    name = f"admin:accounts_{model._meta.model_name}"
    url = reverse(f"{name}_change", args=[path]) if path else reverse(f"{name}_changelist")
    return getattr(client, method)(url, data or {})


@pytest.mark.parametrize("model", [User, Session, Block])
def test_lists_and_details_open_as_staff(admin, model):
    bearer(make_user())
    Block.objects.create(blocker=admin, blocked=make_user())
    row = model.objects.first()
    assert page(admin, model).status_code == 200
    assert page(admin, model, str(row.pk)).status_code == 200


def form_of(user, **changes):
    fields = {"display_name": user.display_name, "timezone": user.timezone}
    fields |= {name: "on" for name in ("is_active", "is_staff") if getattr(user, name)}
    return {name: value for name, value in (fields | changes).items() if value is not None}


def test_a_superuser_names_moderators(admin):
    amos = make_user("Amos")
    group = Group.objects.get(name="moderator")
    form = form_of(amos, is_staff="on", groups=[group.pk], display_name="Amos B.")
    assert page(admin, User, str(amos.pk), "post", form).status_code == 302
    amos.refresh_from_db()
    assert (amos.is_staff, amos.display_name, list(amos.groups.all())) == (True, "Amos B.", [group])


def test_a_moderator_names_none_and_makes_no_superuser(moderator):
    amos = make_user("Amos")
    form = form_of(amos, is_staff="on", is_superuser="on", email="x@example.com", timezone="Africa/Nairobi")
    assert page(moderator, User, str(amos.pk), "post", form).status_code == 302
    amos.refresh_from_db()
    assert (amos.is_staff, amos.is_superuser, amos.timezone) == (False, False, "Africa/Nairobi")
    assert amos.email != "x@example.com"


def test_people_are_searched_by_the_beginning_of_the_address(admin):
    make_user(email="ruth@example.com")
    found, _ = UserAdmin(User, site).get_search_results(None, User.objects.all(), " RUTH@")
    assert [user.email for user in found] == ["ruth@example.com"]


def test_nobody_adds_or_deletes_here(admin):
    request = RequestFactory().get("/")
    request.user = admin
    for model in (User, Session, Block):
        model_admin = site.get_model_admin(model)
        assert not model_admin.has_add_permission(request)
        assert not model_admin.has_delete_permission(request)
