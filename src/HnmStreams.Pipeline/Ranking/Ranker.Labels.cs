using HnmStreams.Data.Examples;
using HnmStreams.Mining.Pool;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory.Rescoring;
using HnmStreams.Pipeline.Memory.Waiting;
using HnmStreams.Pipeline.Ranking.Labels;
using HnmStreams.Pipeline.Ranking.Requests;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>
/// The batches of streams whose labels come later: examples, joined examples and tombstones in the order of the stream. And the examples that are scored
/// again beside the stream: joined examples whose served prediction is too old to be ranked by, and then, with spare capacity, the candidates of the
/// pool whose score has aged.
/// </summary>
internal sealed partial class Ranker
{
    /// <summary>The number of examples per batch that is scored again.</summary>
    public const int RescoredRows = 256;

    private const int MaxRescoring = 16_384;

    private readonly RescoringQueue _rescoring;
    private readonly AgedCandidates _aged;
    private readonly long _maxScoreAge;

    private readonly double _rescoredShare;

    // The rows of the batch at hand whose served prediction is too old.
    private readonly List<OutdatedRow> _outdated = [];
    private double _allowance;

    // The rows of the batch that is being scored: first the examples of the queue, then the candidates.
    private List<StoredExample> _inRescoring = [];
    private List<PoolItem<ExampleKey, StoredExample>> _inRefresh = [];

    /// <summary>Captures the inputs and labels that wait, between two batches; null if labels are inline.</summary>
    public WaitingCapture? CaptureLabels() => _joiner?.Capture();

    /// <returns>The number of corrections, of joined examples that were learned, and of served predictions whose truth is known now.</returns>
    private (int Corrections, int Learned, int Outcomes) TakeInOrder(ExampleBatch batch, LabelJoiner joiner)
    {
        var (before, requestsBefore) = (joiner.Status, joiner.Requests?.Status);
        if (joiner.Requests is { } requests)
            requests.NewestVersion = _modelVersion;
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
        ScoreHardestAgain();
        return (corrections, learned, outcomes);
    }

    private void Take(JoinedExamples joined, int result, ref int corrections, ref int learned, ref int outcomes)
    {
        var (kind, row, score) = (joined[result].Kind, joined.RowOf(result), joined.ScoreOf(result));
        if (row < 0)
            return;
        // A presumed negative that is confirmed counts fully from now on.
        if (kind != WaitingResultKind.Confirmed || _joiner!.Weights.IsEnabled)
        {
            learned++;
            var isCorrection = joined[result].IsHeldOut ? AddHeldOut(joined.Batch, row) : TakeRow(joined.Batch, row, score);
            corrections += isCorrection ? 1 : 0;
            if (score < 0 && !joined[result].IsHeldOut)
                ScoreLater(joined.Batch, row);
            if (kind is not (WaitingResultKind.Corrected or WaitingResultKind.Confirmed))
                _audit?.Add(joined[result].Source.Key);
        }

        // A presumed label is no outcome.
        if (score < 0 || joined[result].IsPresumed)
            return;
        outcomes++;
        Evaluate(joined.Batch, row, score, isServed: true);
    }

    /// <summary>Returns a batch of examples to score with the newest version; null if none wait or a batch is being scored. Answered by <see cref="TakeRescored"/>.</summary>
    /// <param name="rows">The maximum number of rows.</param>
    /// <param name="isSpare">True if scorers are idle, so that candidates whose score has aged are scored too.</param>
    /// <param name="minRows">The number of joined examples that must wait, because a pass over few rows costs almost as much as one over many.</param>
    public ExampleBatch? NextToRescore(int rows, bool isSpare, int minRows = 1)
    {
        if (!_rescores || _inRescoring.Count > 0 || _inRefresh.Count > 0)
            return null;
        _inRescoring = _rescoring.Count >= minRows ? _rescoring.Peek(rows) : [];
        _inRefresh = isSpare ? _aged.Take(rows - _inRescoring.Count, _modelVersion) : [];
        if (_inRescoring.Count + _inRefresh.Count == 0)
            return null;
        var batch = new ExampleBatch(BatcherState.NextBatch, rows);
        foreach (var example in _inRescoring)
            AddToScore(batch, example);
        foreach (var item in _inRefresh)
            AddToScore(batch, item.Payload);
        return batch;
    }

