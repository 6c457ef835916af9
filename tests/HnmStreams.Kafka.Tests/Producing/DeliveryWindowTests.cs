using HnmStreams.Kafka.Producing;

namespace HnmStreams.Kafka.Tests.Producing;

public sealed class DeliveryWindowTests
{
    [Fact]
    public void Is_full_at_the_record_limit()
    {
        var window = new DeliveryWindow(2, 1000);

        Assert.True(window.TryEnter(1));
        Assert.True(window.TryEnter(1));
        Assert.False(window.TryEnter(1));
        window.Leave(1);
        Assert.True(window.TryEnter(1));
    }

    [Fact]
    public void Is_full_at_the_byte_limit_and_admits_a_larger_record_alone()
    {
        var window = new DeliveryWindow(10, 1000);

        Assert.True(window.TryEnter(5000));
        Assert.False(window.TryEnter(1));
        window.Leave(5000);
        Assert.True(window.TryEnter(600));
        Assert.False(window.TryEnter(401));
        Assert.True(window.TryEnter(400));
    }

    [Fact(Timeout = 30_000)]
    public async Task Admits_a_waiting_record_when_another_leaves()
    {
        var window = new DeliveryWindow(1, 1000);
        Assert.True(window.TryEnter(1));
        var entering = window.EnterAsync(1, TestContext.Current.CancellationToken);
        Assert.False(entering.IsCompleted);

        window.Leave(1);
        await entering;
        var empty = window.WaitUntilEmptyAsync(TestContext.Current.CancellationToken);
        Assert.False(empty.IsCompleted);
        window.Leave(1);
        await empty;

        Assert.True(window.IsEmpty);
    }

    [Fact(Timeout = 60_000)]
    public async Task Concurrent_threads_neither_leak_room_nor_hang()
    {
        var window = new DeliveryWindow(3, 1000);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            async () =>
            {
                for (var i = 0; i < 2000; i++)
                {
                    await window.EnterAsync(7, TestContext.Current.CancellationToken);
                    window.Leave(7);
                }
            },
            TestContext.Current.CancellationToken)));

        Assert.True(window.IsEmpty);
    }
}
