"""Where the composition's tests paint and climb: on the CPU, or with TEST_DEVICE=cuda on a GPU."""

import os

import torch

DEVICE = torch.device(os.environ.get("TEST_DEVICE", "cpu"))
