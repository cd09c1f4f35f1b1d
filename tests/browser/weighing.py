"""What a page weighs over the wire: with an empty cache, and when its style sheets and scripts are there already."""

FIRST_KB, LATER_KB = 150, 50
#: The pages on which people work.
PAGES = (
    "/",
    "/subjects/",
    "/subjects/JER-001/",
    "/visits/",
    "/queries/",
    "/alerts/",
    "/subjects/JER-001/W3/HAMD/",
    "/subjects/JER-001/W3/BDI/",
    "/subjects/JER-001/W4/UKU/",
    "/subjects/JER-001/W3/VITALS/",
    "/subjects/JER-001/LOG/AE/1/",
    "/subjects/JER-003/SCR/ELIG/",
    "/subjects/JER-001/LOG/CONMED/1/",
)


def weighed(page, urls):
    """(url, kB of the first load, kB afterwards) of each, as Chromium counts them: headers and compression included."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    loaded: list[int] = []
    session.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))

    def load(url) -> float:
        loaded.clear()
        page.goto(url, wait_until="networkidle")
        return sum(loaded) / 1000

    for url in urls:
        session.send("Network.clearBrowserCache")
        first = load(url)
        page.goto("about:blank")
        yield url, first, load(url)
