using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Tasks;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Replicas;
using static TorchSharp.torch;

namespace HnmStreams.Offline.Serial;

/// <summary>A learner that trains on every example in stream order, without mining. The reference that mining is compared with.</summary>
/// <param name="batchSize">Rows per step, at least 1. The rest of a mini-batch is a smaller step.</param>
/// <remarks>One owner, one thread. CPU only.</remarks>
public sealed class UniformLearner(IMiningTask task, PipelineOptions options, int batchSize, TimeProvider time) : ISerialLearner
{
    private readonly Learner _learner = new(task, options.Training, CPU, options.Seed, options.Compute.Threads);
    private readonly ScoringReplica _replica = new(task, CPU, options.Compute.Threads);

    public long Consumed { get; private set; }

    public long Rejected { get; private set; }

    public long LossTerms { get; private set; }

    public double ScoringSeconds => 0;

    public double EncodingSeconds { get; private set; }

    public double TrainingSeconds { get; private set; }

    /// <summary>Always empty: no label-noise detection.</summary>
    public IReadOnlyCollection<string> Suspects => [];

    public void Learn(IReadOnlyList<Example> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        using var rows = new RowBuffer();
        foreach (var example in examples)
        {
            if (task.Encode(example, rows) is not null)
                Rejected++;
            if (rows.Count == batchSize)
                Train(rows);
        }

        if (rows.Count > 0)
            Train(rows);
        Consumed += examples.Count;
    }

    public IReadOnlyDictionary<string, double> Measure(RowBuffer rows)
    {
        using (var current = _learner.Current())
            _replica.Adopt(current);
        return RowOutputs.Measure(task, _replica, rows);
    }

    public void Dispose()
    {
        _replica.Dispose();
        _learner.Dispose();
    }

    private void Train(RowBuffer rows)
    {
        var start = time.GetTimestamp();
        if (task.FinishesRows)
        {
            task.FinishRows(rows);
            EncodingSeconds += time.GetElapsedTime(start).TotalSeconds;
            start = time.GetTimestamp();
        }

        LossTerms += _learner.Step(rows).Terms;
        TrainingSeconds += time.GetElapsedTime(start).TotalSeconds;
        rows.Clear();
    }
}
