using Microsoft.Extensions.ObjectPool;

namespace HnmStreams.Pipeline.Flow;

/// <summary>A pool of lists that keep their capacity. A returned list must not be used any more.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ListPool<T>
{
    // As many as batches in flight: one per boundary of the graph and per scorer.
    private const int MaxLists = 32;

    // Larger ones would keep the memory of an exceptional batch.
    private const int MaxCapacity = 1 << 16;

    private readonly DefaultObjectPool<List<T>> _lists = new(new Policy(), MaxLists);

    public List<T> Get() => _lists.Get();

    public void Return(List<T> list) => _lists.Return(list);

    private sealed class Policy : PooledObjectPolicy<List<T>>
    {
        public override List<T> Create() => [];

        public override bool Return(List<T> obj)
        {
            obj.Clear();
            return obj.Capacity <= MaxCapacity;
        }
    }
}
