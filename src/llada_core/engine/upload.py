"""Host arrays to the device, and back."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt
import torch


def upload(array: npt.NDArray[Any], device: torch.device) -> torch.Tensor:
    """`array` on `device`. On the CPU the memory is shared; to a GPU the copy does not wait."""
    tensor = torch.from_numpy(array)
    if device.type == "cpu":
        return tensor
    return tensor.pin_memory().to(device, non_blocking=True)


def download(tensor: torch.Tensor) -> npt.NDArray[Any]:
    """`tensor` as an array; waits for the device."""
    array: npt.NDArray[Any] = tensor.cpu().numpy()
    return array
