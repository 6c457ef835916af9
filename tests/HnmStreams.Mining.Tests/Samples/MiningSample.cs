#region sample
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Sampling;
#endregion

namespace HnmStreams.Mining.Tests.Samples;

/// <summary>The sample of the README. The package test compiles this file against the packed library.</summary>
public static class MiningSample
{
    /// <returns>The drawn batches.</returns>
    public static IReadOnlyList<IReadOnlyList<string>> Run(IEnumerable<(long Id, string Text, float Loss)> stream)
    {
        List<IReadOnlyList<string>> batches = [];
        void Train(IEnumerable<string> texts) => batches.Add([.. texts]);

        #region sample
        // Keeps the 1,000 hardest examples of a stream and draws a training batch after every 100 examples.
        var pool = new HardPool<long, string>(new PoolOptions { Count = 1_000 }, new UniformSampler());
        var generator = new Xoshiro256StarStar(seed: 1);
        var batch = new List<DrawnItem<long, string>>();
        var (seen, step) = (0, 0);
        foreach (var (id, text, loss) in stream)
        {
            pool.Offer(new CandidateKey<long>(id, Region: 0), loss, version: step, bytes: text.Length, text);
            if (++seen % 100 != 0)
                continue;
            batch.Clear();
            pool.Draw(count: 16, atStep: ++step, generator, batch);
            Train(batch.Select(drawn => drawn.Item.Payload));
        }
        #endregion

        return batches;
    }
}
