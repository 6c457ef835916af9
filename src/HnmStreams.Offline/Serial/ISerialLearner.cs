using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;

namespace HnmStreams.Offline.Serial;

/// <summary>A learner that trains on one mini-batch after the other and accounts for its cost. One owner, one thread.</summary>
public interface ISerialLearner : IDisposable
{
    /// <summary>The number of examples processed, held-out ones included.</summary>
    long Consumed { get; }

    /// <summary>The number of examples that the task could not encode.</summary>
    long Rejected { get; }

    /// <summary>The number of applied training steps.</summary>
    long Steps { get; }

    /// <summary>The number of loss terms in applied training steps. A term is a row, except for tasks that mine inside their rows.</summary>
    long LossTerms { get; }

    /// <summary>The seconds spent on forward passes for ranking.</summary>
    double ScoringSeconds { get; }

    /// <summary>The seconds spent on the pool, the reservoirs, the search of an index, and the composition of batches.</summary>
    double RankingSeconds { get; }

    /// <summary>The seconds that the frozen encoder took; 0 without one.</summary>
    double EncodingSeconds { get; }

    /// <summary>The seconds spent on training steps.</summary>
    double TrainingSeconds { get; }

    /// <summary>The ids of the examples that are currently quarantined as suspected label errors.</summary>
    IReadOnlyCollection<string> Suspects { get; }

    /// <summary>Processes one mini-batch and takes the training steps that its examples pay for.</summary>
    void Learn(IReadOnlyList<Example> examples);

    /// <summary>Measures the weights that a user would get now: the promoted version if there is a promotion gate, otherwise the newest. O(rows) forward passes.</summary>
    IReadOnlyDictionary<string, double> Measure(RowBuffer rows);

    /// <summary>Measures the newest weights, promoted or not. O(rows) forward passes.</summary>
    IReadOnlyDictionary<string, double> MeasureNewest(RowBuffer rows);
}
