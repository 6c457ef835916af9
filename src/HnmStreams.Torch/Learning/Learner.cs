using HnmStreams.Data.Rows;
using HnmStreams.Torch.Devices;
using HnmStreams.Torch.Learning.Optimizers;
using HnmStreams.Torch.Learning.Passes;
using HnmStreams.Torch.Native;
using HnmStreams.Torch.Networks;
using HnmStreams.Torch.Snapshots;
using TorchSharp;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning;

/// <summary>The weights, their optimizer and the version counter. Turns batches of rows into model versions.</summary>
/// <remarks>
/// Used by one thread at a time. Apart from those of the network, the optimizer and published snapshots, no tensor
/// outlives a call.
/// </remarks>
public sealed class Learner : IDisposable
{
    private readonly ILearningTask _task;
    private readonly Device _device;
    private readonly int _threads;
    private readonly nn.Module<Tensor, Tensor> _network;
    // The tensors of the network, and the same list with the optimizer's averages in place of the trained parameters.
    private readonly IReadOnlyList<(string Name, Tensor Tensor)> _state;
    private readonly IReadOnlyList<(string Name, Tensor Tensor)> _weights;
    private readonly TrainedParameters _trained;
    private readonly GradientReader _gradients;
    private readonly TrainingPass _pass;
    private readonly Tensor[] _buffers;
    private readonly IParameterUpdate _update;
    private readonly LearningRateSchedule _schedule;
    private readonly MemorizationBackoff? _backoff;
    private readonly WeightAverage? _average;
    private readonly IEmbeddingTask? _embedding;
    private readonly CrossBatchMemory? _memory;
    private readonly double _clipNorm;
    private readonly Generator _random;
    private int[] _rowIndices = [];