    /// <summary>
    /// Ranks examples by their new scores. Those that were removed, corrected or trained on meanwhile are skipped. Without scores, the examples wait
    /// again, and the candidates keep their scores until the next scan.
    /// </summary>
    public void TakeRescored(ExampleBatch batch)
    {
        var (examples, candidates) = (_inRescoring, _inRefresh);
        (_inRescoring, _inRefresh) = ([], []);
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

        for (var i = 0; i < candidates.Count; i++)
        {
            var hardness = scores.Hardness[examples.Count + i];
            if (float.IsNaN(hardness) || !_aged.IsUnchanged(candidates[i]))
                continue;
            _rescoring.Refreshed++;
            Visit(candidates[i].Key, hardness, scores.Version);
        }
    }

    private void AddToScore(ExampleBatch batch, StoredExample example)
    {
        batch.Rows.Add(_payloads.Read(example), example.Label, example.Weight);
        batch.Sources.Add(example.Source);
        batch.ToScore.Add(batch.Rows.Count - 1);
    }

    /// <summary>Returns the open requests for labels with their inputs, largest score first.</summary>
    public IReadOnlyList<OpenLabelRequest> OpenRequests(int top) => _joiner?.OpenRequests(top) ?? [];

    /// <summary>Returns an open request for a label with its input; null if none exists for this id.</summary>
    public OpenLabelRequest? FindRequest(string id) => _joiner?.FindRequest(id);

    /// <summary>Makes the requests for labels that are due. For streams that pause, because each batch makes them too.</summary>
    public void IssueRequests()
    {
        var before = _joiner?.Requests?.Status;
        _joiner?.IssueRequests();
        CountRequests(before);
    }

    /// <summary>Returns a batch of unlabeled examples that the newest version is to predict as well; null if none exists. Answered by <see cref="TakeCompared"/>.</summary>
    /// <param name="minRows">The minimum number of rows.</param>
    public ExampleBatch? NextToCompare(int minRows) => _joiner?.Requests?.Comparison?.Next(minRows);

    /// <summary>Takes the predictions of the newest version.</summary>
    public void TakeCompared(ExampleBatch batch) => _joiner?.Requests?.TakeCompared(batch);

    private void CountRequests(LabelRequestStatus? before)
    {
        if (before is not null && _joiner?.Requests?.Status is { } after)
            LabelRequestInstruments.Count(before, after);
    }

    // Scoring all of them would cost as much as inline labels, and most are too easy for any version. An old score cannot be compared with the pool's
    // threshold, because losses shrink while the model learns. The order of the examples changes less.
    private void ScoreHardestAgain()
    {
        if (_outdated.Count == 0)
            return;
        _allowance += _rescoredShare * _outdated.Count;
        var count = Math.Min((int)_allowance, _outdated.Count);
        _allowance -= count;
        _outdated.Sort(static (a, b) => b.Hardness.CompareTo(a.Hardness));
        for (var i = 0; i < count; i++)
        {
            var (batch, row, key, version, hardness) = _outdated[i];
            _rescoring.Add(FindStored(key) ?? _payloads.Keep(batch, row), version, hardness);
        }

        _rescoring.Refuse(_outdated.Count - count);
        _outdated.Clear();
    }

    // An example whose prediction failed.
    private void ScoreLater(ExampleBatch batch, int row)
    {
        var key = new CandidateKey(batch.Sources[row].Key, 0);
        if (_task.RoleOf(batch.Rows.Labels[row]) == ExampleRole.Negative)
            _rescoring.Add(FindStored(key) ?? _payloads.Keep(batch, row), -1, 0);
    }

    private bool IsTooOld(long version) => _joiner is not null && _maxScoreAge > 0 && _modelVersion - version > _maxScoreAge;

    /// <summary>A row whose served prediction is too old to be ranked by.</summary>
    private readonly record struct OutdatedRow(ExampleBatch Batch, int Row, CandidateKey Key, long Version, float Hardness);
}
