using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;

namespace HnmStreams.Tasks;

/// <summary>The figures of a training set that starting settings follow from.</summary>
/// <remarks>One owner. O(1) per example, plus its encoding.</remarks>
public sealed class TrainingSetProfile(IMiningTask task) : IDisposable
{
    private readonly RowBuffer _rows = new();

    /// <summary>The number of examples that the task accepts.</summary>
    public long Examples { get; private set; }

    /// <summary>The number of positives; 0 if the task has none.</summary>
    public long Positives { get; private set; }

    /// <summary>The size of their rows in bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Includes an example. Those that the task rejects do not count.</summary>
    public void Add(Example example)
    {
        _rows.Clear();
        if (task.Encode(example, _rows) is not null)
            return;
        Examples++;
        Positives += task.RoleOf(_rows.Labels[0]) == ExampleRole.Positive ? 1 : 0;
        Bytes += _rows.Payload(0).Length;
    }

    public void Dispose() => _rows.Dispose();
}
