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

    /// <summary>Floats that <see cref="Embed"/> gives a row; 0 where the task's network has no embedding to show.</summary>
    public int EmbeddingWidth => (_network as IEmbeddingNetwork)?.EmbeddingWidth ?? 0;

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
        InPasses(rows, indices, outputs, width, _network.forward);
        _task.Hardness(outputs[..(indices.Length * width)], rows, indices, hardness[..indices.Length]);
    }

    /// <summary>Where the network places the rows at <paramref name="indices"/> (<see cref="IEmbeddingNetwork"/>).</summary>
    /// <param name="embeddings">Takes n x <see cref="EmbeddingWidth"/> floats, row-major.</param>
    /// <exception cref="NotSupportedException">The network has no embedding to show.</exception>
    /// <exception cref="ArgumentException">The span is shorter than that.</exception>
    public void Embed(RowBuffer rows, ReadOnlySpan<int> indices, Span<float> embeddings)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (_network is not IEmbeddingNetwork network)
            throw new NotSupportedException($"The network of the task {_task.Name} has no embedding to show.");
        if (embeddings.Length < indices.Length * network.EmbeddingWidth)
            throw new ArgumentException($"{indices.Length} rows give {indices.Length * network.EmbeddingWidth} numbers; there is room for {embeddings.Length}.", nameof(embeddings));
        ThreadCount.Ensure(_threads);
        InPasses(rows, indices, embeddings, network.EmbeddingWidth, network.Embed);
    }

    public void Dispose() => _network.Dispose();

    private void InPasses(RowBuffer rows, ReadOnlySpan<int> indices, Span<float> into, int width, Func<Tensor, Tensor> forward)
    {
        using var inference = inference_mode();
        var most = _device.type == DeviceType.CPU ? Math.Min(_task.RowsPerPass, indices.Length) : indices.Length;
        for (var from = 0; from < indices.Length; from += most)
        {
            var some = indices.Slice(from, Math.Min(most, indices.Length - from));
            Forward(rows, some, into.Slice(from * width, some.Length * width), forward);
        }
    }

    private void Forward(RowBuffer rows, ReadOnlySpan<int> indices, Span<float> outputs, Func<Tensor, Tensor> forward)
    {
        using var scope = NewDisposeScope();
        var input = _task.Collate(rows, indices);
        if (_device.type != DeviceType.CPU)
            input = input.to(_device);
        var result = forward(input);
        if (_device.type != DeviceType.CPU)
            result = result.cpu();
        MemoryMarshal.Cast<byte, float>(result.contiguous().bytes).CopyTo(outputs);
    }
}
