"""Give the execution cache a folder named after everything, besides the cells, that outputs depend on.

MyST-NB reuses a page's outputs as long as its cells are unchanged, even when the package those cells
import has changed. With the package's source and the locked versions in the folder's name, an edit to
either leads to an empty folder, and so to a fresh run.
"""

import hashlib
from pathlib import Path


def cache_folder(root):
    """Folder of the outputs that belong to the present state of code/ and requirements.lock."""
    root = Path(root)
    digest = hashlib.sha256()
    sources = [p for p in sorted((root / "code").rglob("*")) if p.suffix in {".py", ".csv", ".npz", ".json"}]
    for path in [*sources, root / "requirements.lock"]:
        if path.exists():
            digest.update(path.relative_to(root).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return root / "_build" / ".jupyter_cache" / digest.hexdigest()[:16]


def configure(app, config):
    config.nb_execution_cache_path = str(cache_folder(app.srcdir))


def setup(app):
    app.connect("config-inited", configure, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
