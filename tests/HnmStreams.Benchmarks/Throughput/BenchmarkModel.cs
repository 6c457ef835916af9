using System.Buffers.Binary;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Synthetic;
using HnmStreams.Mining.Randomness;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Images;
using HnmStreams.Tasks.Tabular;

namespace HnmStreams.Benchmarks.Throughput;

/// <summary>A model to measure with, and a matching stream.</summary>
/// <param name="Examples">The default number of examples per run, which takes a few seconds.</param>
internal sealed record BenchmarkModel(string Name, IMiningTask Task, Func<int, IEnumerable<Example>> Stream, int Examples)
{
    private const int LightFeatures = 30;

    /// <summary>The convolutional network of the image task: the tensor work dominates.</summary>
    public static BenchmarkModel Convolutional { get; } = new(
        "cnn",
        new ImagesTask(new ImagesOptions { Positive = "1" }),
        count =>
        {
            var stream = new SyntheticStream(new SyntheticOptions());
            return Enumerable.Range(0, count).Select(_ => stream.Next().Example);
        },
        102_400);

    /// <summary>30 features and two hidden layers of 64: Kafka and the pipeline dominate.</summary>
    public static BenchmarkModel Light { get; } = new(
        "light",
        new TabularTask(new TabularOptions { Features = LightFeatures, Hidden = [64, 64], Standardize = false }),
        count => Vectors(count),
        1_024_000);

    // Positives are on one side of a plane: about one in a hundred, and linearly separable.
    private static IEnumerable<Example> Vectors(int count)
    {
        var generator = new Xoshiro256StarStar(1);
        for (var i = 0; i < count; i++)
        {
            var data = new byte[LightFeatures * sizeof(float)];
            double sum = 0;
            for (var f = 0; f < LightFeatures; f++)
            {
                var value = (generator.NextDouble() * 2) - 1;
                sum += f % 2 == 0 ? value : -value;
                BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(f * sizeof(float)), (float)value);
            }

            yield return new Example($"v-{i}", new Target.ClassIndex(sum > 7.2 ? 1 : 0), new ExampleInput.Dense(ElementType.Float32, [LightFeatures], data));
        }
    }
}
