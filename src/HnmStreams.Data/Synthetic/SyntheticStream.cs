using System.ComponentModel.DataAnnotations;
using System.Globalization;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Synthetic;

/// <summary>
/// An endless stream of small gray images. The task is to find closed rings (about 1 %) among easy shapes and among rings with
/// a gap whose direction and width change over time. New kinds of look-alikes may appear for good at known examples.
/// </summary>
/// <remarks>
/// Example i is a function of the options and i alone, the same on every machine. <see cref="At"/> is thread-safe; <see
/// cref="Next"/> must be called by one thread at a time. O(size^2); allocates the image, the id and the example.
/// </remarks>
public sealed class SyntheticStream
{
    private static readonly Target.ClassIndex Negative = new(0);
    private static readonly Target.ClassIndex Positive = new(1);
    private readonly SyntheticOptions _options;
    private readonly SyntheticShapes _shapes;
    private readonly int[] _shape;

    /// <param name="o">The options, which must not change afterwards.</param>
    /// <exception cref="ArgumentException">A value is outside its range, or the sum of the rates exceeds 1.</exception>
    public SyntheticStream(SyntheticOptions o)
    {
        ArgumentNullException.ThrowIfNull(o);
        try
        {
            Validator.ValidateObject(o, new ValidationContext(o), validateAllProperties: true);
        }
        catch (ValidationException e)
        {
            throw new ArgumentException(e.Message, nameof(o), e);
        }

        if (o.PositiveRate + o.LookAlikeRate > 1)
            throw new ArgumentException("The sum of PositiveRate and LookAlikeRate must be at most 1.", nameof(o));
        _options = o;
        _shapes = new SyntheticShapes(o.Size);
        _shape = [o.Size, o.Size];
    }

    /// <summary>The index of the example that <see cref="Next"/> returns.</summary>
    public long Position { get; set; }

    /// <summary>Returns the example at <see cref="Position"/> and advances the position.</summary>
    public SyntheticExample Next() => At(Position++);

    /// <summary>Returns the example with the given index.</summary>
    /// <param name="index">0 or more.</param>
    public SyntheticExample At(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        var random = SplitMix64.Of(_options.Seed, index);
        var kind = KindOf(random.NextDouble());
        var flipped = random.NextDouble() < _options.WrongLabelRate;
        var image = new byte[_options.Size * _options.Size];
        var variant = kind == SyntheticKind.LookAlike ? VariantOf(index, ref random) : 0;
        var difficulty = Draw(image, kind, variant, index, ref random);
        var example = new Example(
            string.Create(CultureInfo.InvariantCulture, $"syn-{index}"),
            (kind == SyntheticKind.Positive) != flipped ? Positive : Negative,
            new ExampleInput.Dense(ElementType.UInt8, _shape, image));
        return new SyntheticExample(example, difficulty, kind, flipped) { Variant = variant };
    }

    private SyntheticKind KindOf(double draw)
    {
        if (draw < _options.PositiveRate)
            return SyntheticKind.Positive;
        return draw < _options.PositiveRate + _options.LookAlikeRate ? SyntheticKind.LookAlike : SyntheticKind.EasyNegative;
    }

    // Before the first change nothing is drawn, so that streams with and without changes begin alike.
    private long VariantOf(long index, ref SplitMix64 random)
    {
        var newest = _options.ChangesUpTo(index);
        if (newest == 0)
            return 0;
        return random.NextDouble() < _options.NewestShare ? newest : (long)(random.NextDouble() * newest);
    }

    private double Draw(byte[] image, SyntheticKind kind, long variant, long index, ref SplitMix64 random)
    {
        switch (kind)
        {
            case SyntheticKind.Positive:
                _shapes.Ring(image, ref random);
                return 0;
            case SyntheticKind.LookAlike when variant > 0:
                return _shapes.AlmostRing(image, variant, ref random);
            case SyntheticKind.LookAlike:
                var cycles = index / _options.DriftPeriod;
                return _shapes.BrokenRing(image, cycles - Math.Floor(cycles), ref random);
            default:
                return _shapes.EasyNegative(image, ref random);
        }
    }
}
