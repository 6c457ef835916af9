using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Evaluating;

/// <summary>The examples of a request to score, encoded.</summary>
internal sealed class EncodedExamples
{
    private readonly IMiningTask _task;
    private readonly IReadOnlyList<Example> _examples;
    private readonly string?[] _rejections;

    private EncodedExamples(IMiningTask task, IReadOnlyList<Example> examples, RowBuffer rows)
    {
        (_task, _examples, Rows) = (task, examples, rows);
        _rejections = [.. examples.Select(example => task.Encode(example, rows)?.Detail)];
    }

    /// <summary>The rows of the examples that the task can encode, in order.</summary>
    public RowBuffer Rows { get; }

    /// <summary>Encodes the examples.</summary>
    /// <param name="rows">An empty buffer, which receives the rows. The caller keeps its ownership.</param>
    public static async Task<EncodedExamples> OfAsync(IMiningTask task, IReadOnlyList<Example> examples, RowBuffer rows, CancellationToken cancellation)
    {
        var encoded = new EncodedExamples(task, examples, rows);
        if (task.FinishesRows)
            await Task.Run(() => task.FinishRows(rows), cancellation);
        return encoded;
    }

    /// <summary>Returns the scores of the examples.</summary>
    /// <param name="card">The card of the promoted version; null if the version is not promoted.</param>
    /// <param name="outputs">The outputs of <see cref="Rows"/>, concatenated.</param>
    public ScoredExamples Scored(long version, ModelCard? card, float[] outputs)
    {
        var next = 0;
        return new ScoredExamples(version, card is not null, [.. _examples.Select((example, i) =>
        {
            if (_rejections[i] is { } rejection)
                return new ScoredExample(example.Id, rejection, [], null, null);
            var row = outputs.AsSpan(next++ * _task.OutputWidth, _task.OutputWidth);
            var calibrated = card?.Calibration is { } calibration ? Probabilities.Of(_task, row, calibration) : null;
            return new ScoredExample(example.Id, null, row.ToArray(), Probabilities.Of(_task, row, null), calibrated);
        })]);
    }
}
