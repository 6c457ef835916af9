using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;

namespace HnmStreams.Offline;

/// <summary>A way to learn from mini-batches in turn, with what it has spent. One owner, one thread.</summary>
public interface ISerialLearner : IDisposable
{
    /// <summary>Examples taken in, held-out ones included.</summary>
    long Consumed { get; }

    /// <summary>Examples that the task would not take.</summary>
    long Refused { get; }

    /// <summary>Terms of the loss (rows, but for tasks that mine inside them) in applied training steps.</summary>
    long TrainedRows { get; }

    /// <summary>Seconds of forward passes for ranking.</summary>
    double ScoringSeconds { get; }

    /// <summary>Seconds of training steps.</summary>
    double TrainingSeconds { get; }

    /// <summary>Ids of the examples that are set aside at present as suspected wrong labels.</summary>
    IReadOnlyCollection<string> Suspects { get; }

    /// <summary>Takes in one mini-batch, and trains as far as it pays for.</summary>
    void Learn(IReadOnlyList<Example> examples);

    /// <summary>The metrics of the weights that a user would be given now: the newest, but where the gate holds them back the best so far. O(rows) forward passes.</summary>
    IReadOnlyDictionary<string, double> Measure(RowBuffer rows);
}
