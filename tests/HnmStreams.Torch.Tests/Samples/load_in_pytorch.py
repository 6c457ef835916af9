"""Loads the model of a checkpoint, or a promoted version, in PyTorch: python3 load_in_pytorch.py model.safetensors

The network is the perceptron of dense rows with `"standardize": false`. A test of HnmStreams.Torch checks the names and shapes.
"""
import sys

# region sample
import torch
from safetensors.torch import load_file  # pip install safetensors


class Mlp(torch.nn.Module):
    def __init__(self, features, hidden, outputs):
        super().__init__()
        widths = [features, *hidden, outputs]
        self.layers = len(widths) - 1
        for i in range(self.layers):
            self.add_module(f"layer{i}", torch.nn.Linear(widths[i], widths[i + 1]))

    def forward(self, x):
        for i in range(self.layers - 1):
            x = torch.relu(getattr(self, f"layer{i}")(x))
        return getattr(self, f"layer{self.layers - 1}")(x)


def load(path):
    weights = load_file(path)
    layers = len(weights) // 2
    widths = [weights[f"layer{i}.weight"].shape[0] for i in range(layers)]
    model = Mlp(weights["layer0.weight"].shape[1], widths[:-1], widths[-1])
    model.load_state_dict(weights)
    return model.eval()
# endregion


if __name__ == "__main__":
    print(load(sys.argv[1]))
