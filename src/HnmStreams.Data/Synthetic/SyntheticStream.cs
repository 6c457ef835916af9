using System.ComponentModel.DataAnnotations;
using System.Globalization;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Synthetic;

/// <summary>
/// An endless stream of small grey images: find the closed ring (about 1 %) among easy figures, and among rings with a
/// gap that wanders and changes its width over time.
/// </summary>
/// <remarks>
/// Example i is a function of options and i alone, the same on every machine. <see cref="At"/> may be called from any
/// thread; <see cref="Next"/> by one at a time. O(size^2), and allocates the image, the id and the example.
/// </remarks>
public sealed class SyntheticStream
{
    private static readonly Target.ClassIndex Negative = new(0);
    private static readonly Target.ClassIndex Positive = new(1);
    private readonly SyntheticOptions _options;
    private readonly SyntheticShapes _figures;
    private readonly int[] _shape;

    /// <param name="o">Not to be changed any more.</param>
    /// <exception cref="ArgumentException">A value is outside of what its attribute allows, or the rates sum above 1.</exception>
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
            throw new ArgumentException("PositiveRate and LookAlikeRate are shares of one stream: their sum is at most 1.", nameof(o));
        _options = o;
        _figures = new SyntheticShapes(o.Size);
        _shape = [o.Size, o.Size];
    }

    /// <summary>Index of the example that <see cref="Next"/> gives; set it to go on from elsewhere.</summary>
    public long Position { get; set; }

    public SyntheticExample Next() => At(Position++);

    /// <param name="index">0 or more.</param>
    public SyntheticExample At(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        var random = SplitMix64.Of(_options.Seed, index);
        var kind = KindOf(random.NextDouble());
        var flipped = random.NextDouble() < _options.WrongLabelRate;
        var image = new byte[_options.Size * _options.Size];
        var difficulty = Draw(image, kind, index, ref random);
        var example = new Example(
            string.Create(CultureInfo.InvariantCulture, $"syn-{index}"),
            (kind == SyntheticKind.Positive) != flipped ? Positive : Negative,
            new ExampleInput.Dense(ElementType.UInt8, _shape, image));
        return new SyntheticExample(example, difficulty, kind, flipped);
    }

    private SyntheticKind KindOf(double draw)
    {
        if (draw < _options.PositiveRate)
            return SyntheticKind.Positive;
        return draw < _options.PositiveRate + _options.LookAlikeRate ? SyntheticKind.LookAlike : SyntheticKind.EasyNegative;
    }

    private double Draw(byte[] image, SyntheticKind kind, long index, ref SplitMix64 random)
    {
        switch (kind)
        {
            case SyntheticKind.Positive:
                _figures.Ring(image, ref random);
                return 0;
            case SyntheticKind.LookAlike:
                var cycles = index / _options.DriftPeriod;
                return _figures.BrokenRing(image, cycles - Math.Floor(cycles), ref random);
            default:
                return _figures.Easily(image, ref random);
        }
    }
}
