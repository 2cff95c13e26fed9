import pytest
from flask_security.utils import hash_password

from campaign.database import db, unit_of_work
from campaign.demo import loading
from campaign.demo.loading import ACCOUNTS, DEMO_PASSWORD, PETITION
from campaign.domain.links import Purpose
from campaign.domain.news import asking, mailing
from campaign.models.account import Account, RoleName
from campaign.models.supporter import NewsRequest
from tests.journeys import looking
from tests.news import scheduled, subscribers, team_of, written

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("house", ["sqlite"], indirect=True)]
NO_PAGES = {
    "challenge", "count_json", "petition_json", "healthz", "readyz", "robots", "security_txt", "sitemap", "sign_again",
    "receipt", "square", "everything", "picture", "photograph_file",
    "attachment", "draft_file", "queued_file", "print_style", "cosign_logo", "logo_file",
    "feed", "campaign_feed", "update_as_html", "update_letter", "everything_of_subscription",
}  # fmt: skip
NEEDS_A_PACKET = {  # walked through by test_staff_make_a_packet.py, or read in the tests of their rooms
    "packet", "seal_page", "delivery", "checklist", "releases", "reminders",
    "communication", "communication_blocks", "preview", "translation", "words", "joint_preview", "strikes",
}  # fmt: skip
NEEDS_A_SITUATION = {  # of its own; read in the tests of their rooms
    "draft", "step", "preview_campaign", "preview_letter", "look", "proposal", "queued", "invalidation", "names",
    "donor", "stop_page", "erase_page", "issuer",
    "news", "update", "look_at_update",  # the last two in pages_of_news
    "fact", "name", "source", "filed", "team", "cosponsor", "cosponsoring", "recipient", "release_page",
    "sheet", "key_page", "compare_page",
    "cosign", "joint_letter", "joint_words",  # test_organisations_sign_a_letter.py
}  # fmt: skip
SECOND_FACTOR = {
    "mf_recovery", "mf_recovery_codes", "tf_select", "two_factor_rescue", "two_factor_setup", "verify",
    "two_factor_token_validation", "reset_password", "start", "wan_delete", "wan_register", "wan_signin",
}  # fmt: skip


@pytest.fixture
def demonstration(app, make):
    with unit_of_work():
        loading.load(at=make.now(), hash_password=hash_password)


@pytest.fixture
def site(living, demonstration):
    site = living()
    site.start_web(processes=1)
    return site


def addresses(app, audiences, **values):
    """Every address of these audiences at which there is a page, filled in."""
    found = []
    for rule in app.url_map.iter_rules():
        audience, _, name = rule.endpoint.partition(".")
        skipped = NO_PAGES | NEEDS_A_PACKET | NEEDS_A_SITUATION | SECOND_FACTOR
        if "tag" in rule.arguments:
            continue  # a letter in another language, which the demonstration does not have
        if audience in audiences and "GET" in rule.methods and name not in skipped:
            with app.test_request_context():
                of = {key: values.get(f"{name}_{key}", values.get(key)) for key in rule.arguments}
                if rule.rule.startswith("/staff/prisoners/<slug>"):
                    of["slug"] = "buzurgmehr-yorov"
                assert None not in of.values(), f"nothing to fill in for {rule}"
                found.append(app.url_for(rule.endpoint, **of))
    return sorted(set(found))


def look(visitor, site, paths):
    found = []
    for path in paths:
        answer = visitor.page.goto(site.url + path)
        assert answer.status == 200, f"{path}: {answer.status}"
        found += looking.faults(visitor.page)
    return found


def pages_of_news(make):
    """Of the campaigner's team: the list, one being written with its preview, and one on its way to twelve people."""
    author = db.session.scalars(db.select(Account).where(Account.email == ACCOUNTS[RoleName.CAMPAIGNER])).one()
    campaign = make.open_petition().campaign
    team_of(campaign, author)
    subscribers(make, campaign, 12)
    on_its_way, begun = scheduled(make, campaign), written(make, campaign, author)
    with unit_of_work():
        mailing.begin_due(at=make.now())
        mailing.fan_out(at=make.now())
    editor, progress = (f"/workspace/updates/{update.id}" for update in (begun, on_its_way))
    return [f"/workspace/campaigns/{campaign.slug}/news", editor, f"{editor}/letter/en", progress]


