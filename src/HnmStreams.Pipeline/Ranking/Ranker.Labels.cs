using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Memory.Waiting;
using HnmStreams.Pipeline.Ranking.Labels;
using HnmStreams.Pipeline.Ranking.Requests;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>
/// The batches of streams whose labels come later: examples, joined examples and tombstones in the order of the stream, and the examples that
/// are scored again because their served prediction is too old.
/// </summary>
internal sealed partial class Ranker
{
    private const int MaxRescoring = 16_384;

    private readonly RescoringQueue _rescoring;
    private readonly long _maxScoreAge;
    private List<StoredExample> _inRescoring = [];

    /// <summary>Captures the inputs and labels that wait, between two batches; null if labels are inline.</summary>
    public WaitingCapture? CaptureLabels() => _joiner?.Capture();

    /// <returns>The number of corrections, of joined examples that were learned, and of served predictions whose truth is known now.</returns>
    private (int Corrections, int Learned, int Outcomes) TakeInOrder(ExampleBatch batch, LabelJoiner joiner)
    {
        var (before, requestsBefore) = (joiner.Status, joiner.Requests?.Status);
        using var joined = joiner.Join(batch);
        LabelInstruments.Count(before, joiner.Status);
        CountRequests(requestsBefore);
        var (corrections, learned, outcomes, scored, next) = (0, 0, 0, 0, 0);
        for (var at = 0; at < batch.Arrivals.Count; at++)
        {
            var (kind, index) = batch.Arrivals[at];
            if (kind == ArrivalKind.Example)
                corrections += TakeRow(batch, index, ref scored) ? 1 : 0;
            else if (kind == ArrivalKind.HeldOut)
                corrections += AddHeldOut(batch, index) ? 1 : 0;
            else if (kind == ArrivalKind.Tombstone)
                Forget(batch.Tombstones[index].Key);
            for (; next < joined.Count && joined[next].Event == at; next++)
            {
                // A labeled example was taken above.
                if (kind is ArrivalKind.Unlabeled or ArrivalKind.Label)
                    Take(joined, next, ref corrections, ref learned, ref outcomes);
            }
        }

        for (; next < joined.Count; next++)
            Take(joined, next, ref corrections, ref learned, ref outcomes);
        return (corrections, learned, outcomes);
    }

    private void Take(JoinedExamples joined, int result, ref int corrections, ref int learned, ref int outcomes)
    {
        var (kind, row, score) = (joined[result].Kind, joined.RowOf(result), joined.ScoreOf(result));
        if (row < 0)
            return;
        if (kind != WaitingResultKind.Confirmed)
        {
            learned++;
            var isCorrection = joined[result].IsHeldOut ? AddHeldOut(joined.Batch, row) : TakeRow(joined.Batch, row, score);
            corrections += isCorrection ? 1 : 0;
            if (score < 0 && !joined[result].IsHeldOut)
                ScoreLater(joined.Batch, row);
            if (kind != WaitingResultKind.Corrected)
                _audit?.Add(joined[result].Source.Key);
        }

        // A presumed label is no outcome.
        if (score < 0 || kind == WaitingResultKind.Presumed)
            return;
        outcomes++;
        Evaluate(joined.Batch, row, score, isServed: true);
    }

    /// <summary>Returns a batch of examples to score with the newest version; null if none wait or a batch is being scored. Answered by <see cref="TakeRescored"/>.</summary>
    /// <param name="rows">The maximum number of rows.</param>
    public ExampleBatch? NextToRescore(int rows)
    {
        if (_rescoring.Count == 0 || _inRescoring.Count > 0)
            return null;
        _inRescoring = _rescoring.Peek(rows);
        var batch = new ExampleBatch(BatcherState.NextBatch, rows);
        foreach (var example in _inRescoring)
        {
            batch.Rows.Add(_payloads.Read(example), example.Label, example.Weight);
            batch.Sources.Add(example.Source);
            batch.ToScore.Add(batch.Rows.Count - 1);
        }

        return batch;
    }

    /// <summary>Ranks examples by their new scores. Those that were removed or corrected meanwhile are skipped; without scores, all wait again.</summary>
    public void TakeRescored(ExampleBatch batch)
    {
        var examples = _inRescoring;
        _inRescoring = [];
        if (batch.Scores is not { } scores)
            return;
        for (var row = 0; row < examples.Count; row++)
        {
            if (!_rescoring.Finish(examples[row]))
                continue;
            var key = new CandidateKey(examples[row].Source.Key, 0);
            Rank(batch, row, key, scores.Hardness[row], scores.Version, examples[row], isNew: false, span: null);
            _payloads.Release(examples[row]);
        }
    }

    /// <summary>Returns the open requests for labels with their inputs, largest score first.</summary>
    public IReadOnlyList<OpenLabelRequest> OpenRequests(int top) => _joiner?.OpenRequests(top) ?? [];

    /// <summary>Returns an open request for a label with its input; null if there is none for this id.</summary>
    public OpenLabelRequest? FindRequest(string id) => _joiner?.FindRequest(id);

    /// <summary>Makes the requests for labels that are due. For streams that pause, because each batch makes them too.</summary>
    public void IssueRequests()
    {
        var before = _joiner?.Requests?.Status;
        _joiner?.IssueRequests();
        CountRequests(before);
    }

    /// <summary>Returns a batch of unlabeled examples that the newest version is to predict as well; null if there is none. Answered by <see cref="TakeCompared"/>.</summary>
    /// <param name="minRows">The minimum number of rows.</param>
    public ExampleBatch? NextToCompare(int minRows) => _joiner?.Requests?.Comparison?.Next(minRows);

    /// <summary>Takes the predictions of the newest version.</summary>
    public void TakeCompared(ExampleBatch batch) => _joiner?.Requests?.TakeCompared(batch);

    private void CountRequests(LabelRequestStatus? before)
    {
        if (before is not null && _joiner?.Requests?.Status is { } after)
            LabelRequestInstruments.Count(before, after);
    }

    // An example whose prediction failed.
    private void ScoreLater(ExampleBatch batch, int row)
    {
        var key = new CandidateKey(batch.Sources[row].Key, 0);
        if (_task.RoleOf(batch.Rows.Labels[row]) == ExampleRole.Negative)
            _rescoring.Add(FindStored(key) ?? _payloads.Keep(batch, row), -1, 0);
    }

    private bool IsTooOld(long version) => _joiner is not null && _maxScoreAge > 0 && _modelVersion - version > _maxScoreAge;
}
