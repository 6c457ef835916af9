using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Ranking;

namespace HnmStreams.Pipeline;

/// <summary>What a person may ask of a running learner. Answers come from between two batches; nothing waits for them.</summary>
/// <remarks>Thread-safe. A <see cref="TimeoutException"/> says that the learner is too busy, or gone.</remarks>
public interface ILearnerQuestions
{
    /// <summary>The pool's hardest negatives, hardest first.</summary>
    Task<IReadOnlyList<HardNegative>> HardestAsync(int top, CancellationToken cancellation = default);

    Task<HardnessHistogram> HistogramAsync(CancellationToken cancellation = default);

    /// <summary>What the last training batches were made of, newest first.</summary>
    Task<IReadOnlyList<ComposedBatch>> BatchesAsync(CancellationToken cancellation = default);

    /// <summary>Suspected wrong labels that are set aside, the longest first.</summary>
    Task<IReadOnlyList<QuarantinedCandidate>> QuarantinedAsync(CancellationToken cancellation = default);

    /// <summary>A person's verdict on a suspect: a wrong label leaves for good, a right one is offered to the pool again. False where it is not set aside.</summary>
    Task<bool> JudgeAsync(string id, int unit, bool wrongLabel, CancellationToken cancellation = default);

    /// <summary>Null where nothing of that name is held.</summary>
    Task<Candidate?> CandidateAsync(string id, int unit, CancellationToken cancellation = default);

    /// <summary>Why a candidate is hard; null where nothing of that name is held. Some hundred milliseconds of a lane.</summary>
    Task<Explanation?> ExplainAsync(string id, int unit, CancellationToken cancellation = default);

    /// <summary>Which version is the latest, and what was decided of others. Cheap.</summary>
    RegistryStatus Models();

    /// <summary>Writes the latest model as safetensors with its card in the metadata. Null, and no file, before the first.</summary>
    Task<ModelCard?> WriteLatestAsync(string path, CancellationToken cancellation = default);

    /// <summary>What the latest model says of a few examples; their labels are not looked at beyond being allowed ones. Milliseconds of a lane.</summary>
    Task<ScoredExamples> ScoreAsync(IReadOnlyList<Example> examples, CancellationToken cancellation = default);
}
