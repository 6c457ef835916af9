using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning;

/// <summary>The parameters of a network that are trained, now or from a later step. A parameter that is not trained yet requires no gradient, so that no step computes one.</summary>
/// <remarks>One thread. A function of the step, so that it has no state to save.</remarks>
internal sealed class TrainedParameters
{
    private readonly Parameter[] _parameters;
    private readonly int[] _all;
    private readonly long _last;

    /// <exception cref="ArgumentException">A rate is not finite and above 0, or no parameter is trained from the first step.</exception>
    public TrainedParameters(nn.Module network, ILearningTask task)
    {
        var named = new List<(string Name, Parameter Parameter, ParameterTraining Training)>();
        foreach (var (name, parameter) in network.named_parameters().Where(static p => p.parameter.requires_grad))
        {
            var training = task.TrainingOf(name);
            if (!double.IsFinite(training.RateFactor) || training.RateFactor <= 0)
                throw new ArgumentException($"The factor on the learning rate of '{name}' must be finite and above 0 but is {training.RateFactor}.", nameof(task));
            if (training.IsTrained)
                named.Add((name, parameter, training));
            else
                parameter.requires_grad = false;
        }

        if (!named.Exists(static p => p.Training.FromStep <= 0))
            throw new ArgumentException($"At least one parameter of the task {task.Name} must be trained from the first step.", nameof(task));
        _parameters = [.. named.Select(static p => p.Parameter)];
        Parameters = [.. named.Select(static p => (p.Name, (Tensor)p.Parameter))];
        Training = [.. named.Select(static p => p.Training)];
        _all = [.. Enumerable.Range(0, _parameters.Length)];
        _last = Training.Max(static training => training.FromStep);
        HasOwnRates = Training.Any(static training => training != ParameterTraining.Full);
    }

    /// <summary>The parameters that are trained at some step, in the order of the network.</summary>
    public IReadOnlyList<(string Name, Tensor Tensor)> Parameters { get; }

    /// <summary>Their training.</summary>
    public IReadOnlyList<ParameterTraining> Training { get; }

    /// <summary>True if a parameter has its own learning rate or is trained from a later step.</summary>
    public bool HasOwnRates { get; }

    /// <summary>Returns the indices of the parameters that are trained in a step, and lets these only require a gradient.</summary>
    /// <param name="step">The number of steps applied before this one.</param>
    public int[] At(long step)
    {
        var trained = step >= _last ? _all : [.. _all.Where(i => Training[i].FromStep <= step)];
        if (_last <= 0)
            return trained;
        for (var i = 0; i < _parameters.Length; i++)
        {
            var requires = Training[i].FromStep <= step;
            if (_parameters[i].requires_grad != requires)
                _parameters[i].requires_grad = requires;
        }

        return trained;
    }
}
