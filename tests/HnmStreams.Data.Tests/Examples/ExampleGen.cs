using CsCheck;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Tests.Examples;

/// <summary>A generator of valid examples of every kind, within the default limits.</summary>
internal static class ExampleGen
{
    public static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3];

    private static readonly string[] Special = ["Größe", "日本語", "a b", "\"quoted\"", "{", "\u0001", new('x', 256)];

    private static readonly Gen<string> Name = Gen.OneOf(
        Gen.String[Gen.Char['a', 'z'], 1, 60],
        Gen.Int[0, Special.Length - 1].Select(static i => Special[i]));

    private static readonly Gen<Target> Target = Gen.OneOf<Target>(
        Gen.Int[0, 2000].Select(i => (Target)new Target.ClassIndex(i)),
        Gen.Const((Target)new Target.ClassIndex(int.MaxValue)),
        Name.Select(n => (Target)new Target.Label(n)),
        Name.Select(n => (Target)new Target.Identity(n)),
        Gen.Select(Name, Name, Name).Select(static n => (Target)new Target.Identity(n.Item1) { Others = [n.Item2, n.Item3] }),
        Name.List[0, 5].Select(static names => (Target)new Target.LabelSet([.. names.Distinct()])),
        Gen.Select(Gen.Float[-10, 10], Gen.Float[0, 100], Name).List[0, 5].Select(static boxes => (Target)new Target.Boxes(
            [.. boxes.Select(static b => new LabeledBox(b.Item1, b.Item1, b.Item1 + b.Item2, b.Item1 + b.Item2, b.Item3, b.Item2 > 50))])));

    private static readonly Gen<ExampleInput> Input = Gen.OneOf<ExampleInput>(
        Gen.Int[1, 6].List[1, 4].SelectMany(static shape => Gen.Byte.Array[shape.Aggregate(1, static (a, b) => a * b)]
            .Select(data => (ExampleInput)new ExampleInput.Dense(ElementType.UInt8, shape, data))),
        Gen.Float[-1e30f, 1e30f].Array[1, 40].Select(static values => (ExampleInput)new ExampleInput.Dense(
            ElementType.Float32, [values.Length], values.SelectMany(BitConverter.GetBytes).ToArray())),
        Gen.Byte.Array[0, 20].Select(static tail => (ExampleInput)new ExampleInput.EncodedImage(Png.Concat(tail).ToArray())),
        Name.Select(static text => (ExampleInput)new ExampleInput.Text(text)),
        Gen.Const((ExampleInput)new ExampleInput.Text(string.Empty)),
        Gen.Select(Gen.Double[-1e300, 1e300], Gen.Bool).List[1, 30].Select(static items => (ExampleInput)new ExampleInput.Features(
            [.. items.Select(static (item, i) => item.Item2 ? new Feature($"f{i}", item.Item1, null) : new Feature($"f{i}", 0, $"c{i % 3}"))])));

    private static readonly Gen<DateTimeOffset?> Time = Gen.OneOf(
        Gen.Const((DateTimeOffset?)null),
        Gen.Long[DateTimeOffset.MinValue.Ticks, DateTimeOffset.MaxValue.Ticks].Select(static t => (DateTimeOffset?)new DateTimeOffset(t, TimeSpan.Zero)));

    public static readonly Gen<Example> Valid = Gen.Select(
        Name, Target, Input, Time, Gen.OneOf(Gen.Const(1f), Gen.Float[1e-6f, 1e6f]),
        static (id, target, input, time, weight) => new Example(id, target, input, time, weight));

    /// <summary>Returns the same examples in every run.</summary>
    public static Example[] Fixed(int count, ulong seed)
    {
        var generator = new PCG(1, seed);
        return [.. Enumerable.Range(0, count).Select(_ => Valid.Generate(generator, null, out Size _))];
    }
}
