using HnmStreams.Data.Examples;
using HnmStreams.Mining.Randomness;
using HnmStreams.Tasks.Faces;

namespace HnmStreams.Pipeline.Tests.Fixtures;

/// <summary>A small stream of images of people. Each image is the person's pattern with noise.</summary>
internal static class People
{
    public const int Count = 12;
    private const int Side = 8;

    public static FacesTask Task(int mined = 1) => new(new FacesOptions
    {
        Height = Side,
        Width = Side,
        Embedding = 8,
        Mirror = false,
        Memory = { Rows = 32, AfterSteps = 5 },
        Batch = { Groups = 4, ItemsPerGroup = 3, MinedPerGroup = mined, MinedFrom = 5 },
        Index = { Capacity = 80 },
    });

    public static IEnumerable<Example> Examples(int count, ulong seed = 1)
    {
        var generator = new Xoshiro256StarStar(seed);
        var patterns = new byte[Count][];
        for (var person = 0; person < Count; person++)
            patterns[person] = [.. Enumerable.Range(0, Side * Side).Select(_ => (byte)generator.NextInt32(256))];
        for (var i = 0; i < count; i++)
        {
            var person = generator.NextInt32(Count);
            var pixels = patterns[person].Select(p => (byte)((p + generator.NextInt32(256)) / 2)).ToArray();
            yield return new Example($"p-{i}", new Target.Identity($"person-{person}"), new ExampleInput.Dense(ElementType.UInt8, [Side, Side], pixels));
        }
    }
}
