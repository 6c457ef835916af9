namespace HnmStreams.Data.Synthetic;

/// <summary>
/// The shapes of the stream. Position, size, line width, brightness and noise are drawn from the same distributions for all of
/// them, so that none of these identifies a positive. Lengths are given for 28 pixels and scaled.
/// </summary>
internal readonly struct SyntheticShapes(int size)
{
    /// <summary>The difficulty of the families of easy negatives, in the order of the cases of <see cref="EasyNegative"/>.</summary>
    private static readonly double[] EasyDifficulties = [0.0, 0.02, 0.05, 0.1, 0.15, 0.25];

    /// <summary>The narrowest and the widest gap of a look-alike: clear pixels between the ends of its line.</summary>
    private const float NarrowGap = 1.2f;
    private const float WideGap = 6f;

    private const int Kinds = 7;
    private const ulong KindSeed = 20;
    private const double AlmostRingDifficulty = 0.7;

    // Rounded, because the math libraries of different systems differ in the last bit.
    private static readonly (float X, float Y)[] Directions =
    [
        .. Enumerable.Range(0, 1024).Select(static i => Math.SinCos(Math.Tau * i / 1024))
            .Select(static d => ((float)Math.Round(d.Cos, 5), (float)Math.Round(d.Sin, 5))),
    ];

    private readonly float _scale = size / 28f;

    public void Ring(Span<byte> image, ref SplitMix64 random)
    {
        var (x, y, radius, pen) = Place(image, ref random);
        ShapeRenderer.Draw(image, size, new Arc(x, y, radius, 1, 0, 0, 1), pen);
    }

    /// <param name="phase">The phase of the drift in [0, 1): the direction of the gap in turns. The gap narrows in the first half of a cycle.</param>
    /// <returns>The difficulty, from 0.4 (wide) to 1 (narrow).</returns>
    public double BrokenRing(Span<byte> image, double phase, ref SplitMix64 random)
    {
        var (x, y, radius, pen) = Place(image, ref random);
        var wide = (0.3f * (float)Math.Abs(1 - (2 * phase))) + (0.7f * random.NextSingle());
        var gap = (NarrowGap + ((WideGap - NarrowGap) * wide)) * _scale;
        // The round ends of the line reach half its width into the gap.
        var sine = (gap + (2 * pen.HalfWidth)) / (2 * radius);
        var turn = phase + random.Between(-0.1f, 0.1f);
        var (dirX, dirY) = Directions[(int)(turn * Directions.Length) & (Directions.Length - 1)];
        ShapeRenderer.Draw(image, size, new Arc(x, y, radius, dirX, dirY, sine, MathF.Sqrt(1 - (sine * sine))), pen);
        return 1 - (0.6 * wide);
    }

    /// <summary>Draws a closed line that is almost a ring: with a dot inside, with two, three or five dents, with a bar across, doubled, or with a diameter.</summary>
    /// <param name="variant">The number of the kind, from 1. Each has its own direction and size.</param>
    /// <returns>The difficulty, which is the same for all kinds.</returns>
    public double AlmostRing(Span<byte> image, long variant, ref SplitMix64 random)
    {
        var kind = SplitMix64.Of(KindSeed, variant);
        var (place, amount) = (kind.Below(Directions.Length), kind.NextSingle());
        var turned = place + (int)(random.Between(-0.04f, 0.04f) * Directions.Length);
        var (dirX, dirY) = Directions[turned & (Directions.Length - 1)];
        var (x, y, radius, pen) = Place(image, ref random);
        var ring = new Arc(x, y, radius, 1, 0, 0, 1);
        switch ((variant - 1) % Kinds)
        {
            case 0:
                var offset = radius * 0.5f * amount;
                ShapeRenderer.Draw(image, size, new Both<Arc, Disc>(ring, new Disc(x + (dirX * offset), y + (dirY * offset), 0.12f * radius)), pen);
                break;
            case 1:
                ShapeRenderer.Draw(image, size, new Wave(x, y, 0.87f * radius, dirX, dirY, 3, 0.13f), pen);
                break;
            case 2:
                ShapeRenderer.Draw(image, size, new Both<Arc, Bar>(ring, new Bar(x + (dirX * radius), y + (dirY * radius), dirX, dirY, (0.25f + (0.15f * amount)) * radius)), pen);
                break;
            case 3:
                ShapeRenderer.Draw(image, size, new Wave(x, y, 0.87f * radius, dirX, dirY, 2, 0.13f), pen);
                break;
            case 4:
                ShapeRenderer.Draw(image, size, new Both<Arc, Arc>(ring, new Arc(x, y, radius * (0.3f + (0.25f * amount)), 1, 0, 0, 1)), pen);
                break;
            case 5:
                ShapeRenderer.Draw(image, size, new Wave(x, y, 0.87f * radius, dirX, dirY, 5, 0.13f), pen);
                break;
            default:
                ShapeRenderer.Draw(image, size, new Both<Arc, Bar>(ring, new Bar(x, y, dirX, dirY, (0.5f + (0.4f * amount)) * radius)), pen);
                break;
        }

        return AlmostRingDifficulty;
    }

    /// <returns>The difficulty of the chosen family, at most 0.25.</returns>
    public double EasyNegative(Span<byte> image, ref SplitMix64 random)
    {
        var family = random.Below(EasyDifficulties.Length);
        var (dirX, dirY) = Directions[random.Below(Directions.Length)];
        var (x, y, radius, pen) = Place(image, ref random);
        switch (family)
        {
            case 0:
                ShapeRenderer.Draw(image, size, new Stripes(x, dirX, dirY, radius), pen);
                break;
            case 1:
                ShapeRenderer.Draw(image, size, new Bar(x, y, dirX, dirY, radius), pen);
                break;
            case 2:
                ShapeRenderer.Draw(image, size, new Cross(x, y, dirX, dirY, radius), pen);
                break;
            case 3:
                ShapeRenderer.Draw(image, size, new Disc(x, y, radius), pen);
                break;
            case 4:
                ShapeRenderer.Draw(image, size, new Square(x, y, dirX, dirY, radius * 0.8f), pen);
                break;
            default:
                // Half a ring: the half angle of the gap is a right angle.
                ShapeRenderer.Draw(image, size, new Arc(x, y, radius, dirX, dirY, 1, 0), pen);
                break;
        }

        return EasyDifficulties[family];
    }

    /// <summary>Fills the image with noise and chooses a circle inside it.</summary>
    private (float X, float Y, float Radius, Pen Pen) Place(Span<byte> image, ref SplitMix64 random)
    {
        random.Fill(image);
        var pen = new Pen(random.Between(0, 30), random.Between(20, 60), random.Between(100, 190), random.Between(0.7f, 1.4f) * _scale);
        var radius = random.Between(6, 10) * _scale;
        var slack = (size / 2f) - radius - pen.HalfWidth - 0.5f;
        var middle = size / 2f;
        return (middle + random.Between(-slack, slack), middle + random.Between(-slack, slack), radius, pen);
    }
}
