"""What can go wrong with model files, named after what happened to the person."""


class ModelFileError(Exception):
    """A model file cannot be had or is not what it should be; the message says what to do next."""


class HubUnreachable(ModelFileError):
    """Nobody answers at the address within the time given."""


class DownloadRefused(ModelFileError):
    """The server answers but does not give the file."""


class DownloadCut(ModelFileError):
    """The connection broke before the end; what came is kept, and the next try goes on from there."""


class TimeIsUp(ModelFileError):
    """The time given for a download is up; what came is kept."""


class DiskFull(ModelFileError):
    """The disk has no room for the file."""


class ContentWrong(ModelFileError):
    """A file is not the one it should be."""
