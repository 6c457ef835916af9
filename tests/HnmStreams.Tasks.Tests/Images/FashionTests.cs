using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Readers;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Images;
using HnmStreams.Testing;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Replicas;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tests.Images;

public sealed class FashionTests
{
    [Fact]
    public void Learns_one_class_against_the_rest_in_a_few_steps()
    {
        var folder = PublicData.Find("fashion-mnist");
        var task = new ImagesTask(new ImagesOptions { Positive = "1" });
        using var train = Encode(task, ExampleReaders.Open(folder, new DataOptions()).Read(TestContext.Current.CancellationToken).Take(3_200));
        using var test = Encode(task, ExampleReaders.Open(folder, new DataOptions(), "t10k").Read(TestContext.Current.CancellationToken).Take(1_000));

        using var learner = new Learner(task, new TrainingOptions(), CPU, 1, 1);
        using var batch = new RowBuffer();
        for (var from = 0; from < train.Count; from += 64)
        {
            batch.Clear();
            for (var i = from; i < from + 64; i++)
                batch.Add(train.Payload(i), train.Labels[i], train.Weights[i]);
            learner.Step(batch);
        }

        using var replica = new ScoringReplica(task, CPU, 1);
        using (var snapshot = learner.Publish())
            replica.Adopt(snapshot);
        var outputs = new float[test.Count];
        replica.Score(test, [.. Enumerable.Range(0, test.Count)], outputs, new float[test.Count]);
        var metrics = task.CreateMetrics(test.Count);
        for (var i = 0; i < test.Count; i++)
            metrics.Add(outputs.AsSpan(i, 1), test, i);
        Assert.InRange(metrics.Compute()["averagePrecision"], 0.9, 1);
        Assert.True(metrics.BeatsChance());
    }

    private static RowBuffer Encode(ImagesTask task, IEnumerable<Example> examples)
    {
        var rows = new RowBuffer(4_096, 4_096 * 784);
        foreach (var example in examples)
            Assert.Null(task.Encode(example, rows));
        return rows;
    }
}
