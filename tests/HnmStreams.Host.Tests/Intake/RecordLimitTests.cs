using System.Threading.Channels;
using CsCheck;
using HnmStreams.Data.Records;
using HnmStreams.Host.Intake;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Testing.Learner;

namespace HnmStreams.Host.Tests.Intake;

public class RecordLimitTests
{
    private enum Kind
    {
        Example,
        Poison,
        Tombstone,

        /// <summary>A record that is already part of the state.</summary>
        Duplicate,
    }

    [Fact(Timeout = 600_000)]
    public async Task Passes_exactly_the_limit_of_records_and_replaces_duplicates() => await Gen
        .Select(Gen.Frequency((6, Gen.Const(Kind.Example)), (1, Gen.Const(Kind.Poison)), (1, Gen.Const(Kind.Tombstone)), (1, Gen.Const(Kind.Duplicate))).Array[1, 60].Array[1, 6], Gen.Int[1, 80])
        .SampleAsync(
            async (chunks, limit) =>
            {
                var all = chunks.SelectMany(c => c).ToList();
                var (seen, reached) = await PassAsync(chunks, limit);
                var records = all.Count(k => k != Kind.Duplicate);
                Assert.Equal(Math.Min(limit, records), seen.Count(k => k != Kind.Duplicate));
                Assert.Equal(all.Take(seen.Count), seen);
                Assert.Equal(records >= limit, reached);
            },
            iter: 100);

    [Fact(Timeout = 600_000)]
    public async Task Passes_a_failure_of_the_source_to_the_learner()
    {
        var source = Channel.CreateUnbounded<RecordChunk>();
        source.Writer.Complete(new InvalidOperationException("the broker is lost"));
        var limit = new RecordLimit(source.Reader, 10, TimeProvider.System);
        await limit.RunAsync(() => RunStates.StatusWith(RunStates.Status.Ranking.Stream with { Consumed = 0 }), TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => limit.Chunks.Completion);
        Assert.Equal("the broker is lost", error.Message);
        Assert.False(limit.Reached.IsCompleted);
    }

    private static async Task<(List<Kind> Seen, bool Reached)> PassAsync(Kind[][] chunks, int limit)
    {
        var source = Channel.CreateBounded<RecordChunk>(1);
        var relay = new RecordLimit(source.Reader, limit, TimeProvider.System);
        var status = RunStates.StatusWith(StreamCounters.Zero);
        var running = relay.RunAsync(() => Volatile.Read(ref status), CancellationToken.None);
        var feeding = Task.Run(async () =>
        {
            foreach (var kinds in chunks)
                await source.Writer.WriteAsync(ChunkOf(kinds));
            source.Writer.Complete();
        });

        var seen = new List<Kind>();
        await foreach (var chunk in relay.Chunks.ReadAllAsync())
        {
            using (chunk)
                seen.AddRange(chunk.Records.Select(r => (Kind)chunk.Read(r.Key).Span[0]));
            Volatile.Write(ref status, RunStates.StatusWith(StreamCounters.Zero with
            {
                Consumed = seen.Count(k => k == Kind.Example),
                DeadLettered = seen.Count(k => k == Kind.Poison),
                Tombstones = seen.Count(k => k == Kind.Tombstone),
                Duplicates = seen.Count(k => k == Kind.Duplicate),
            }));
        }

        await Task.WhenAll(running, feeding);
        return (seen, relay.Reached.IsCompletedSuccessfully);
    }

    private static RecordChunk ChunkOf(Kind[] kinds)
    {
        var chunk = new RecordChunk(kinds.Length, 64);
        for (var i = 0; i < kinds.Length; i++)
        {
            var value = kinds[i] == Kind.Tombstone ? ByteRange.Null : chunk.Store([1, 2, 3]);
            chunk.Add(new RawRecord("t", 0, i, 0, chunk.Store([(byte)kinds[i]]), value, WireFormat.Unknown, 0, default));
        }

        return chunk;
    }
}
