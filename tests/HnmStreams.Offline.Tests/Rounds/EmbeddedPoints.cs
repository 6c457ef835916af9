using System.Buffers.Binary;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Composition;
using HnmStreams.Mining.Randomness;
using HnmStreams.Tasks;
using static TorchSharp.torch;

namespace HnmStreams.Offline.Tests.Rounds;

/// <summary>A task that embeds points of eight numbers, each near the center of its group, with a linear layer.</summary>
internal sealed class EmbeddedPoints : IMiningTask
{
    private const int Width = 8;

    public string Name => "points";

    public int OutputWidth => Width;

    public bool HasPositives => false;

    public string PrimaryMetric => "none";

    /// <param name="groups">The number of groups. The group of an example is its number modulo this value.</param>
    public static IEnumerable<Example> Examples(int count, int groups, ulong seed = 1)
    {
        var generator = new Xoshiro256StarStar(seed);
        var centers = Enumerable.Range(0, groups * Width).Select(_ => generator.NextDouble() - 0.5).ToArray();
        for (var i = 0; i < count; i++)
        {
            var data = new byte[Width * sizeof(float)];
            for (var j = 0; j < Width; j++)
                BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(j * sizeof(float)), (float)(centers[(i % groups * Width) + j] + (0.4 * (generator.NextDouble() - 0.5))));
            yield return new Example($"p-{i}", new Target.ClassIndex(i % groups), new ExampleInput.Dense(ElementType.Float32, [Width], data));
        }
    }

    public Rejection? Encode(Example example, RowBuffer rows)
    {
        rows.Add(((ExampleInput.Dense)example.Input).Data.Span, ((Target.ClassIndex)example.Target).Index, 1);
        return null;
    }

    public RowPreview View(ReadOnlySpan<byte> payload) => RowPreview.OfNumbers(payload);

    public string LabelName(int label) => $"group {label}";

    public nn.Module<Tensor, Tensor> CreateNetwork() => nn.Sequential(("embed", nn.Linear(Width, Width)));

    public Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices)
    {
        // Uses torch's memory, which is aligned. With other memory, the last bits of products may differ.
        var values = empty(indices.Length, Width);
        for (var i = 0; i < indices.Length; i++)
            rows.Payload(indices[i]).CopyTo(values.bytes[(i * Width * sizeof(float))..]);
        return values;
    }

    // Compares all pairs: the similarity must be 1 within a group and 0 between groups.
    public Tensor Loss(Tensor outputs, Tensor targets)
    {
        var unit = nn.functional.normalize(outputs, dim: 1);
        var sameGroup = targets.unsqueeze(0).eq(targets.unsqueeze(1)).to_type(ScalarType.Float32);
        return (unit.mm(unit.t()) - sameGroup).square().mean([1]);
    }

    public void Hardness(ReadOnlySpan<float> outputs, RowBuffer rows, ReadOnlySpan<int> indices, Span<float> hardness) => hardness.Clear();

    public ExampleRole RoleOf(int label) => ExampleRole.Negative;

    public MixPlan Compose(MixOptions options, MixSupply supply, bool miningAllowed) => RatioMix.Plan(options, supply, miningAllowed);

    public IOutcomeMetrics CreateMetrics(int capacity) => throw new NotSupportedException("These tests do not evaluate the model.");
}
