using System.Runtime.InteropServices;
using HnmStreams.Data.Rows;
using HnmStreams.Torch.Devices;
using HnmStreams.Torch.Native;
using HnmStreams.Torch.Networks;
using HnmStreams.Torch.Snapshots;
using TorchSharp;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Replicas;

/// <summary>A network of its own that scores rows under the version it last adopted.</summary>
/// <remarks>One thread at a time. No tensor outlives a call but the network's own.</remarks>
public sealed class ScoringReplica : IDisposable
{
    private readonly ILearningTask _task;
    private readonly Device _device;
    private readonly int _threads;
    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly IReadOnlyList<(string Name, Tensor Tensor)> _state;

    /// <summary>Until the first <see cref="Adopt"/> it scores with arbitrary weights, as version -1.</summary>
    /// <param name="threads">Of torch, for whichever thread calls <see cref="Score"/>; 1 or more.</param>
    /// <exception cref="TorchLoadException">libtorch cannot be loaded.</exception>
    public ScoringReplica(ILearningTask task, Device device, int threads)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(device);
        TorchLibrary.EnsureLoaded();
        ThreadCount.Ensure(threads);
        (_task, _device, _threads) = (task, device, threads);
        _network = NetworkFactory.Create(task, seed: 0);
        _network.to(device);
        _network.eval();
        _state = NetworkFactory.State(_network);
    }

    public long Version { get; private set; } = -1;

    /// <summary>Copies the snapshot's weights into the replica's own tensors; no reference is kept.</summary>
    /// <exception cref="InvalidDataException">Names or shapes are not those of the task's network; nothing has changed then.</exception>
    public void Adopt(ModelSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ThreadCount.Ensure(_threads);
        NetworkFactory.Load(_state, snapshot.Tensors);
        Version = snapshot.Version;
    }

    /// <summary>Scores the rows at <paramref name="indices"/>.</summary>
    /// <param name="outputs">Takes n x OutputWidth floats, row-major.</param>
    /// <param name="hardness">Takes n floats; NaN where the outputs are NaN.</param>
    /// <exception cref="ArgumentException">A span is shorter than that.</exception>
    public void Score(RowBuffer rows, ReadOnlySpan<int> indices, Span<float> outputs, Span<float> hardness)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var width = _task.OutputWidth;
        if (outputs.Length < indices.Length * width)
            throw new ArgumentException($"{indices.Length} rows give {indices.Length * width} outputs; there is room for {outputs.Length}.", nameof(outputs));
        if (hardness.Length < indices.Length)
            throw new ArgumentException($"{indices.Length} rows give as many hardnesses; there is room for {hardness.Length}.", nameof(hardness));

        ThreadCount.Ensure(_threads);
        using (inference_mode())
        {
            var most = _device.type == DeviceType.CPU ? Math.Min(_task.RowsPerPass, indices.Length) : indices.Length;
            for (var from = 0; from < indices.Length; from += most)
            {
                var some = indices.Slice(from, Math.Min(most, indices.Length - from));
                Forward(rows, some, outputs.Slice(from * width, some.Length * width));
            }
        }

        _task.Hardness(outputs[..(indices.Length * width)], rows, indices, hardness[..indices.Length]);
    }

    public void Dispose() => _network.Dispose();

    private void Forward(RowBuffer rows, ReadOnlySpan<int> indices, Span<float> outputs)
    {
        using var scope = NewDisposeScope();
        var input = _task.Collate(rows, indices);
        if (_device.type != DeviceType.CPU)
            input = input.to(_device);
        var result = _network.forward(input);
        if (_device.type != DeviceType.CPU)
            result = result.cpu();
        MemoryMarshal.Cast<byte, float>(result.contiguous().bytes).CopyTo(outputs);
    }
}
