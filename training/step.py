"""One training step: mask, forward, backward, update. On a GPU it is captured once a shape, then replayed."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional as F

from training import network as net
from training.batches import Batch
from training.objective import corrupt
from training.optimizer import Optimizer

Shape = tuple[int, int]


class Loss:
    """The weighted cross-entropy, on flat activations [tokens, d_model]: compiled pieces see one shape."""

    def __init__(self, network: net.LLaDA, dtype: torch.dtype, compiled: bool) -> None:
        self.parts = network.model.transformer
        self.heads, self.width = network.config["n_heads"], network.config["d_model"]
        self.theta, self.dtype = network.config["rope_theta"], dtype
        self.head_dim = self.width // self.heads
        self._ropes: dict[Shape, tuple[torch.Tensor, torch.Tensor]] = {}
        pieces = (self._attend_in, self._attend_out, self._entropy)
        if compiled:
            pieces = tuple(torch.compile(piece, dynamic=False) for piece in pieces)
        self.attend_in, self.attend_out, self.entropy = pieces

    def _normed(self, x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        y = x.float()
        return (weight * (y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + net.EPSILON))).to(self.dtype)

    def _attend_in(
        self,
        x: torch.Tensor,
        norm: torch.Tensor,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        cos: torch.Tensor,
        sin: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        joined = F.linear(self._normed(x, norm), torch.cat([query, key, value]).to(self.dtype))
        q, k, v = (part.view(-1, self.heads, self.head_dim) for part in joined.chunk(3, -1))
        cos, sin = cos[:, None], sin[:, None]
        return net.rotate(q, cos, sin), net.rotate(k, cos, sin), v

    def _attend_out(
        self,
        x: torch.Tensor,
        attended: torch.Tensor,
        out: torch.Tensor,
        norm: torch.Tensor,
        gate: torch.Tensor,
        up: torch.Tensor,
        down: torch.Tensor,
    ) -> torch.Tensor:
        x = x + F.linear(attended, out.to(self.dtype))
        hidden, linear = F.linear(self._normed(x, norm), torch.cat([gate, up]).to(self.dtype)).chunk(2, -1)
        return x + F.linear(F.silu(hidden) * linear, down.to(self.dtype))

    def _entropy(
        self,
        x: torch.Tensor,
        norm: torch.Tensor,
        head: torch.Tensor,
        target: torch.Tensor,
        weight: torch.Tensor,
    ) -> torch.Tensor:
        logits = F.linear(self._normed(x, norm), head.to(self.dtype)).float()
        return (F.cross_entropy(logits, target, reduction="none") * weight).sum()

    def _rope(self, rows: int, width: int, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
        if (rows, width) not in self._ropes:
            cos, sin = net.rope_table(width, self.head_dim, self.theta, device)
            self._ropes[rows, width] = cos.repeat(rows, 1), sin.repeat(rows, 1)
        return self._ropes[rows, width]

    def __call__(self, ids: torch.Tensor, target: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        """The sum of `weight` times the cross-entropy of masked `ids` to `target`, all [rows, width]."""
        rows, width = ids.shape
        cos, sin = self._rope(rows, width, ids.device)
        x = F.embedding(ids.view(-1), self.parts["wte"].weight).to(self.dtype)

        def split(y: torch.Tensor) -> torch.Tensor:
            return y.view(rows, width, self.heads, self.head_dim).transpose(1, 2)

        for block in self.parts["blocks"]:
            w = [getattr(block, name).weight for name in ("attn_norm", "q_proj", "k_proj", "v_proj")]
            q, k, v = self.attend_in(x, *w, cos, sin)
            a = F.scaled_dot_product_attention(split(q), split(k), split(v))
            w = [
                getattr(block, name).weight
                for name in ("attn_out", "ff_norm", "ff_proj", "up_proj", "ff_out")
            ]
            x = self.attend_out(x, a.transpose(1, 2).reshape(-1, self.width), *w)
        head = self.parts["ff_out"].weight
        return self.entropy(x, self.parts["ln_f"].weight, head, target.view(-1), weight.view(-1))


class Step:
    """Trains `network` on one batch a call; if `fast` (GPU only), compiled and captured as a graph."""

    def __init__(self, network: net.LLaDA, optimizer: Optimizer, mask_id: int, fast: bool) -> None:
        self.device = next(network.parameters()).device
        dtype = torch.bfloat16 if self.device.type == "cuda" else torch.float32
        self.loss, self.optimizer, self.mask_id = Loss(network, dtype, compiled=fast), optimizer, mask_id
        self.loss_sum = torch.zeros((), device=self.device)
        self._graphs = fast
        self._inputs: dict[Shape, list[torch.Tensor]] = {}
        self._captured: dict[Shape, torch.cuda.CUDAGraph] = {}
        self._pool = torch.cuda.graph_pool_handle() if fast else None

    def mean_loss(self, steps: int) -> float:
        """The mean loss of the last `steps` steps, and begin to add up anew."""
        mean = float(self.loss_sum) / steps
        self.loss_sum.zero_()
        return mean

    def _run(self, inputs: list[torch.Tensor]) -> None:
        masked, weight = corrupt(*inputs, self.mask_id)
        loss = self.loss(masked, inputs[0], weight)
        loss.backward()
        self.optimizer.step()
        self.loss_sum.add_(loss.detach())

    def __call__(self, batch: Batch, scale: float) -> None:
        """One step at `scale` times the learning rates."""
        self.optimizer.set_scale(scale)
        arrays = (batch.ids, batch.start, batch.length, batch.hole_start, batch.hole_end)
        fresh = [torch.from_numpy(a.astype(np.int64)) for a in arrays]
        if not self._graphs:
            self._run([tensor.to(self.device) for tensor in fresh])
            return
        shape = tuple(batch.ids.shape)
        known = shape in self._inputs
        if not known:
            self._inputs[shape] = [torch.empty_like(tensor, device=self.device) for tensor in fresh]
        for to, tensor in zip(self._inputs[shape], fresh, strict=True):
            to.copy_(tensor.pin_memory(), non_blocking=True)
        if not known:  # The first step of a shape warms up compiled pieces and libraries.
            self._run(self._inputs[shape])
            return
        if shape not in self._captured:
            graph = torch.cuda.CUDAGraph()
            torch.cuda.synchronize()
            with torch.cuda.graph(graph, pool=self._pool, stream=torch.cuda.current_stream()):
                self._run(self._inputs[shape])
            self._captured[shape] = graph
        self._captured[shape].replay()
