using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Torch.Export;

namespace HnmStreams.Pipeline.Evaluating;

/// <summary>Requests about the served model, to a running learner or to a process that only serves.</summary>
/// <remarks>Thread-safe. A <see cref="TimeoutException"/> means that the process is too busy, or has ended.</remarks>
public interface IModelQuestions
{
    /// <summary>Returns the promoted version and the decisions about others. Cheap.</summary>
    RegistryStatus Models();

    /// <summary>Writes the promoted model in a format (<see cref="ModelExport"/>), with its card in the metadata. Returns null and writes no file before the first.</summary>
    /// <exception cref="NotSupportedException">The format does not exist for the task's network. The message names one that does.</exception>
    Task<ModelCard?> WritePromotedAsync(string path, string format = ModelExport.Safetensors, CancellationToken cancellation = default);

    /// <summary>Opens the weights of a kept version, which the caller disposes; null if it is not kept.</summary>
    Stream? OpenVersion(long version);

    /// <summary>Writes a kept version in a format (<see cref="ModelExport"/>) and opens the file, which is deleted when the caller disposes it; null if the version is not kept.</summary>
    /// <exception cref="NotSupportedException">The format does not exist for the task's network. The message names one that does.</exception>
    Task<Stream?> ExportVersionAsync(long version, string format, CancellationToken cancellation = default);

    /// <summary>Returns the promoted model's scores of a few examples. Their labels are not used, but must be allowed ones. Occupies a compute lane for milliseconds.</summary>
    Task<ScoredExamples> ScoreAsync(IReadOnlyList<Example> examples, CancellationToken cancellation = default);
}
