"""The same bytes every time on a GPU too: kernels that add in a fixed order, however many blocks take part.

Without them a sum that many threads add to (a convolution's gradient, attention's) has other last bits each
time, and a climb of a hundred steps carries that to other places of the cut-outs. What has no such kernel is
left as it is, with a warning; the compositor needs none of that kind (tests/test_on_cuda.py).
"""

import os
import warnings

import torch


def make_repeatable(device: torch.device) -> None:
    """For this process, before its first product of matrices on `device`; on a CPU there is nothing to do.

    Source: the notes on reproducibility in PyTorch's documentation; cuBLAS wants to be told how much it may
    keep for itself (CUBLAS_WORKSPACE_CONFIG), or it chooses its kernels by what happens to be free.
    """
    if device.type != "cuda":
        return
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True, warn_only=True)
    # DTYPE=float32 means it: TF32 would part vectors of one digest by a thousandth from those of a CPU.
    torch.backends.cudnn.allow_tf32 = False
    # Attention's own kernels for gradients are repeatable only where all has to be; plain products are.
    torch.backends.cuda.enable_flash_sdp(False)
    torch.backends.cuda.enable_mem_efficient_sdp(False)
    torch.backends.cuda.enable_cudnn_sdp(False)
    # Said of any gradient of grid_sample, true of that of its pictures: the compositor wants its grid's only.
    warnings.filterwarnings("ignore", message="grid_sampler_2d_backward_cuda")
    # Or every new tensor is filled with NaN first: for finding bugs, at the cost of a kernel each.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
