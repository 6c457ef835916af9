using Akka.Actor;
using HnmStreams.Data.Examples;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Tests.Fixtures;

/// <summary>A run in exact mode that is killed and resumed, compared with one that is not.</summary>
internal static class ResumedRun
{
    /// <summary>Asserts that both runs end with the same bits.</summary>
    /// <param name="root">The folder for the state of both.</param>
    /// <param name="kills">Per process that is killed: the end of the examples that are sent to it, and the consumed examples after which it writes its last checkpoint.</param>
    /// <param name="check">Checks the run that was not killed, so that equality proves something.</param>
    public static async Task AssertSameBitsAsync(
        ActorSystem actors, string root, Func<IMiningTask> task, Func<PipelineOptions> options, IReadOnlyList<Example> input, (long End, long CheckpointAt)[] kills, Func<DurableRun, Task> check)
    {
        var folder = Path.Combine(root, "uninterrupted");
        await using (var run = await DurableRun.StartAsync(actors, folder, task(), options()))
        {
            run.Send(input, 0, input.Count);
            await run.EndAsync();
            await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
            await check(run);
        }

        var killed = Path.Combine(root, "killed");
        foreach (var (end, checkpointAt) in ((long, long)[])[.. kills, (input.Count, -1L)])
        {
            await using var run = await DurableRun.StartAsync(actors, killed, task(), options());
            run.Send(input, run.From, end, 37);
            if (checkpointAt < 0)
                await run.EndAsync();
            else
                await run.UntilAsync(s => s.Ranking.Stream.Consumed >= checkpointAt);
            await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
        }

        LearnedParts.AssertSame(LearnedParts.Read(folder), LearnedParts.Read(killed));
    }
}
