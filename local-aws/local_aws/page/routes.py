"""The page at `/_local/`: what exists on this local AWS, in all accounts and regions, live."""

from collections.abc import Callable

from ministack.core.responses import request_scope

from local_aws.core.local_paths import LocalAnswer, LocalRequest, add_local_path
from local_aws.core.missing_apis import list_asked
from local_aws.page.html import Content, element, render_page
from local_aws.page.images import show_images
from local_aws.page.queries import show_queries, show_query
from local_aws.page.scope import Place, list_places
from local_aws.page.services import show_service, show_services
from local_aws.page.stacks import show_stack, show_stacks


def _answer(title: str, *content: Content, status: int = 200) -> LocalAnswer:
    return LocalAnswer(render_page(title, *content), status, "text/html; charset=utf-8")


def _show_place(place: Place) -> Content:
    title = element("h2", f"Account {place.account} in {place.region}")
    with request_scope(place.account, place.region):
        parts = (show_stacks(place), show_services(place), show_images(), show_queries(place))
    return element("div", title, *parts, class_="account")


def _missing() -> Content:
    asked = list_asked()
    if not asked:
        return None
    names = ", ".join(f"{name} ({count} times)" for name, count in asked.items())
    return element("p", f"Asked for, and not in the local AWS: {names}", class_="warning")


def _overview(_: LocalRequest) -> LocalAnswer:
    places = list_places()
    nothing = element("p", "Nothing yet: deploy a stack, or push an image.", class_="nothing")
    return _answer("What exists", _missing(), [_show_place(each) for each in places] or nothing)


def _detail(parameter: str, show: Callable[[str], Content]) -> Callable[[LocalRequest], LocalAnswer]:
    def answer(request: LocalRequest) -> LocalAnswer:
        query = request.query
        name = query.get(parameter, "")
        with request_scope(query.get("account", ""), query.get("region", "")):
            content = show(name)
        if content is None:
            return _answer(
                name, element("p", "It does not exist, or no longer.", class_="nothing"), status=404
            )
        place = element("p", f"Account {query['account']} in {query['region']}", class_="soft")
        return _answer(name, place, content)

    return answer


def install() -> None:
    """Adds the page, and one for each stack, service and query."""
    add_local_path("GET", "", _overview)
    add_local_path("GET", "stack", _detail("name", show_stack))
    add_local_path("GET", "service", _detail("key", show_service))
    add_local_path("GET", "query", _detail("id", show_query))
