"""A visit to a page in a real browser, for the tests that look at pages as readers do."""

import http.server

from axe_playwright_python.base import AXE_FILE_PATH

NARROW, WIDE = 320, 1280
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        """Keep silent: what fails is seen in the browser."""


class Visit:
    """A page in a fresh profile, with a record of all that the browser complains about or asks for."""

    def __init__(self, browser, **context):
        self.complaints, self.requests = [], []
        self.context = browser.new_context(viewport={"width": WIDE, "height": 900}, reduced_motion="reduce", **context)
        self.page = self.context.new_page()
        self.page.on(
            "console", lambda m: m.type in {"error", "warning"} and self.complaints.append(f"console: {m.text}")
        )
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("requestfailed", lambda r: self.complaints.append(f"failed: {r.url} {r.failure}"))
        self.page.on("response", lambda r: r.status >= 400 and self.complaints.append(f"{r.status}: {r.url}"))
        self.page.on("request", lambda r: self.requests.append(r.url))

    def open(self, url):
        self.page.goto(url, wait_until="networkidle")
        self.page.evaluate("window.MathJax?.startup?.promise")

    def theme(self, name):
        """Switch to light or dark, as the theme's button does."""
        self.page.evaluate(
            """async name => {
                document.documentElement.dataset.theme = name
                document.documentElement.dataset.mode = name
                const frame = () => new Promise(requestAnimationFrame)
                await frame()
                await frame()  // now the fading of colours, if any, has begun
                await Promise.allSettled(document.getAnimations().map(animation => animation.finished))
            }""",
            name,
        )

    def width(self, pixels):
        self.page.set_viewport_size({"width": pixels, "height": 900})
        self.page.wait_for_timeout(50)

    def foreign_requests(self, address):
        return [url for url in self.requests if not url.startswith((address, "data:", "blob:"))]

    def overflow(self):
        """By how many pixels the page is wider than the window, and what sticks out."""
        return self.page.evaluate(
            """() => {
                const width = document.documentElement.clientWidth
                const excess = document.documentElement.scrollWidth - width
                if (excess <= 0) return []
                return [...document.querySelectorAll("body *")]
                    .filter(e => e.getBoundingClientRect().right > width + 1)
                    .map(e => `${e.tagName}.${e.className}`.slice(0, 80)).slice(0, 8).concat(`${excess} px`)
            }"""
        )

    def obstacles(self, rules=None):
        """What axe-core finds, by all of its rules or by some: rule, impact and the first elements concerned."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
        # The boxes that draw a formula are hidden from assistive technology, and there are thousands of them.
        options = {"resultTypes": ["violations"]} | ({"runOnly": {"type": "rule", "values": rules}} if rules else {})
        found = self.page.evaluate(
            """options => axe.run({exclude: [["mjx-container > mjx-math"]]}, options)
                .then(result => result.violations)""",
            options,
        )
        return [
            f"{v['id']} ({v['impact']}), {len(v['nodes'])} times: "
            + " | ".join(f"{n['html'][:120]} ({n['failureSummary'][:160]})" for n in v["nodes"][:3])
            for v in found
        ]

    def formulas(self):
        """How many formulas the page writes, how many are typeset, and which are not understood.

        A command that MathJax does not know is no error to it: it shows the command's name in red.
        """
        return self.page.evaluate(
            r"""() => {
                const drawn = c => String.fromCodePoint(parseInt(c.className.match(/mjx-c([0-9A-F]+)/)[1], 16))
                const name = e => [...e.querySelectorAll("mjx-c")].map(drawn).join("")
                return {
                    written: document.querySelectorAll("article .math").length,
                    typeset: document.querySelectorAll("article .math mjx-container").length,
                    errors: [...document.querySelectorAll("mjx-merror, mjx-mtext[style*='color: red']")]
                        .map(e => (e.textContent || name(e)).slice(0, 80)),
                }
            }"""
        )

    def visible_pictures(self):
        """For each drawing made for both themes: which version the reader sees."""
        return self.page.evaluate(
            """() => [...document.querySelectorAll("article .themed-image")].map(pair =>
                [...pair.querySelectorAll("img")].filter(i => i.checkVisibility())
                    .map(i => i.classList.contains("only-dark") ? "dark" : "light").join("+"))"""
        )

    def close(self):
        self.context.close()
