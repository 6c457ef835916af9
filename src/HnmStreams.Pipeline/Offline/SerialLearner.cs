using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Training;
using HnmStreams.Tasks;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Replicas;
using HnmStreams.Torch.Snapshots;
using static TorchSharp.torch;

namespace HnmStreams.Pipeline.Offline;

/// <summary>
/// The learner of the service without its actors, its clock and its broker: each mini-batch is scored, ranked and trained
/// on in turn by the same parts. What exact mode with overlap 0 computes, in a loop: for benchmarks and offline rounds.
/// </summary>
/// <remarks>One owner, one thread. CPU only.</remarks>
public sealed class SerialLearner : ISerialLearner
{
    private readonly IMiningTask _task;
    private readonly PipelineOptions _options;
    private readonly TimeProvider _time;
    private readonly HeldOutSplit _heldOut;
    private readonly Xoshiro256StarStar _generator;
    private readonly Ranker _ranker;
    private readonly Learner _learner;
    private readonly ScoringReplica _replica;
    private long _batches, _sincePublish;

    /// <param name="options">Taken in <c>exact</c> mode, whatever its mode says: steps wait for examples, and nothing is forgone.</param>
    public SerialLearner(IMiningTask task, PipelineOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        (_task, _options, _time) = (task, options, time);
        options.Mode = "exact";
        _heldOut = new HeldOutSplit(options.Evaluation.HeldOutShare);
        _learner = new Learner(task, options.Training, CPU, options.Seed, options.Scoring.Threads);
        _replica = new ScoringReplica(task, CPU, options.Scoring.Threads);
        _ranker = new Ranker(task, options);
        _generator = Xoshiro256StarStar.Restore(_ranker.Cutter.Generator);
        Adopt(_learner.Current());
    }

    public long Consumed { get; private set; }

    public long Refused { get; private set; }

    public long Backpropagated { get; private set; }

    public double ScoringSeconds { get; private set; }

    public double TrainingSeconds { get; private set; }

    /// <summary>How the learner's memory of the stream stands.</summary>
    internal RankingStatus Ranking => _ranker.Status();

    public void Learn(IReadOnlyList<Example> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        using var batch = Encode(examples);
        Consumed += batch.Examples;
        if (batch.ToScore.Count > 0)
            Score(batch);
        _ranker.TakeIn(batch);
        while (_ranker.TryDraw() is { } drawn)
        {
            using (drawn)
                Train(drawn);
        }
    }

    public IReadOnlyDictionary<string, double> Measure(RowBuffer rows)
    {
        Adopt(_learner.Current());
        return RowsMeasure.Of(_task, _replica, rows);
    }

    public void Dispose()
    {
        _ranker.Dispose();
        _replica.Dispose();
        _learner.Dispose();
    }

    private ExampleBatch Encode(IReadOnlyList<Example> examples)
    {
        var batch = new ExampleBatch(_batches++, Math.Max(1, examples.Count));
        foreach (var example in examples)
        {
            var key = ExampleKey.Of(example.Id);
            var held = _heldOut.Contains(key);
            if (_task.Encode(example, held ? batch.HeldOut : batch.Rows) is not null)
            {
                Refused++;
                continue;
            }

            (held ? batch.HeldOutSources : batch.Sources).Add(new RowSource(key, example.Id, default(Origin), example.EventTime ?? default, default));
            if (!held && (_options.Scoring.Share >= 1 || _generator.NextDouble() < _options.Scoring.Share))
                batch.ToScore.Add(batch.Rows.Count - 1);
        }

        batch.After = new CutterState(_batches, _generator.Save());
        return batch;
    }

    private void Score(ExampleBatch batch)
    {
        var start = _time.GetTimestamp();
        var scores = new BatchScores(batch.ToScore.Count, _task.OutputWidth, _replica.Version);
        _replica.Score(batch.Rows, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(batch.ToScore), scores.Outputs, scores.Hardness);
        batch.Scores = scores;
        ScoringSeconds += _time.GetElapsedTime(start).TotalSeconds;
    }

    private void Train(Mixing.TrainingBatch drawn)
    {
        var start = _time.GetTimestamp();
        var outcome = _learner.Step(drawn.Rows);
        TrainingSeconds += _time.GetElapsedTime(start).TotalSeconds;
        if (!outcome.Applied)
            return;
        Backpropagated += outcome.Terms;
        if (++_sincePublish >= _options.Publishing.EverySteps)
        {
            _sincePublish = 0;
            Adopt(_learner.Publish());
        }

        _ranker.TakeFeedback(new StepFeedback(drawn.Keys, outcome.Hardness, _learner.Version));
    }

    private void Adopt(ModelSnapshot snapshot)
    {
        using (snapshot)
            _replica.Adopt(snapshot);
    }
}
