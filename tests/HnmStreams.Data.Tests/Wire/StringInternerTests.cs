using System.Text;
using HnmStreams.Data.Wire;

namespace HnmStreams.Data.Tests.Wire;

public sealed class StringInternerTests
{
    [Fact]
    public void A_few_hundred_names_are_all_kept()
    {
        var shared = new StringInterner();
        var names = Enumerable.Range(0, 300).Select(static i => Encoding.UTF8.GetBytes($"feature_{i}")).ToArray();
        var first = names.Select(n => shared.Name(n)).ToArray();
        var kept = names.Zip(first, (n, text) => ReferenceEquals(shared.Name(n), text)).Count(static same => same);
        // Names that share a set with four others drive one another out.
        Assert.InRange(kept, 298, 300);
    }

    [Fact]
    public void More_names_than_it_holds_are_still_right()
    {
        var shared = new StringInterner();
        for (var i = 0; i < 50_000; i++)
        {
            var name = $"n{i * 7919 % 9973}";
            Assert.Equal(name, shared.Name(Encoding.UTF8.GetBytes(name)));
            Assert.Equal(name, shared.Label(Encoding.UTF8.GetBytes(name)).Name);
            Assert.Equal([i % 50, 7], shared.Shape([i % 50, 7]));
            Assert.Equal(i, shared.Class(i).Index);
        }
    }

    [Fact]
    public void Many_threads_get_the_right_values()
    {
        var shared = new StringInterner();
        Parallel.For(0, 200_000, i =>
        {
            var name = $"n{i % 5000}";
            if (shared.Name(Encoding.UTF8.GetBytes(name)) != name || shared.Class(i % 2000).Index != i % 2000 || shared.Shape([i % 40])[0] != i % 40)
                throw new InvalidOperationException(name);
        });
    }
}
