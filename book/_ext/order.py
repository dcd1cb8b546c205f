"""The pages in the order of the table of contents, for the extensions that collect something from them."""


def pages(env):
    """Names of all pages, the first page first."""
    return [str(name).removesuffix(".md") for name in env.external_site_map]
