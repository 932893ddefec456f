"""When steers take effect: those that came, those that wait for their step, and those that were followed."""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from collage.v1.composition_service_pb2 import RefusedSteer, Steer

from inference.composition.climb_state import ClimbState
from inference.composition.steering import FindSprites, apply_steer
from inference.errors import InferenceError, SteerInvalid

# More than a person clicks; each is kept, and followed again when a checkpoint is gone on from.
MAX_STEERS = 10_000


@dataclass
class Turn:
    """What became of the steers between two steps."""

    applied: list[Steer] = field(default_factory=list)  # each with the step it took effect at
    refused: list[RefusedSteer] = field(default_factory=list)
    stopped: bool = False


@dataclass
class SteerLog:
    """All steers of a climb. `incoming` may be appended to from any thread."""

    incoming: deque[Steer]
    pending: list[Steer] = field(default_factory=list)  # wait for their step
    applied: list[Steer] = field(default_factory=list)

    def follow(self, state: ClimbState, find_sprites: FindSprites) -> Turn:
        """Follows all that is due now, in the order it came; after a `stop` nothing is followed any more."""
        turn = Turn()
        for steer in self._due(state.step, turn):
            try:
                if steer.WhichOneof("action") == "stop":
                    turn.stopped = True
                else:
                    apply_steer(state, steer, find_sprites)
            except InferenceError as error:
                turn.refused.append(_refused(steer, error))
                continue
            taken = Steer()
            taken.CopyFrom(steer)
            taken.step = state.step
            turn.applied.append(taken)
            if turn.stopped:
                break
        self.applied += turn.applied
        return turn

    def _due(self, step: int, turn: Turn) -> list[Steer]:
        due = [steer for steer in self.pending if steer.step <= step]
        self.pending = [steer for steer in self.pending if steer.step > step]
        while self.incoming:
            steer = self.incoming.popleft()
            if steer.step not in (0, step) and steer.step < step:
                turn.refused.append(_refused(steer, _too_late(steer, step)))
            elif len(self.applied) + len(self.pending) + len(due) >= MAX_STEERS:
                turn.refused.append(_refused(steer, _too_many()))
            elif steer.step in (0, step):
                due.append(steer)
            else:
                self.pending.append(steer)
        return due


def merged(pending: Iterable[Steer], recorded: Iterable[Steer]) -> list[Steer]:
    """What waits in a checkpoint and what its start records besides: what is in both is followed once."""
    waiting = list(pending)
    known = Counter(map(_bytes, waiting))
    for steer in recorded:
        if known[_bytes(steer)]:
            known[_bytes(steer)] -= 1
        else:
            waiting.append(steer)
    return sorted(waiting, key=lambda steer: steer.step)


def _bytes(steer: Steer) -> bytes:
    return bytes(steer.SerializeToString(deterministic=True))


def _refused(steer: Steer, error: InferenceError) -> RefusedSteer:
    return RefusedSteer(steer=steer, reason=error.reason, message=error.message)


def _too_late(steer: Steer, step: int) -> SteerInvalid:
    return SteerInvalid(f"Expected 0 or a step from {step} on for steer.step but received {steer.step}")


def _too_many() -> SteerInvalid:
    return SteerInvalid(f"Expected at most {MAX_STEERS} steers in one climb but received one more")