def signed_in(visitor, site, role):
    page = visitor.page
    page.goto(f"{site.url}/account/login")
    page.get_by_label("E-mail address").fill(ACCOUNTS[role])
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/workspace*" if role is RoleName.CAMPAIGNER else "**/staff*")


@pytest.mark.feature(93)
def test_axe_finds_nothing_on_the_pages_of_the_public(app, make, site, visitor):
    pending, standing = make.pending_signature(at=make.now()), make.confirmed_signature(at=make.now())
    news = make.confirmed_signature(signer=make.signer(wants_updates=True), at=make.now())
    with unit_of_work():
        about = {"lang": "en", "organisation": "", "at": make.now(), "seal": make.seal}
        asking.ask("buzurgmehr-yorov", "nobody@post.example", **about)
        request = db.session.scalars(db.select(NewsRequest)).one()
        asked = make.links.token(Purpose.ASKED, request.public_id, 1)
    paths = addresses(
        app, {"public", "mailed"},
        slug=PETITION, campaign_slug="buzurgmehr-yorov", corrections_slug="buzurgmehr-yorov",
        give_slug="buzurgmehr-yorov", gift_token=make.links.token(Purpose.GIFT, b"g" * 16, 1),
        gift_stopped_token=make.links.token(Purpose.GIFT, b"g" * 16, 1),
        ask_page_slug="buzurgmehr-yorov", news_asked_for_slug="buzurgmehr-yorov", asked_token=asked,
        report_slug="buzurgmehr-yorov", reported_slug="buzurgmehr-yorov", token=make.token(Purpose.SIGNATURE, standing),
        confirm_page_token=make.token(Purpose.CONFIRM, pending),
        unsubscribe_page_token=make.token(Purpose.UNSUBSCRIBE, standing),
        subscription_token=make.token(Purpose.SUBSCRIPTION, news),
    )  # fmt: skip
    assert len(paths) >= 12
    anybody = visitor()
    assert look(anybody, site, [*paths, "/?q=Yorov", "/?q=nobody"]) == []
    assert anybody.context.cookies() == []


@pytest.mark.feature(93)
def test_axe_finds_nothing_where_something_went_wrong(site, visitor):
    anybody = visitor(java_script_enabled=True)
    found = []
    for path in ("/nothing", "/confirm/nothing", "/signature/nothing"):
        anybody.page.goto(site.url + path)
        found += looking.faults(anybody.page)
    anybody.page.goto(f"{site.url}/petitions/{PETITION}")
    anybody.page.locator("form[action$=sign]").evaluate("form => { form.noValidate = true; form.submit() }")
    anybody.page.get_by_role("alert").wait_for()
    assert found + looking.faults(anybody.page) == []


@pytest.mark.feature(93)
def test_axe_finds_nothing_on_the_pages_of_staff(app, make, site, visitor):
    standing = make.confirmed_signature(at=make.now())
    nora = visitor()
    nora.page.goto(f"{site.url}/account/login")
    found = looking.faults(nora.page)
    signed_in(nora, site, RoleName.ADMIN)
    paths = addresses(
        app, {"staff", "campaigners", "accounts", "door", "security"},
        slug=PETITION, changes_slug="buzurgmehr-yorov", giving_campaign_slug="buzurgmehr-yorov",
        addressee_id="sg", correct_addressee_id="sg",
        signature_id=standing.id, list_page_name="blocked_domain", token="x",
    )  # fmt: skip
    paths = [path for path in paths if not path.startswith(("/account/login", "/account/password", "/workspace"))]
    found += look(nora, site, paths)
    amira, paths = visitor(), pages_of_news(make)  # here, as it costs a site that runs
    signed_in(amira, site, RoleName.CAMPAIGNER)
    assert found + look(amira, site, paths) == []
    assert "12" in amira.page.locator("main").inner_text()


def test_axe_is_really_there_and_looks(site, visitor):
    anybody = visitor()
    anybody.page.goto(f"{site.url}/privacy")
    anybody.page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    assert any("image-alt" in fault for fault in looking.faults(anybody.page))
