"""What `glore bench train` is held against: the same Llama in PyTorch, eager, f32, on two threads.

    python3 benches/torch_train.py && glore bench train        (both on the same idle machine)

Same sizes, 4,096 tokens a step (32 sequences of 128), logits at half of the positions, AdamW, gradients
clipped. PyTorch's sequences are of one length, those of `glore bench train` are packed end to end.
"""
import time

import torch
import torch.nn.functional as F
from torch import nn

VOCABULARY, HEAD, BATCH, LENGTH, STEPS, WARM_UP = 1024, 32, 32, 128, 15, 3
SIZES = [(128, 4, 352), (160, 5, 448), (256, 6, 704)]


class Block(nn.Module):
    def __init__(self, width, wide):
        super().__init__()
        self.gains = nn.Parameter(torch.ones(2, width))
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.gate_up = nn.Linear(width, 2 * wide, bias=False)
        self.down = nn.Linear(wide, width, bias=False)

    def forward(self, x, cos, sin):
        batch, length, width = x.shape

        def norm(x, gains):
            return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * gains

        def turn(x):
            a, b = x.chunk(2, -1)
            return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)

        heads = self.qkv(norm(x, self.gains[0])).view(batch, length, 3, width // HEAD, HEAD)
        q, k, v = heads.permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(turn(q), turn(k), v, is_causal=True)
        x = x + self.out(seen.transpose(1, 2).reshape(batch, length, width))
        gate, up = self.gate_up(norm(x, self.gains[1])).chunk(2, -1)
        return x + self.down(F.silu(gate) * up)


def run(width, layers, wide):
    table = nn.Embedding(VOCABULARY, width)
    blocks = nn.ModuleList(Block(width, wide) for _ in range(layers))
    parameters = [*table.parameters(), *blocks.parameters()]
    adam = torch.optim.AdamW(parameters, lr=1e-3, betas=(0.9, 0.98), weight_decay=0.05)
    frequencies = 10000 ** (-torch.arange(HEAD // 2) / (HEAD // 2))
    angles = torch.arange(LENGTH)[:, None] * frequencies
    cos, sin = angles.cos(), angles.sin()
    for step in range(WARM_UP + STEPS):
        if step == WARM_UP:
            begun = time.time()
        tokens = torch.randint(0, VOCABULARY, (BATCH, LENGTH + 1))
        x = table(tokens[:, :-1])
        for block in blocks:
            x = block(x, cos, sin)
        logits = x[:, ::2].reshape(-1, width) @ table.weight.t()
        loss = F.cross_entropy(logits, tokens[:, 1::2].reshape(-1))
        adam.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        adam.step()
    rate = STEPS * BATCH * LENGTH / (time.time() - begun)
    millions = sum(p.numel() for p in parameters) / 1e6
    print(f"PyTorch {torch.__version__}, {millions:.1f} M parameters: {rate:.0f} tokens/s", flush=True)


if __name__ == "__main__":
    torch.set_num_threads(2)
    torch.manual_seed(1)
    for size in SIZES:
        run(*size)
