"""What a model hub has: one revision of a repository as a list of files to download."""

from dataclasses import dataclass

import httpx2
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.hf_api import RepoSibling
from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

from inference.model_files.catalog import HubPin
from inference.model_files.content import Expected
from inference.model_files.errors import ContentWrong, DownloadRefused, HubUnreachable
from inference.model_files.local_clip import missing_clip_files, wanted_clip_files
from inference.model_files.within import within


@dataclass(frozen=True)
class HubFile:
    """A file to download; all that the hub says of it must hold."""

    name: str
    url: str
    expected: Expected


@dataclass(frozen=True)
class HubModel:
    """A CLIP model at one commit. `license`: as its card says; None where it says nothing."""

    repository: str
    revision: str
    license: str | None
    files: list[HubFile]

    @property
    def size(self) -> int:
        """In bytes, all files together."""
        return sum(file.expected.size or 0 for file in self.files)


@dataclass(frozen=True)
class Hub:
    """A hub at an address, asked through huggingface_hub.

    `seconds`: how long it may take to be reached and to answer.
    """

    address: str
    seconds: float = 3.0

    def clip_model(self, repository: str, revision: str | None, pin: HubPin | None = None) -> HubModel:
        """The files of a CLIP model at a commit (None: the newest), with the hashes that the hub tells.

        Raises HubUnreachable; DownloadRefused where there is no such repository or revision, or it is no
        CLIP model; ContentWrong where the hub tells another hash than the pin.
        """
        api = HfApi(endpoint=self.address)
        try:
            # Bounded as a whole: looking up a name has no time limit, and each step would have its own.
            info = within(
                self.seconds,
                lambda: api.model_info(
                    repository, revision=revision, files_metadata=True, timeout=self.seconds
                ),
            )
        except HfHubHTTPError as error:
            # Its first line; the rest is advice for users of its own command line.
            words = str(error).strip().partition("\n")[0]
            where = f"{repository}{f' at {revision}' if revision else ''}"
            raise DownloadRefused(f"{self.address} does not give {where}: {words}") from error
        except (httpx2.TransportError, TimeoutError) as error:
            words = str(error) or type(error).__name__
            raise HubUnreachable(
                f"No model hub reachable: {self.address} did not answer within {self.seconds:g} s ({words})"
            ) from error
        except (ValueError, TypeError, KeyError) as error:
            raise DownloadRefused(
                f"{self.address} does not answer as a model hub; set HF_ENDPOINT to one"
            ) from error
        siblings = {sibling.rfilename: sibling for sibling in info.siblings or []}
        if missing := missing_clip_files(set(siblings)):
            raise DownloadRefused(
                f"{repository} on {self.address} is no CLIP model in the layout of transformers: "
                f"it lacks {', '.join(missing)}"
            )
        commit = str(info.sha)
        wanted = [siblings[name] for name in wanted_clip_files(set(siblings))]
        files = [self._file(repository, commit, sibling, pin) for sibling in wanted]
        card = info.card_data
        return HubModel(repository, commit, card.get("license") if card else None, files)

    def headers(self) -> dict[str, str]:
        """What the hub wants to be told, such as the token of a user who is logged in."""
        return {str(name): str(value) for name, value in build_hf_headers().items()}

    def _file(self, repository: str, commit: str, sibling: RepoSibling, pin: HubPin | None) -> HubFile:
        name = sibling.rfilename
        told = sibling.lfs.sha256 if sibling.lfs else None
        pinned = pin.sha256.get(name) if pin else None
        if pinned and told and told != pinned:
            raise ContentWrong(f"{repository}/{name}: expected SHA-256 {pinned} but the hub offers {told}")
        expected = Expected(
            size=sibling.size,
            sha256=pinned or told,
            git_blob=None if told or sibling.size is None else sibling.blob_id,
        )
        return HubFile(name, f"{self.address}/{repository}/resolve/{commit}/{name}", expected)
