using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Web.Api.Responses;

namespace HnmStreams.Web.Api.Models;

/// <summary>The part that answers questions about the served model.</summary>
/// <param name="LabelName">Returns the name of a label of the task.</param>
internal sealed record ModelSource(IModelQuestions Questions, Func<int, string> LabelName);

/// <summary>Queries of the served model: of a running learner, or of a process that only serves.</summary>
/// <param name="source">Returns the source, or throws if there is none.</param>
/// <remarks>Thread-safe.</remarks>
internal sealed class ModelQueries(Func<ModelSource> source)
{
    public ModelsResponse Models() => ModelsResponse.Of(source().Questions.Models());

    /// <summary>Opens the weights of a kept version, which the caller disposes. Returns null if it is not kept.</summary>
    public Stream? OpenVersion(long version) => source().Questions.OpenVersion(version);

    /// <summary>Writes a kept version in another format and opens the file, which the caller disposes. Returns null if the version is not kept.</summary>
    /// <exception cref="NotSupportedException">The format does not exist for the task's network.</exception>
    public Task<Stream?> ExportVersionAsync(long version, string format, CancellationToken cancellation) => source().Questions.ExportVersionAsync(version, format, cancellation);

    /// <summary>Writes the promoted model's weights to a file. Returns null, and writes no file, before the first promotion.</summary>
    public Task<ModelCard?> WritePromotedAsync(string path, CancellationToken cancellation) => source().Questions.WritePromotedAsync(path, cancellation: cancellation);

    public async Task<ScoresResponse> ScoreAsync(IReadOnlyList<Example> examples, CancellationToken cancellation)
    {
        var (questions, labelName) = source();
        return ScoresResponse.Of(await questions.ScoreAsync(examples, cancellation), labelName);
    }
}
