using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Pipeline.Ranking.Inspection;
using HnmStreams.Pipeline.Ranking.Requests;

namespace HnmStreams.Pipeline;

/// <summary>Requests to a running learner. The ranking stage answers them between two batches, or the evaluator or the registry does; none delays the stream.</summary>
/// <remarks>Thread-safe. A <see cref="TimeoutException"/> means that the learner is too busy, or has ended.</remarks>
public interface ILearnerQuestions : IModelQuestions
{
    /// <summary>Returns the hardest negatives of the pool, hardest first.</summary>
    Task<IReadOnlyList<Candidate>> HardestAsync(int top, CancellationToken cancellation = default);

    /// <summary>Returns the distribution of hardness in the pool.</summary>
    Task<HardnessHistogram> HistogramAsync(CancellationToken cancellation = default);

    /// <summary>Returns the composition of the last training batches, newest first.</summary>
    Task<IReadOnlyList<ComposedBatch>> BatchesAsync(CancellationToken cancellation = default);

    /// <summary>Returns the suspected label errors that are in quarantine, oldest first.</summary>
    Task<IReadOnlyList<Candidate>> QuarantinedAsync(CancellationToken cancellation = default);

    /// <summary>Applies a person's decision on a suspected label error. A candidate with a wrong label is removed for good; one with a right label is offered to the pool again.</summary>
    /// <returns>False if the candidate is not in quarantine.</returns>
    Task<bool> JudgeAsync(string id, int region, bool wrongLabel, CancellationToken cancellation = default);

    /// <summary>Takes a person's verdict back: the candidate is in quarantine again. The last 50 verdicts of a process can be taken back.</summary>
    /// <returns>False if there is no such verdict, or a newer record of the example has made it void.</returns>
    Task<bool> UndoVerdictAsync(string id, int region, CancellationToken cancellation = default);

    /// <summary>Returns a candidate; null if it is not held.</summary>
    Task<Candidate?> CandidateAsync(string id, int region, CancellationToken cancellation = default);

    /// <summary>Explains the hardness of a candidate; null if it is not held. Occupies a compute lane for some hundred milliseconds.</summary>
    Task<Explanation?> ExplainAsync(string id, int region, CancellationToken cancellation = default);

    /// <summary>Returns the open requests for labels with their inputs, largest score first.</summary>
    Task<IReadOnlyList<OpenLabelRequest>> LabelRequestsAsync(int top, CancellationToken cancellation = default);

    /// <summary>Returns an open request for a label with its input; null if none exists for this id.</summary>
    Task<OpenLabelRequest?> LabelRequestAsync(string id, CancellationToken cancellation = default);

    /// <summary>Pins a version: it is served and saved instead of the promoted one until <see cref="UnpinVersion"/>. Kept versions and the newest can be pinned.</summary>
    /// <returns>The card of the version; null if it is not kept.</returns>
    /// <exception cref="InvalidOperationException">There is no promotion gate, so the newest version is always served.</exception>
    Task<ModelCard?> PinVersionAsync(long version, CancellationToken cancellation = default);

    /// <summary>Serves the promoted version again.</summary>
    /// <exception cref="InvalidOperationException">There is no promotion gate, so the newest version is always served.</exception>
    void UnpinVersion();
}