    /// <param name="seed">The seed of the initial weights and of random choices in the loss.</param>
    /// <param name="threads">Torch's number of threads on the calling thread; 1 or more.</param>
    /// <exception cref="TorchLoadException">libtorch cannot be loaded.</exception>
    /// <exception cref="DeviceException">The task needs bfloat16, which the device does not have.</exception>
    /// <exception cref="ArgumentException">The optimizer does not support learning rates per layer, and the task has them; or a step of several passes would have another gradient.</exception>
    public Learner(ILearningTask task, TrainingOptions options, Device device, ulong seed, int threads)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(device);
        TorchLibrary.EnsureLoaded();
        ThreadCount.Ensure(threads);
        if (task.UsesBFloat16)
            TorchDevices.CheckBFloat16(device);
        (_task, _device, _threads, _clipNorm) = (task, device, threads, options.ClipNorm);
        _network = NetworkFactory.Create(task, seed);
        _random = new Generator(seed, CPU);
        // Moving to another device replaces parameters, so it comes before the optimizer is created.
        _network.to(device);
        _network.train();
        _state = NetworkFactory.State(_network);
        _trained = new TrainedParameters(_network, task);
        var parameters = _trained.Parameters;
        _gradients = new GradientReader([.. parameters.Select(static p => p.Tensor)], device);
        if (options.RowsPerPass > 0 && RowCoupling.Of(_network, task.LossCouplesRows) is { } reason)
            throw new ArgumentException($"'pipeline.training.rowsPerPass' must be 0 for the task {task.Name} but is {options.RowsPerPass}: {reason}", nameof(options));
        _pass = new TrainingPass(_network, _gradients, [.. parameters.Select(static p => p.Name)], options.RowsPerPass, task.LossCouplesRows, Loss);
        _buffers = [.. _network.buffers()];
        var onHost = device.type == DeviceType.CPU;
        _update = options.Optimizer switch
        {
            TrainingOptions.Sgd => new SgdUpdate(parameters, options.Momentum, options.WeightDecay, _trained.Training),
            TrainingOptions.ScheduleFree or TrainingOptions.Prodigy when _trained.HasOwnRates =>
                throw new ArgumentException($"'pipeline.training.optimizer' must be {TrainingOptions.Adam} or {TrainingOptions.Sgd} but is {options.Optimizer}: layers of the task {task.Name} have their own learning rates or are trained from a later step.", nameof(options)),
            TrainingOptions.ScheduleFree => new ScheduleFreeUpdate(parameters, options.WeightDecay, options.WeightAveraging > 0 ? 1 - options.WeightAveraging : 0, onHost),
            TrainingOptions.Prodigy => new ProdigyUpdate(parameters, options.WeightDecay, onHost),
            _ => new AdamUpdate(parameters, options.WeightDecay, onHost, _trained.Training),
        };
        _weights = _update.PublishedWeights is { } published ? [.. _state.Select(s => (s.Name, published.GetValueOrDefault(s.Name, s.Tensor)))] : _state;
        _schedule = new LearningRateSchedule(options);
        // The steps of sgd shrink with the loss by themselves. With the other optimizers the effect was not measured.
        _backoff = options is { Optimizer: TrainingOptions.Adam, FullRateHardness: > 0 } && task.HardnessIsLogLoss ? new MemorizationBackoff(options.FullRateHardness, task.OutputWidth == 1) : null;
        // An optimizer that averages the weights itself needs no second average.
        _average = options.WeightAveraging > 0 && _update.PublishedWeights is null ? new WeightAverage(_state, options.WeightAveraging) : null;
        _embedding = task as IEmbeddingTask;
        _memory = _embedding is { Memory.Rows: > 0 } ? new CrossBatchMemory(_embedding.Memory.Rows, task.OutputWidth, device) : null;
    }

    /// <summary>The names and shapes of all weights. Learners with the same signature can load each other's weights.</summary>
    public string Signature => NetworkFactory.SignatureOf(_state);

    /// <summary>The number of applied steps.</summary>
    public long Steps { get; private set; }

    /// <summary>The number of steps that were refused because the loss or the gradient was not finite.</summary>
    public long RefusedSteps { get; private set; }

    /// <summary>The last published version; 0 is the initial model.</summary>
    public long Version { get; private set; }

    /// <summary>The learning rate of the next step by the schedule; with <c>prodigy</c>, the factor on its estimate.</summary>
    public double LearningRate => _schedule.At(Steps);

    /// <summary>The factor on the learning rate of the newest step, above 0 and at most 1: below 1 if the batches are memorized (<see cref="TrainingOptions.FullRateHardness"/>).</summary>
    public double RateFactor => _backoff?.Factor ?? 1;

    /// <summary>Runs one training step: forward pass, weighted mean loss, backward pass, check for finite values, clipping, update.</summary>
    /// <param name="rows">The batch: at least one row; all rows are used.</param>
    public StepOutcome Step(RowBuffer rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfZero(rows.Count, nameof(rows));
        ThreadCount.Ensure(_threads);
        using var scope = NewDisposeScope();
        var buffers = _buffers.Select(b => b.clone()).ToArray();
        var (losses, hardness) = (new float[rows.Count], new float[rows.Count]);

        var indices = RowIndices(rows.Count);
        var targets = OnDevice(_task.CollateTrainingTargets(rows, indices, Steps));
        var pass = _pass.Run(scope, OnDevice(_task.CollateTraining(rows, indices, Steps)), targets, rows.Weights, losses, _trained.At(Steps));
        HostValues.Read(pass.Outputs, out var hostOutputs);
        _task.TrainingHardness(hostOutputs, rows, indices, Steps, hardness);
        if (pass.Gradients is not { } gradients)
            return Refuse(buffers, new StepOutcome(Applied: false, pass.MeanLoss, losses, hardness, float.NaN, "The loss is not finite."));

        var norm = _gradients.Norm(gradients);
        if (!double.IsFinite(norm))
            return Refuse(buffers, new StepOutcome(Applied: false, pass.MeanLoss, losses, hardness, (float)norm, "The gradient is not finite."));

        var scale = _clipNorm > 0 && norm > _clipNorm ? _clipNorm / norm : 1;
        _backoff?.Add(rows.Labels, hardness);
        _update.Apply(gradients, _schedule.At(Steps) * RateFactor, scale);
        Steps++;
        _average?.Update();
        _memory?.Add(pass.Outputs, targets);
        return new StepOutcome(Applied: true, pass.MeanLoss, losses, hardness, (float)norm, Refusal: null)
        {
            Terms = _task.LossTerms(targets),
            Embeddings = _embedding is null ? [] : hostOutputs.ToArray(),
        };
    }

    /// <summary>Increments the version and returns its weights (their average, if the settings or the optimizer have one) in host memory, with their strides.</summary>
    /// <returns>The snapshot, which the caller disposes.</returns>
    public ModelSnapshot Publish()
    {
        Version++;
        return Current();
    }

    /// <summary>Returns the weights that <see cref="Publish"/> would return, under the last published version.</summary>
    public ModelSnapshot Current()
    {
        ThreadCount.Ensure(_threads);
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>(_state.Count, StringComparer.Ordinal);
        foreach (var (name, tensor) in _average?.Averages ?? _weights)
        {
            var copy = _device.type == DeviceType.CPU ? tensor.detach().clone() : tensor.detach().cpu();
            tensors.Add(name, copy.DetachFromDisposeScope());
        }

        return new ModelSnapshot(Version, tensors);
    }

    /// <summary>Replaces the weights and restarts their average. The optimizer's moments, step and version stay.</summary>
    /// <exception cref="InvalidDataException">Names or shapes are not those of the task's network, or a weight is not finite. Nothing has changed then.</exception>
    public void LoadWeights(IReadOnlyDictionary<string, Tensor> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        FiniteWeights.Check(weights);
        NetworkFactory.Load(_weights, weights);
        _update.OnWeightsReplaced();
        _average?.Restart();
    }

    /// <summary>Returns copies of the learner's whole state. O(bytes of the model). Must be called between two steps.</summary>
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

        tensors.Add(LearnerState.RandomName, _random.get_state().clone().DetachFromDisposeScope());
        if (_backoff is not null)
            tensors.Add(LearnerState.BackoffName, _backoff.Capture().DetachFromDisposeScope());
        var counters = new LearnerCounters(Steps, RefusedSteps, Version, _update.Steps, _average?.Steps ?? 0);
        return new LearnerState(counters, tensors, random.get_rng_state().bytes.ToArray());
    }

    /// <summary>Restores a captured state exactly. Tensors keep the strides that they have in this learner.</summary>
    /// <exception cref="InvalidDataException">The state belongs to another network or optimizer. Nothing has changed then.</exception>
    public void Restore(LearnerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        ThreadCount.Ensure(_threads);
        if (!state.Tensors.TryGetValue(LearnerState.RandomName, out var savedRandom))
            throw new InvalidDataException($"The state has no '{LearnerState.RandomName}'.");
        // If averaging was enabled since the capture, the average starts from the restored weights; if it was disabled,
        // the saved average is ignored.
        var averaged = _average is not null && state.Of(LearnerState.AveragePrefix).Count > 0;
        // A memory that was enabled or resized since the capture starts empty.
        var remembered = state.Of(LearnerState.MemoryPrefix);
        var remembers = _memory?.Fits(remembered) == true;
        var groups = Groups()
            .Where(g => averaged || !string.Equals(g.Prefix, LearnerState.AveragePrefix, StringComparison.Ordinal))
            .Where(g => !string.Equals(g.Prefix, LearnerState.MemoryPrefix, StringComparison.Ordinal))
            .Select(g => (Own: g.Tensors, Saved: state.Of(g.Prefix)))
            .ToArray();
        foreach (var group in groups)
            NetworkFactory.Check(group.Own, group.Saved);
        foreach (var group in groups)
            NetworkFactory.Load(group.Own, group.Saved);
        if (remembers)
            _memory!.Load(remembered);
        // A checkpoint from before this factor, or without it, starts with the full rate.
        if (_backoff is not null && state.Tensors.TryGetValue(LearnerState.BackoffName, out var savedBackoff))
            _backoff.Restore(savedBackoff);

        (Steps, RefusedSteps, Version) = (state.Counters.Steps, state.Counters.RefusedSteps, state.Counters.Version);
        _update.Steps = state.Counters.OptimizerSteps;
        _update.OnRestored();
        if (averaged)
            _average!.Steps = state.Counters.AveragedSteps;
        else
            _average?.Restart();
        _random.set_state(savedRandom);
        using var generator = tensor(state.Generator.ToArray());
        random.set_rng_state(generator);
    }

    public void Dispose()
    {
        _update.Dispose();
        _average?.Dispose();
        _memory?.Dispose();
        _random.Dispose();
        _network.Dispose();
    }

    private IEnumerable<(string Prefix, IReadOnlyList<(string Name, Tensor Tensor)> Tensors)> Groups()
    {
        yield return (LearnerState.WeightPrefix, _weights);
        yield return (LearnerState.OptimizerPrefix, [.. _update.State]);
        if (_average is not null)
            yield return (LearnerState.AveragePrefix, _average.Averages);
        if (_memory is not null)
            yield return (LearnerState.MemoryPrefix, _memory.State);
    }

    private Tensor Loss(Tensor outputs, Tensor targets) =>
        _memory is not null && Steps >= _embedding!.Memory.AfterSteps && _memory.View() is { } remembered
            ? _embedding.Loss(outputs, targets, remembered, _random)
            : _task.Loss(outputs, targets, _random);

    private StepOutcome Refuse(Tensor[] buffers, StepOutcome outcome)
    {
        RefusedSteps++;
        using var guard = no_grad();
        for (var i = 0; i < buffers.Length; i++)
            _buffers[i].copy_(buffers[i]);
        return outcome;
    }

    private Tensor OnDevice(Tensor tensor) => _device.type == DeviceType.CPU ? tensor : tensor.to(_device);

    private ReadOnlySpan<int> RowIndices(int count)
    {
        if (_rowIndices.Length < count)
            _rowIndices = [.. Enumerable.Range(0, count)];
        return _rowIndices.AsSpan(0, count);
    }
}
