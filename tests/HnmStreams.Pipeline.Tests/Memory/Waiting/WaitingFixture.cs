using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory.Waiting;

namespace HnmStreams.Pipeline.Tests.Memory.Waiting;

/// <summary>A waiting store in a temporary folder. Inputs are numbers, from which payload, origin and prediction follow.</summary>
internal sealed class WaitingFixture : IDisposable
{
    public const int Negative = 0;
    public static readonly DateTimeOffset Start = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);

    private readonly WaitingResults _results = new();
    private readonly CheckpointFolder _checkpoints;

    public WaitingFixture(WaitingOptions options)
    {
        Options = options;
        Store = WaitingStore.Create(Root, options, Negative);
        _checkpoints = new CheckpointFolder(Root, new CheckpointingOptions { Keep = 3 }, TimeProvider.System);
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("hnm-waiting-").FullName;

    public WaitingOptions Options { get; }

    public WaitingStore Store { get; private set; }

    public WaitingBatch Batch { get; } = new();

    public static DateTimeOffset At(long second) => Start.AddSeconds(second);

    public void AddInput(string id, int input) =>
        Batch.AddInput(Source(id, input), Encoding.UTF8.GetBytes(id), Payload(input), 2, input % 3 == 0, [input, -input], new ServedPrediction(input, input / 2f));

    public void AddExample(string id, int input, int label, long time) => Batch.AddExample(
        Source(id, input), Encoding.UTF8.GetBytes(id), Payload(input), 2, input % 3 == 0, [input, -input], new ServedPrediction(input, input / 2f), new ArrivedLabel(label, 1, At(time)));

    public void AddLabel(string id, int label, long time) => Batch.AddLabel(ExampleKey.Of(id), new ArrivedLabel(label, 1, At(time)));

    public void AddTombstone(string id) => Batch.AddTombstone(ExampleKey.Of(id));

    /// <summary>Applies the batch and returns what the store says. Checks that each result has the content of its input.</summary>
    public IReadOnlyList<Told> Apply(long second)
    {
        _results.Clear();
        Store.Apply(Batch, At(second), _results);
        Batch.Clear();
        return Read();
    }

    public IReadOnlyList<Told> Expire(long second, int limit = 1_000_000)
    {
        _results.Clear();
        Store.Expire(At(second), limit, _results);
        return Read();
    }

    /// <summary>Writes a checkpoint.</summary>
    public CheckpointWritten Save(IReadOnlyList<CheckpointPart>? more = null)
    {
        using var capture = Store.Capture();
        return Assert.IsType<CheckpointWritten>(_checkpoints.Write(new CheckpointContent(
            _checkpoints.NextId(1), 0, [], new Dictionary<string, string>(StringComparer.Ordinal), [.. capture.Parts(), .. more ?? []])));
    }

    /// <summary>Closes the store without a checkpoint and opens that of the newest one.</summary>
    public void Restart()
    {
        Store.Dispose();
        using var found = _checkpoints.LoadNewest().Found;
        Store = WaitingStore.Restore(Root, Options, Negative, found!);
    }

    public void Dispose()
    {
        Store.Dispose();
        Batch.Dispose();
        _results.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    private static byte[] Payload(int input) => BitConverter.GetBytes(input);

    private static RowSource Source(string id, int input) => new(ExampleKey.Of(id), id, new Origin("events", input % 4, input), At(input), default);

    private List<Told> Read()
    {
        var told = new List<Told>();
        foreach (var result in _results.Items)
        {
            if (result.Row < 0)
            {
                told.Add(new Told(result.Kind, result.Source.Key.ToString(), -1, -1, -1, false, result.IsEvicted));
                continue;
            }

            var input = BitConverter.ToInt32(_results.Rows.Payload(result.Row));
            Assert.Equal(new Origin("events", input % 4, input), result.Source.Origin);
            Assert.Equal(ExampleKey.Of(result.Source.Id!), result.Source.Key);
            Assert.Equal(At(input), result.Source.EventTime);
            Assert.Equal(2, _results.Rows.Weights[result.Row]);
            Assert.Equal(input % 3 == 0, result.IsHeldOut);
            Assert.Equal(new ServedPrediction(input, input / 2f), result.Served);
            Assert.Equal([input, -input], _results.OutputsOf(result));
            told.Add(new Told(
                result.Kind, result.Source.Key.ToString(), input, _results.Rows.Labels[result.Row], result.PreviousLabel, result.WasPresumed, result.IsEvicted));
        }

        return told;
    }
}
