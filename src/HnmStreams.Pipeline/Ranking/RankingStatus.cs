using HnmStreams.Data.Records;
using HnmStreams.Mining.Composition;
using HnmStreams.Pipeline.Memory.Waiting;
using HnmStreams.Pipeline.Ranking.Labels;
using HnmStreams.Pipeline.Ranking.Outcomes;
using HnmStreams.Pipeline.Ranking.Requests;
using HnmStreams.Pipeline.Ranking.Sharing;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>A snapshot of the ranking stage. Immutable; for any thread.</summary>
/// <param name="Stream">The counts of what the stream has brought.</param>
/// <param name="Pool">The pool of hard negatives, and the quarantine.</param>
/// <param name="PositivesKept">Positives in the reservoir.</param>
/// <param name="NegativesKept">Negatives in the reservoir.</param>
/// <param name="SkippedSteps">Steps that the stream allowed and a slow trainer could not take.</param>
/// <param name="MiningAllowed">False until the model beats chance: only random negatives are trained on.</param>
/// <param name="LastMix">The plan of the newest training batch; null before the first.</param>
/// <param name="PinnedBytes">Payload memory that a checkpoint still being written holds.</param>
/// <param name="Positions">The positions up to which the stream is in the state.</param>
/// <param name="Index">The index of embeddings; null for tasks without groups.</param>
/// <param name="Labels">The inputs and labels that wait for each other, and their joins; null if labels are inline.</param>
/// <param name="Rescoring">The examples that are scored again because their score was too old; null if labels are inline and <c>pipeline.scoring.maxPoolAge</c> is 0.</param>
/// <param name="Served">The served predictions against their labels, and changes of the stream; null if labels are inline.</param>
/// <param name="Requests">The requests for labels; null if none are made.</param>
/// <param name="PresumedWeights">The weights of presumed negatives; null if <c>labels.delayCorrection</c> is none.</param>
/// <param name="Bound">The effect of the bounds by which score nodes select payloads; null without score nodes.</param>
/// <param name="Teacher">The candidates that a teacher has checked; null without <c>task.teacher</c>.</param>
public sealed record RankingStatus(
    StreamCounters Stream,
    PoolStatus Pool,
    int PositivesKept,
    int NegativesKept,
    long SkippedSteps,
    bool MiningAllowed,
    MixPlan? LastMix,
    long PinnedBytes,
    IReadOnlyList<StreamPosition> Positions,
    IndexStatus? Index = null,
    WaitingStatus? Labels = null,
    RescoringStatus? Rescoring = null,
    ServedStatus? Served = null,
    LabelRequestStatus? Requests = null,
    PresumedWeightStatus? PresumedWeights = null,
    BoundStatus? Bound = null,
    TeacherStatus? Teacher = null)
{
    /// <summary>The status before the first batch.</summary>
    public static RankingStatus Initial { get; } = new(StreamCounters.Zero, PoolStatus.Empty, 0, 0, 0, false, null, 0, []);
}

/// <summary>The pool of hard negatives.</summary>
/// <param name="Count">Candidates in the pool.</param>
/// <param name="Bytes">Bytes of payload that the pool accounts for.</param>
/// <param name="Threshold">The hardness that an offer must exceed; null while there is room.</param>
/// <param name="Hardest">The hardness of the hardest candidate; null if the pool is empty.</param>
/// <param name="Quarantined">Suspected label errors in quarantine.</param>
/// <param name="MaxCount">The current maximum number of candidates, which may follow the stream.</param>
public sealed record PoolStatus(int Count, long Bytes, float? Threshold, float? Hardest, int Quarantined, int MaxCount = 0)
{
    /// <summary>The status of an empty pool.</summary>
    public static PoolStatus Empty { get; } = new(0, 0, null, null, 0);
}

/// <summary>The candidates that a teacher has checked, since the start of this learner.</summary>
/// <param name="Checked">Candidates that were hard enough to be checked, or mined pairs of the task retrieval.</param>
/// <param name="HeldBack">Candidates that were moved to the quarantine, because the teacher gives another label at least <c>task.teacher.threshold</c>; pairs that were left out because it finds them relevant.</param>
/// <param name="Computed">Rows or pairs that the teacher's network was run on by this process; the others were in its cache.</param>
public sealed record TeacherStatus(long Checked, long HeldBack, long Computed);

/// <summary>The model's own index of a task with groups.</summary>
/// <param name="Kept">Examples that batches are made of.</param>
/// <param name="Embedded">Those that have an embedding.</param>
/// <param name="AgeInVersions">The mean age of the embeddings in model versions; null if there are none.</param>
public sealed record IndexStatus(int Kept, int Embedded, double? AgeInVersions);

/// <summary>The joined examples whose served prediction is older than <c>pipeline.scoring.maxScoreAge</c>, and the candidates of the pool whose score is older than <c>pipeline.scoring.maxPoolAge</c>.</summary>
/// <param name="Waiting">Examples that wait to be scored again.</param>
/// <param name="Rescored">Examples that were scored again.</param>
/// <param name="Refused">Examples that were not, because others were harder or too many waited. They stay in the reservoirs.</param>
/// <param name="Refreshed">Candidates of the pool that were scored again.</param>
public sealed record RescoringStatus(int Waiting, long Rescored, long Refused, long Refreshed = 0);
