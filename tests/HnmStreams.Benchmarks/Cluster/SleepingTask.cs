using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Composition;
using HnmStreams.Tasks;
using static TorchSharp.torch;

namespace HnmStreams.Benchmarks.Cluster;

/// <summary>A real task whose rows each take a set time to score, without using the processor: an accelerator beside it would take as long.</summary>
/// <param name="timePerRow">The time per scored row.</param>
/// <remarks>Thread-safe. What is slept too long is slept less the next time, because the timer of the system is coarse.</remarks>
internal sealed class SleepingTask(IMiningTask inner, TimeSpan timePerRow, TimeProvider time) : IMiningTask, IDisposable
{
    [ThreadStatic]
    private static TimeSpan _owed;

    // Never set: its time limit is the sleep.
    private readonly ManualResetEventSlim _clock = new();

    public string Name => inner.Name;

    public int OutputWidth => inner.OutputWidth;

    public int RowsPerPass => inner.RowsPerPass;

    public string RowFormat => inner.RowFormat;

    public bool HasPositives => inner.HasPositives;

    public string PrimaryMetric => inner.PrimaryMetric;

    public Rejection? Encode(Example example, RowBuffer rows) => inner.Encode(example, rows);

    public Rejection? Encode(in ExampleView example, RowBuffer rows) => inner.Encode(example, rows);

    public nn.Module<Tensor, Tensor> CreateNetwork() => inner.CreateNetwork();

    public Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices)
    {
        _owed += timePerRow * indices.Length;
        if (_owed > TimeSpan.FromMilliseconds(1))
        {
            var start = time.GetTimestamp();
            _clock.Wait(_owed);
            _owed -= time.GetElapsedTime(start);
        }

        return inner.Collate(rows, indices);
    }

    public Tensor CollateTargets(RowBuffer rows, ReadOnlySpan<int> indices) => inner.CollateTargets(rows, indices);

    public Tensor Loss(Tensor outputs, Tensor targets) => inner.Loss(outputs, targets);

    public void Hardness(ReadOnlySpan<float> outputs, RowBuffer rows, ReadOnlySpan<int> indices, Span<float> hardness) => inner.Hardness(outputs, rows, indices, hardness);

    public ExampleRole RoleOf(int label) => inner.RoleOf(label);

    public MixPlan Compose(MixOptions options, MixSupply supply, bool miningAllowed) => inner.Compose(options, supply, miningAllowed);

    public IOutcomeMetrics CreateMetrics(int capacity) => inner.CreateMetrics(capacity);

    public RowPreview View(ReadOnlySpan<byte> payload) => inner.View(payload);

    public string LabelName(int label) => inner.LabelName(label);

    public void Dispose() => _clock.Dispose();
}
