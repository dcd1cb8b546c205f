"""Buttons that take a chapter's notebook along, or open it where it runs: Colab, Binder, JupyterLite.

Each leads to a file that publishing makes: the notebook beside the page, the same file on the branch
`notebooks`, or JupyterLite's copy of it. What is not known to be published has no button: without
GITHUB_REPOSITORY neither Colab nor Binder can find the notebooks, and without any address the site may lie
in a folder, from which JupyterLite does not start.
"""

from pathlib import Path
from urllib.parse import quote

from addresses import base_address, on_github
from export import FOLDER, file_name, is_exported

COLAB = "https://colab.research.google.com"
BINDER = "https://mybinder.org"
BRANCH = "notebooks"  # holds the content of the site's folder of notebooks
ENVIRONMENT = "binder"  # branch that holds what Binder installs
LITE = "lite"  # folder of JupyterLite below the site's top


def colab(repository, notebook):
    return f"{COLAB}/github/{repository}/blob/{BRANCH}/{notebook}"


def binder(repository, notebook):
    """Binder's environment comes from one branch and the notebook from another, so that an edit of the text
    needs no new environment: nbgitpuller fetches the notebooks when a session starts."""
    name = repository.partition("/")[2]
    pull = {
        "repo": f"https://github.com/{repository}",
        "branch": BRANCH,
        "urlpath": f"lab/tree/{name}/{notebook}",
    }
    query = "&".join(f"{key}={quote(value, safe='')}" for key, value in pull.items())
    return f"{BINDER}/v2/gh/{repository}/{ENVIRONMENT}?urlpath={quote(f'git-pull?{query}', safe='')}"


def button(text, url, icon, tooltip):
    return {
        "type": "link",
        "text": text,
        "url": url,
        "icon": icon,
        "tooltip": tooltip,
        "label": f"launch-{text.lower().strip('.')}-button",
    }


def group(label, icon, tooltip, buttons):
    return {"type": "group", "label": label, "icon": icon, "tooltip": tooltip, "buttons": buttons}


def launches(app, notebook, pathto):
    """The buttons for one notebook: where it can be opened, in the order of how soon it runs."""
    repository = on_github()
    if repository:
        yield button("Colab", colab(repository, notebook), "fas fa-cloud", "Open this chapter in Google Colab")
    if base_address() and (Path(app.outdir).parent / "lite_contents" / notebook).exists():
        url = f"{pathto(f'{LITE}/lab/index.html', 1)}?path={notebook}"
        yield button("JupyterLite", url, "fas fa-feather", "Run this chapter in the browser, nothing to install")
    if repository:
        yield button("Binder", binder(repository, notebook), "fas fa-server", "Open this chapter on Binder")


def add_buttons(app, pagename, templatename, context, doctree):
    """Put the notebook among the downloads of its page, and the places to open it beside them."""
    if "header_buttons" not in context or not is_exported(app.env, pagename):
        return
    notebook, pathto = file_name(pagename), context["pathto"]
    url = pathto(f"{FOLDER}/{notebook}", 1)
    for other in context["header_buttons"]:
        if other["label"] == "download-buttons":
            download = button(".ipynb", url, "fas fa-code", "Download this chapter as a notebook")
            other["buttons"].insert(0, download | {"label": "download-notebook-button"})
    if buttons := list(launches(app, notebook, pathto)):
        context["header_buttons"].insert(
            0, group("launch-buttons", "fas fa-rocket", "Open this chapter where it runs", buttons)
        )


def setup(app):
    # After the exporter (500), and after the theme has set its own buttons (501).
    app.connect("html-page-context", add_buttons, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
