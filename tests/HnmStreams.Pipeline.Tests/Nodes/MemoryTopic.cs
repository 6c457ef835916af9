using System.Threading.Channels;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Pipeline.Nodes;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Nodes;

/// <summary>A topic in memory whose partitions are assigned to members, as a consumer group does.</summary>
internal sealed class MemoryTopic
{
    private readonly IReadOnlyList<Example>[] _partitions;
    private readonly Lock _gate = new();
    private readonly List<Member> _members = [];

    /// <param name="examples">Are spread over the partitions in turn; an example's offset is its place in its partition.</param>
    public MemoryTopic(IReadOnlyList<Example> examples, int partitions) =>
        _partitions = [.. Enumerable.Range(0, partitions).Select(p => (IReadOnlyList<Example>)[.. examples.Where((_, i) => i % partitions == p)])];

    /// <summary>Joins the group: the partitions are assigned again.</summary>
    public Member Join(int chunkSize = 50)
    {
        var member = new Member(this, chunkSize);
        Add(member);
        return member;
    }

    private void Add(Member member)
    {
        lock (_gate)
        {
            if (_members.Contains(member))
                return;
            _members.Add(member);
            Rebalance();
        }
    }

    /// <summary>Removes a member from the group: its partitions are assigned to others.</summary>
    public void Remove(Member member)
    {
        lock (_gate)
        {
            _members.Remove(member);
            Rebalance();
        }

        member.Assign([]);
    }

    private void Rebalance()
    {
        for (var i = 0; i < _members.Count; i++)
            _members[i].Assign([.. Enumerable.Range(0, _partitions.Length).Where(p => p % _members.Count == i)]);
    }

    /// <summary>A member of the group.</summary>
    internal sealed class Member(MemoryTopic topic, int chunkSize) : IRestartableStream
    {
        private readonly Lock _gate = new();
        private TaskCompletionSource _changed = new();
        private bool _hasLeft;

        public IReadOnlyList<int> Partitions { get; private set; } = [];

        public long BytesRead { get; private set; }

        public long Lag => 0;

        public IReadOnlyList<StreamPosition> Committed { get; private set; } = [];

        public void Assign(IReadOnlyList<int> partitions)
        {
            lock (_gate)
            {
                Partitions = partitions;
                _changed.TrySetResult();
            }
        }

        public Task<ChannelReader<RecordChunk>> RestartAsync(IReadOnlyList<StreamPosition> positions, CancellationToken session)
        {
            if (_hasLeft)
                topic.Add(this);
            _hasLeft = false;
            IReadOnlyList<int> partitions;
            lock (_gate)
            {
                _changed = new TaskCompletionSource();
                partitions = Partitions;
            }

            var chunks = Channel.CreateBounded<RecordChunk>(2);
            _ = SendAsync(partitions.ToDictionary(p => p, p => positions.FirstOrDefault(q => q.Partition == p).NextOffset), chunks.Writer, session);
            return Task.FromResult(chunks.Reader);
        }

        public Task LeaveAsync()
        {
            _hasLeft = true;
            topic.Remove(this);
            return Task.CompletedTask;
        }

        public Task WaitForChangeAsync()
        {
            lock (_gate)
                return _changed.Task;
        }

        public void Admitted(IReadOnlyList<StreamPosition> positions)
        {
        }

        public Task CommitAsync(IReadOnlyList<StreamPosition> durable)
        {
            Committed = durable;
            return Task.CompletedTask;
        }

        // The channel stays open at the end of the partitions, as a consumer's does.
        private async Task SendAsync(Dictionary<int, long> next, ChannelWriter<RecordChunk> chunks, CancellationToken session)
        {
            try
            {
                while (next.Any(p => p.Value < topic._partitions[p.Key].Count))
                {
                    var chunk = new RecordChunk(chunkSize);
                    for (var i = 0; i < chunkSize; i++)
                    {
                        var open = next.Where(p => p.Value < topic._partitions[p.Key].Count).Select(p => p.Key).Order().ToArray();
                        if (open.Length == 0)
                            break;
                        var partition = open[i % open.Length];
                        var example = topic._partitions[partition][(int)next[partition]];
                        Stream.Append(chunk, next[partition]++, example.Id, ExampleEncoder.ToProtobuf(example), partition);
                    }

                    BytesRead += chunk.Bytes;
                    await chunks.WriteAsync(chunk, session);
                }
            }
            catch (OperationCanceledException)
            {
                // The session has ended.
            }
        }
    }
}
