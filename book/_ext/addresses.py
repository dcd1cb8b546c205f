"""The book's public addresses, taken from the environment so that a fork's edition points to the fork.

========================  ==================================================================
GITHUB_REPOSITORY         ``owner/name``; set by GitHub Actions. Gives the repository, edit
                          and issue buttons, and (unless BOOK_BASEURL is set) the site's address.
GITHUB_SERVER_URL         where the repository lives; ``https://github.com`` when unset.
BOOK_BRANCH               branch that the edit button opens; else GITHUB_REF_NAME, else ``main``.
BOOK_BASEURL              address of the published site, when it is not ``owner.github.io/name``.
========================  ==================================================================

With neither GITHUB_REPOSITORY nor BOOK_BASEURL (a build at home) nobody knows where the pages will
live: there are no repository or launch buttons, no canonical links, no sitemap and no social cards, and
so no link that leads nowhere.
"""

import os
from urllib.parse import urlsplit

from docutils import nodes


def repository(env=os.environ):
    """Address of the repository, without a slash at its end, or None when it is not known."""
    name = env.get("GITHUB_REPOSITORY")
    return f"{env.get('GITHUB_SERVER_URL') or 'https://github.com'}/{name}" if name else None


def on_github(env=os.environ):
    """``owner/name`` when the repository lives on github.com, where Colab and Binder look for it; else None."""
    server = env.get("GITHUB_SERVER_URL") or "https://github.com"
    return env.get("GITHUB_REPOSITORY") if server == "https://github.com" else None


def base_address(env=os.environ):
    """Address of the published site, ending in a slash, or None when it is not known."""
    if env.get("BOOK_BASEURL"):
        return env["BOOK_BASEURL"].rstrip("/") + "/"
    if not env.get("GITHUB_REPOSITORY"):
        return None
    owner, name = env["GITHUB_REPOSITORY"].lower().split("/")
    site = f"https://{owner}.github.io/"
    # A user's own page, owner/owner.github.io, is served from the top of the host.
    return site if name == f"{owner}.github.io" else site + env["GITHUB_REPOSITORY"].split("/")[1] + "/"


def branch(env=os.environ):
    """Branch that the edit button opens. On a pull request GITHUB_REF_NAME is a merge ref: not a branch."""
    name = env.get("BOOK_BRANCH") or env.get("GITHUB_REF_NAME") or "main"
    return "main" if name.endswith("/merge") else name


def configure(app, config):
    """Fill in every setting that holds an address."""
    if repository():
        config.html_theme_options.update(
            repository_url=repository(),
            repository_branch=branch(),
            path_to_docs="",
            use_repository_button=True,
            use_issues_button=True,
            use_edit_page_button=True,
        )
    base = base_address()
    # The page for wrong addresses is shown at any depth, so its links start at the site's top.
    config.notfound_urls_prefix = urlsplit(base).path if base else "/"
    if base:
        config.html_baseurl = base
        config.ogp_site_url = base
        config.ogp_site_name = config.project


def describe(app, pagename, templatename, context, doctree):
    """Let previews show the page's own description instead of its first words, formulas and all."""
    for meta in doctree.findall(nodes.meta) if doctree else ():
        if meta.get("name") == "description":
            context["meta"] = {
                "og:description": meta["content"],
                "og:image:alt": f"The title of the page on the book's card: {context['title']}",
                **(context.get("meta") or {}),
            }


def setup(app):
    if base_address():
        # Both need an address and warn without one.
        app.setup_extension("sphinx_sitemap")
        app.setup_extension("sphinxext.opengraph")
        app.connect("html-page-context", describe, priority=400)
        app.config.sitemap_url_scheme = "{link}"
        app.config.sitemap_show_lastmod = False
        app.config.sitemap_excludes = ["genindex.html", "search.html", "prf-prf.html", "404.html"]
    # Before the theme (priority 500) reads the options.
    app.connect("config-inited", configure, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
