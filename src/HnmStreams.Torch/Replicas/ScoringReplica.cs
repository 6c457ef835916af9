using System.Runtime.InteropServices;
using HnmStreams.Data.Rows;
using HnmStreams.Torch.Devices;
using HnmStreams.Torch.Native;
using HnmStreams.Torch.Networks;
using HnmStreams.Torch.Snapshots;
using TorchSharp;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Replicas;

/// <summary>A network that scores rows with the weights of the model version it last adopted.</summary>
/// <remarks>Used by one thread at a time. Apart from the network's own, no tensor outlives a call.</remarks>
public sealed class ScoringReplica : IDisposable
{
    /// <summary>The number of rows in each pass of <see cref="Predict"/>: a multiple of the width of vector registers, and small, because a request with one row pays for all.</summary>
    public const int PredictedRowsPerPass = 16;

    private readonly ILearningTask _task;
    private readonly Device _device;
    private readonly int _threads;
    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly IReadOnlyList<(string Name, Tensor Tensor)> _state;

    /// <summary>Creates a replica. Until the first <see cref="Adopt"/> it scores with arbitrary weights, as version -1.</summary>
    /// <param name="threads">Torch's number of threads for calls of <see cref="Score"/>; 1 or more.</param>
    /// <exception cref="TorchLoadException">libtorch cannot be loaded.</exception>
    /// <exception cref="DeviceException">The task needs bfloat16, which the device does not have.</exception>
    public ScoringReplica(ILearningTask task, Device device, int threads)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(device);
        TorchLibrary.EnsureLoaded();
        ThreadCount.Ensure(threads);
        if (task.UsesBFloat16)
            TorchDevices.CheckBFloat16(device);
        (_task, _device, _threads) = (task, device, threads);
        _network = NetworkFactory.Create(task, seed: 0);
        _network.to(device);
        _network.eval();
        _state = NetworkFactory.State(_network);
    }

    public long Version { get; private set; } = -1;

    /// <summary>The name and the shape of each tensor of the network, like that of a learner.</summary>
    public string Signature => NetworkFactory.SignatureOf(_state);

    /// <summary>The number of floats that <see cref="Embed"/> writes per row; 0 if the task's network has no embedding.</summary>
    public int EmbeddingWidth => (_network as IEmbeddingNetwork)?.EmbeddingWidth ?? 0;

    /// <summary>Copies the snapshot's weights into the replica's own tensors; keeps no reference to it.</summary>
    /// <exception cref="InvalidDataException">Names or shapes are not those of the task's network. Nothing has changed then.</exception>
    public void Adopt(ModelSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ThreadCount.Ensure(_threads);
        NetworkFactory.Load(_state, snapshot.Tensors);
        Version = snapshot.Version;
    }

    /// <summary>Scores the rows at <paramref name="indices"/>.</summary>
    /// <param name="outputs">Receives n x OutputWidth floats, row-major.</param>
    /// <param name="hardness">Receives n floats; NaN if the outputs are NaN.</param>
    /// <exception cref="ArgumentException">A span is too short.</exception>
    public void Score(RowBuffer rows, ReadOnlySpan<int> indices, Span<float> outputs, Span<float> hardness)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var width = _task.OutputWidth;
        if (outputs.Length < indices.Length * width)
            throw new ArgumentException($"The span must hold {indices.Length * width} outputs of {indices.Length} rows but holds {outputs.Length}.", nameof(outputs));
        if (hardness.Length < indices.Length)
            throw new ArgumentException($"The span must hold the hardness of {indices.Length} rows but holds {hardness.Length}.", nameof(hardness));

        ThreadCount.Ensure(_threads);
        InPasses(rows, indices, outputs, width, _network.forward);
        _task.Hardness(outputs[..(indices.Length * width)], rows, indices, hardness[..indices.Length]);
    }

    /// <summary>
    /// Writes the outputs of the rows at <paramref name="indices"/> in passes of a fixed number of rows, which repeat a row if too few are
    /// left. The outputs of a row then do not depend on the rows that it is scored with: a kernel for another number of rows may round
    /// differently. So every part that serves a prediction of the same version gives the same bits, on the same machine and device. The exceptions are a
    /// user's own text model and a backbone of texts, whose rows are padded to the longest text of a pass: they may round differently.
    /// </summary>
    /// <param name="outputs">Receives n x OutputWidth floats, row-major.</param>
    /// <exception cref="ArgumentException">The span is too short.</exception>
    public void Predict(RowBuffer rows, ReadOnlySpan<int> indices, Span<float> outputs)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var width = _task.OutputWidth;
        if (outputs.Length < indices.Length * width)
            throw new ArgumentException($"The span must hold {indices.Length * width} outputs of {indices.Length} rows but holds {outputs.Length}.", nameof(outputs));
        ThreadCount.Ensure(_threads);
        using var inference = inference_mode();
        Span<int> pass = stackalloc int[PredictedRowsPerPass];
        Span<float> padded = PredictedRowsPerPass * width <= 1024 ? stackalloc float[PredictedRowsPerPass * width] : new float[PredictedRowsPerPass * width];
        for (var from = 0; from < indices.Length; from += PredictedRowsPerPass)
        {
            var count = Math.Min(PredictedRowsPerPass, indices.Length - from);
            indices.Slice(from, count).CopyTo(pass);
            pass[count..].Fill(indices[from]);
            Forward(rows, pass, padded, _network.forward);
            padded[..(count * width)].CopyTo(outputs[(from * width)..]);
        }
    }

    /// <summary>Writes the embeddings of the rows at <paramref name="indices"/> (<see cref="IEmbeddingNetwork"/>).</summary>
    /// <param name="embeddings">Receives n x <see cref="EmbeddingWidth"/> floats, row-major.</param>
    /// <exception cref="NotSupportedException">The network has no embedding.</exception>
    /// <exception cref="ArgumentException">The span is too short.</exception>
    public void Embed(RowBuffer rows, ReadOnlySpan<int> indices, Span<float> embeddings)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (_network is not IEmbeddingNetwork network)
            throw new NotSupportedException($"The network of the task {_task.Name} has no embedding.");
        if (embeddings.Length < indices.Length * network.EmbeddingWidth)
            throw new ArgumentException($"The span must hold {indices.Length * network.EmbeddingWidth} numbers of {indices.Length} rows but holds {embeddings.Length}.", nameof(embeddings));
        ThreadCount.Ensure(_threads);
        InPasses(rows, indices, embeddings, network.EmbeddingWidth, network.Embed);
    }

    public void Dispose() => _network.Dispose();

    private void InPasses(RowBuffer rows, ReadOnlySpan<int> indices, Span<float> into, int width, Func<Tensor, Tensor> forward)
    {
        using var inference = inference_mode();
        var rowsPerPass = _device.type == DeviceType.CPU ? Math.Min(_task.RowsPerPass, indices.Length) : indices.Length;
        for (var from = 0; from < indices.Length; from += rowsPerPass)
        {
            var pass = indices.Slice(from, Math.Min(rowsPerPass, indices.Length - from));
            Forward(rows, pass, into.Slice(from * width, pass.Length * width), forward);
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
