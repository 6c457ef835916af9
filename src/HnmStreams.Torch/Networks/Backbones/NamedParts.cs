using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks.Backbones;

/// <summary>A level in the names of a network's tensors, without its own computation: the names are those of published files.</summary>
internal sealed class NamedParts : nn.Module
{
    private readonly nn.Module[] _parts;

    /// <param name="parts">The parts by name. They are disposed with this level.</param>
    public NamedParts(params IReadOnlyList<(string Name, nn.Module Module)> parts)
        : base(nameof(NamedParts))
    {
        _parts = [.. parts.Select(static part => part.Module)];
        foreach (var (name, module) in parts)
            register_module(name, module);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var part in _parts)
                part.Dispose();
        }

        base.Dispose(disposing);
    }
}
