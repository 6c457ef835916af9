using System.Text;
using HnmStreams.Data.Wire;

namespace HnmStreams.Data.Tests.Wire;

public sealed class StringInternerTests
{
    [Fact]
    public void Keeps_a_few_hundred_names()
    {
        var interner = new StringInterner();
        var names = Enumerable.Range(0, 300).Select(static i => Encoding.UTF8.GetBytes($"feature_{i}")).ToArray();
        var first = names.Select(n => interner.Name(n)).ToArray();
        var kept = names.Zip(first, (n, text) => ReferenceEquals(interner.Name(n), text)).Count(static same => same);
        // Names that share a set with four others evict one another.
        Assert.InRange(kept, 298, 300);
    }

    [Fact]
    public void Returns_the_right_values_beyond_its_capacity()
    {
        var interner = new StringInterner();
        for (var i = 0; i < 50_000; i++)
        {
            var name = $"n{i * 7919 % 9973}";
            Assert.Equal(name, interner.Name(Encoding.UTF8.GetBytes(name)));
            Assert.Equal(name, interner.Label(Encoding.UTF8.GetBytes(name)).Name);
            Assert.Equal([i % 50, 7], interner.Shape([i % 50, 7]));
            Assert.Equal(i, interner.Class(i).Index);
        }
    }

    [Fact]
    public void Returns_the_right_values_to_concurrent_threads()
    {
        var interner = new StringInterner();
        Parallel.For(0, 200_000, i =>
        {
            var name = $"n{i % 5000}";
            if (interner.Name(Encoding.UTF8.GetBytes(name)) != name || interner.Class(i % 2000).Index != i % 2000 || interner.Shape([i % 40])[0] != i % 40)
                throw new InvalidOperationException(name);
        });
    }
}
