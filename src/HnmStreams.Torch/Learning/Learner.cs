using System.Runtime.InteropServices;
using HnmStreams.Data.Rows;
using HnmStreams.Torch.Devices;
using HnmStreams.Torch.Learning.Optimizers;
using HnmStreams.Torch.Native;
using HnmStreams.Torch.Networks;
using HnmStreams.Torch.Snapshots;
using TorchSharp;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning;

/// <summary>The weights, their optimizer and the version counter: turns batches of rows into model versions.</summary>
/// <remarks>One thread at a time. No tensor outlives a call but the network's, the optimizer's and those of published snapshots.</remarks>
public sealed class Learner : IDisposable
{
    private readonly ILearningTask _task;
    private readonly Device _device;
    private readonly int _threads;
    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly IReadOnlyList<(string Name, Tensor Tensor)> _state;
    private readonly Tensor[] _parameters;
    private readonly RowGradient?[] _rows;
    private readonly Tensor[] _buffers;
    private readonly IParameterUpdate _update;
    private readonly LearningRateSchedule _schedule;
    private readonly WeightAverage? _average;
    private readonly IEmbeddingTask? _embedding;
    private readonly CrossBatchMemory? _memory;
    private readonly double _clipNorm;
    private int[] _everyRow = [];

    /// <param name="seed">Decides the initial weights.</param>
    /// <param name="threads">Of torch, for whichever thread calls; 1 or more.</param>
    /// <exception cref="TorchLoadException">libtorch cannot be loaded.</exception>
    public Learner(ILearningTask task, TrainingOptions options, Device device, ulong seed, int threads)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(device);
        TorchLibrary.EnsureLoaded();
        ThreadCount.Ensure(threads);
        (_task, _device, _threads, _clipNorm) = (task, device, threads, options.ClipNorm);
        _network = NetworkFactory.Create(task, seed);
        // Moving replaces parameters on other devices, so it comes before the optimizer.
        _network.to(device);
        _network.train();
        _state = NetworkFactory.State(_network);
        var parameters = _network.named_parameters().Where(p => p.parameter.requires_grad).Select(p => (p.name, (Tensor)p.parameter)).ToArray();
        _parameters = [.. parameters.Select(p => p.Item2)];
        _rows = new RowGradient?[_parameters.Length];
        _buffers = [.. _network.buffers()];
        _update = string.Equals(options.Optimizer, "sgd", StringComparison.Ordinal)
            ? new SgdUpdate(parameters, options.Momentum, options.WeightDecay)
            : new AdamUpdate(parameters, options.WeightDecay, vectorised: device.type == DeviceType.CPU);
        _schedule = new LearningRateSchedule(options);
        _average = options.WeightAveraging > 0 ? new WeightAverage(_state, options.WeightAveraging) : null;
        _embedding = task as IEmbeddingTask;
        _memory = _embedding is { Memory.Rows: > 0 } ? new CrossBatchMemory(_embedding.Memory.Rows, task.OutputWidth, device) : null;
    }

    /// <summary>Names and shapes of all weights: two learners of the same signature can take each other's.</summary>
    public string Signature => string.Join(", ", _state.Select(s => $"{s.Name}[{string.Join('x', s.Tensor.shape)}]"));

    /// <summary>Steps applied.</summary>
    public long Steps { get; private set; }

    /// <summary>Steps refused because a loss or a gradient was not finite.</summary>
    public long RefusedSteps { get; private set; }

    /// <summary>The version last published; 0 is the initial model.</summary>
    public long Version { get; private set; }

    /// <summary>The rate that the next step will take.</summary>
    public double LearningRate => _schedule.At(Steps);

    /// <summary>Forward, weighted mean loss, backward, clipping, guard, update.</summary>
    /// <param name="rows">One row or more, all of them used.</param>
    public StepOutcome Step(RowBuffer rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfZero(rows.Count, nameof(rows));
        ThreadCount.Ensure(_threads);
        using var scope = NewDisposeScope();
        var kept = _buffers.Select(b => b.clone()).ToArray();
        var (losses, hardness) = (new float[rows.Count], new float[rows.Count]);

        var every = EveryRow(rows.Count);
        var outputs = _network.forward(OnDevice(_task.CollateTraining(rows, every, Steps)));
        Read(outputs, out var hostOutputs);
        _task.TrainingHardness(hostOutputs, rows, every, Steps, hardness);
        var targets = OnDevice(_task.CollateTrainingTargets(rows, every, Steps));
        var perRow = Loss(outputs, targets);
        Read(perRow, out var hostLosses);
        hostLosses.CopyTo(losses);
        var mean = WeightedMean(perRow, rows.Weights, losses, out var hostMean);
        if (!float.IsFinite(hostMean))
            return Refuse(kept, new StepOutcome(Applied: false, hostMean, losses, hardness, float.NaN, "The loss is not finite."));

        var gradients = Gradients(mean);
        var norm = Norm(gradients);
        if (!double.IsFinite(norm))
            return Refuse(kept, new StepOutcome(Applied: false, hostMean, losses, hardness, (float)norm, "The gradient is not finite."));

        var scale = _clipNorm > 0 && norm > _clipNorm ? _clipNorm / norm : 1;
        _update.Apply(gradients, _schedule.At(Steps), scale);
        Steps++;
        _average?.Update();
        _memory?.Add(outputs, targets);
        return new StepOutcome(Applied: true, hostMean, losses, hardness, (float)norm, Refusal: null)
        {
            Terms = _task.LossTerms(targets),
            Embeddings = _embedding is null ? [] : hostOutputs.ToArray(),
        };
    }

    /// <summary>Counts the version up and gives its weights (their average, where that is configured) in host memory, strides kept.</summary>
    /// <returns>The caller's to dispose.</returns>
    public ModelSnapshot Publish()
    {
        Version++;
        return Current();
    }

    /// <summary>The weights as <see cref="Publish"/> would give them, under the version last published.</summary>
    public ModelSnapshot Current()
    {
        ThreadCount.Ensure(_threads);
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>(_state.Count, StringComparer.Ordinal);
        foreach (var (name, tensor) in _average?.Averages ?? _state)
        {
            var copy = _device.type == DeviceType.CPU ? tensor.detach().clone() : tensor.detach().cpu();
            tensors.Add(name, copy.DetachFromDisposeScope());
        }

        return new ModelSnapshot(Version, tensors);
    }

    /// <summary>Replaces the weights (and restarts their average); optimizer, step and version stay.</summary>
    /// <exception cref="InvalidDataException">Names or shapes are not those of the task's network; nothing has changed then.</exception>
    public void LoadWeights(IReadOnlyDictionary<string, Tensor> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        NetworkFactory.Load(_state, weights);
        _average?.Restart();
    }

    /// <summary>Copies of all that this learner remembers. O(bytes of the model); between two steps.</summary>
    public LearnerState Capture()
    {
        ThreadCount.Ensure(_threads);
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (prefix, group) in Groups())
        {
            foreach (var (name, tensor) in group)
                tensors.Add(prefix + name, tensor.detach().cpu().clone().DetachFromDisposeScope());
        }

        var counters = new LearnerCounters(Steps, RefusedSteps, Version, _update.Steps, _average?.Steps ?? 0);
        return new LearnerState(counters, tensors, random.get_rng_state().bytes.ToArray());
    }

    /// <summary>Goes on exactly where the captured learner stood; tensors keep the strides that they have here.</summary>
    /// <exception cref="InvalidDataException">The state is of another network or optimizer; nothing has changed then.</exception>
    public void Restore(LearnerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        ThreadCount.Ensure(_threads);
        // An average that was switched on since begins at the restored weights; one that was switched off is left out.
        var averaged = _average is not null && state.Of(LearnerState.AveragePrefix).Count > 0;
        // A memory that was switched on or changed its size since begins empty.
        var remembers = _memory is not null && NetworkFactory.Fits(_memory.State, state.Of(LearnerState.MemoryPrefix));
        var groups = Groups()
            .Where(g => averaged || !string.Equals(g.Prefix, LearnerState.AveragePrefix, StringComparison.Ordinal))
            .Where(g => remembers || !string.Equals(g.Prefix, LearnerState.MemoryPrefix, StringComparison.Ordinal))
            .Select(g => (Own: g.Tensors, Saved: state.Of(g.Prefix)))
            .ToArray();
        foreach (var (own, saved) in groups)
            NetworkFactory.Check(own, saved);
        foreach (var (own, saved) in groups)
            NetworkFactory.Load(own, saved);

        (Steps, RefusedSteps, Version) = (state.Counters.Steps, state.Counters.RefusedSteps, state.Counters.Version);
        _update.Steps = state.Counters.OptimizerSteps;
        if (averaged)
            _average!.Steps = state.Counters.AveragedSteps;
        else
            _average?.Restart();
        using var generator = tensor(state.Generator.ToArray());
        random.set_rng_state(generator);
    }

    public void Dispose()
    {
        _update.Dispose();
        _average?.Dispose();
        _memory?.Dispose();
        _network.Dispose();
    }

    private IEnumerable<(string Prefix, IReadOnlyList<(string Name, Tensor Tensor)> Tensors)> Groups()
    {
        yield return (LearnerState.WeightPrefix, _state);
        yield return (LearnerState.OptimizerPrefix, [.. _update.State]);
        if (_average is not null)
            yield return (LearnerState.AveragePrefix, _average.Averages);
        if (_memory is not null)
            yield return (LearnerState.MemoryPrefix, _memory.State);
    }

    private Tensor Loss(Tensor outputs, Tensor targets) =>
        _memory is not null && Steps >= _embedding!.Memory.AfterSteps && _memory.View() is { } remembered
            ? _embedding.Loss(outputs, targets, remembered)
            : _task.Loss(outputs, targets);

    private StepOutcome Refuse(Tensor[] kept, StepOutcome outcome)
    {
        RefusedSteps++;
        using var guard = no_grad();
        for (var i = 0; i < kept.Length; i++)
            _buffers[i].copy_(kept[i]);
        return outcome;
    }

    private ParameterGradient[] Gradients(Tensor loss)
    {
        var gradients = autograd.grad([loss], _parameters, allow_unused: true);
        var ordered = new ParameterGradient[gradients.Count];
        for (var i = 0; i < ordered.Length; i++)
            ordered[i] = gradients[i].IsInvalid ? DenseTensor.InOrderOf(zeros_like(_parameters[i]), _parameters[i]) : gradients[i].is_sparse ? OfRows(i, gradients[i]) : DenseTensor.InOrderOf(gradients[i], _parameters[i]);
        return ordered;
    }

    // What an embedding gives that was made sparse. Row by row in host memory; elsewhere a dense pass costs less than the way back.
    private ParameterGradient OfRows(int parameter, Tensor gradient)
    {
        var (indices, values) = (gradient.SparseIndices.select(0, 0), gradient.SparseValues);
        var shape = gradient.shape;
        if (_device.type != DeviceType.CPU)
            return DenseTensor.InOrderOf(zeros(shape, device: _device).index_add_(0, indices, values, Constants.One), _parameters[parameter]);
        var rows = _rows[parameter] ??= new RowGradient(checked((int)shape[0]), checked((int)shape[1]));
        rows.Set(MemoryMarshal.Cast<byte, long>(indices.contiguous().bytes), MemoryMarshal.Cast<byte, float>(values.contiguous().bytes));
        return rows;
    }

    private double Norm(ParameterGradient[] gradients)
    {
        var squares = 0.0;
        foreach (var gradient in gradients)
        {
            squares += _device.type != DeviceType.CPU
                ? gradient.Dense.Flat.pow(Constants.Two).sum(ScalarType.Float64).item<double>()
                : FloatSpans.SumOfSquares(gradient.Rows is { } rows ? rows.Values : gradient.Dense.Values);
        }

        return Math.Sqrt(squares);
    }

    private Tensor WeightedMean(Tensor perRow, ReadOnlySpan<float> weights, ReadOnlySpan<float> losses, out float hostMean)
    {
        var (sum, total, even) = (0.0, 0.0, true);
        for (var i = 0; i < weights.Length; i++)
        {
            sum += (double)weights[i] * losses[i];
            total += weights[i];
            even &= weights[i] == weights[0];
        }

        hostMean = (float)(sum / total);
        if (even)
            return perRow.mean();
        var host = new float[weights.Length];
        for (var i = 0; i < host.Length; i++)
            host[i] = (float)(weights[i] / total);
        return (perRow * OnDevice(tensor(host))).sum();
    }

    private Tensor OnDevice(Tensor tensor) => _device.type == DeviceType.CPU ? tensor : tensor.to(_device);

    private static void Read(Tensor tensor, out ReadOnlySpan<float> values) =>
        values = MemoryMarshal.Cast<byte, float>(tensor.detach().cpu().contiguous().bytes);

    private ReadOnlySpan<int> EveryRow(int count)
    {
        if (_everyRow.Length < count)
            _everyRow = [.. Enumerable.Range(0, count)];
        return _everyRow.AsSpan(0, count);
    }
}
