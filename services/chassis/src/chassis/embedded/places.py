"""Where an embedded server keeps its files, and the user it runs as when the launcher is root."""

import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import socket
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Self

from chassis.embedded.children import Account

_SHARED = Path("/var/tmp")  # noqa: S108 reachable by every user; what we put there is checked to be ours


_OWNER = "belongs-to"


class AlreadyRunning(Exception):
    """Another launcher uses this folder."""


def unprivileged_account() -> Account | None:
    """None unless we are root: PostgreSQL refuses to run as root, and a server needs none of its powers."""
    if os.geteuid() != 0:
        return None
    users = {user.pw_name: user for user in pwd.getpwall() if user.pw_uid != 0}
    chosen = users.get("nobody") or next(iter(users.values()), None)
    if chosen is None:
        raise LookupError("started as root, but there is no other user to run the servers as")
    return Account(chosen.pw_uid, chosen.pw_gid)


def reachable(path: Path) -> bool:
    """Whether every user may walk to `path`, which need not exist."""
    folder = path.parent.resolve()
    return all(step.stat().st_mode & stat.S_IXOTH for step in (folder, *folder.parents))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def secret(path: Path) -> str:
    """The secret kept in `path`, made at first use; readable by us alone."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(24), None)
    return path.read_text()


def write_private(path: Path, text: str, account: Account | None) -> None:
    """Writes a file only `account` (default: ourselves) can read, replacing it atomically."""
    handle, name = tempfile.mkstemp(dir=path.parent)  # mode 0600
    with os.fdopen(handle, "w") as file:
        file.write(text)
    if account:
        os.chown(name, account.uid, account.gid)
    Path(name).replace(path)


def readable_copy(*sources: Path) -> list[Path]:
    """`sources` (siblings), or a copy side by side where an unprivileged user reaches them."""
    if all(reachable(source) for source in sources):
        return list(sources)
    return copied(*sources)


def copied(*sources: Path) -> list[Path]:
    """A copy of `sources`, side by side in a shared folder; made once for each build of them."""
    build = "".join(f"{source}{source.stat().st_mtime_ns}" for source in sources)
    home = _SHARED / f"quanzi-bin-{hashlib.sha256(build.encode()).hexdigest()[:16]}"
    if not home.exists():
        staging = Path(tempfile.mkdtemp(dir=_SHARED, prefix="quanzi-bin-"))
        for source in sources:
            copy = shutil.copytree if source.is_dir() else shutil.copy2
            copy(source, staging / source.name)
        staging.chmod(0o755)
        try:
            staging.rename(home)
        except OSError:  # another launcher was faster
            shutil.rmtree(staging)
    _check_ours(home)
    return [home / source.name for source in sources]


def _remove_deserted() -> None:
    """State whose folder was deleted since."""
    for owner in _SHARED.glob(f"quanzi-*/{_OWNER}"):
        with suppress(FileNotFoundError):  # another launcher was faster
            if owner.stat().st_uid == os.geteuid() and not os.path.lexists(owner.read_text()):
                shutil.rmtree(owner.parent, ignore_errors=True)


def _check_ours(path: Path) -> None:
    facts = path.lstat()
    if facts.st_uid != os.geteuid() or not stat.S_ISDIR(facts.st_mode) or facts.st_mode & 0o022:
        raise PermissionError(f"{path} is not a folder of ours; remove it")


class Place:
    """A server's folder, held by one launcher at a time.

    `root` holds passwords and the log, for our eyes; `state` is the server's own. When the server runs as
    another user who cannot reach `root`, `state` is a link to a folder of that user under /var/tmp.
    """

    def __init__(self, root: Path, account: Account | None) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.root = root.resolve()
        self.log = self.root / "server.log"
        self._account = account
        self._lock = (self.root / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise AlreadyRunning(f"{root} is in use by another launcher") from None
        self.state = self._make_state()

    def _make_state(self) -> Path:
        state = self.root / "state"
        if self._account is None:
            state.mkdir(mode=0o700, exist_ok=True)
            return state
        if not reachable(state):
            name = hashlib.sha256(str(state).encode()).hexdigest()[:16]
            home = _SHARED / f"quanzi-{name}"
            _remove_deserted()
            home.mkdir(mode=0o755, exist_ok=True)
            _check_ours(home)
            if not state.is_symlink():
                state.symlink_to(home / "state")
            write_private(home / _OWNER, str(state), None)  # from now on others may find it deserted
            state = home / "state"
        state.mkdir(mode=0o700, exist_ok=True)
        os.chown(state, self._account.uid, self._account.gid)
        return state

    def release(self) -> None:
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
