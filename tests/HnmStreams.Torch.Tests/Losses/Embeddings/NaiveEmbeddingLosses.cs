namespace HnmStreams.Torch.Tests.Losses.Embeddings;

/// <summary>
/// Reference implementations of the losses over pairs and triplets: loops in double precision that follow the
/// papers. Each returns the mean that the loss reports.
/// </summary>
/// <param name="points">The anchors, followed by the remembered embeddings.</param>
/// <param name="groups">The groups of each point.</param>
/// <param name="anchors">The number of anchors.</param>
internal sealed class NaiveEmbeddingLosses(double[][] points, long[][] groups, int anchors)
{
    public NaiveEmbeddingLosses(double[][] points, long[] groups, int anchors)
        : this(points, [.. groups.Select(static g => (long[])[g])], anchors)
    {
    }

    public double Contrastive(double margin)
    {
        var (same, other) = (new List<double>(), new List<double>());
        ForEachPair((a, o) =>
        {
            if (Share(a, o))
                same.Add(Square(a, o) / 2);
            else if (Distance(a, o) < margin)
                other.Add(Math.Pow(margin - Distance(a, o), 2) / 2);
        });
        return Mean(same) + Mean(other);
    }

    public double BatchAll(double margin, bool soft, bool squared)
    {
        var losses = new List<double>();
        ForEachTriplet((a, p, n) => losses.Add(TripletLoss(DistanceOrSquare(a, p, squared) - DistanceOrSquare(a, n, squared), margin, soft)));
        return Mean(losses.Where(loss => loss > 0));
    }

    public double BatchHard(double margin, bool soft, bool squared)
    {
        var losses = new List<double>();
        for (var a = 0; a < anchors; a++)
        {
            var positives = Partners(a).Where(o => Share(o, a)).Select(o => DistanceOrSquare(a, o, squared)).ToArray();
            var negatives = Partners(a).Where(o => !Share(o, a)).Select(o => DistanceOrSquare(a, o, squared)).ToArray();
            if (positives.Length > 0 && negatives.Length > 0)
                losses.Add(TripletLoss(positives.Max() - negatives.Min(), margin, soft));
        }

        return Mean(losses);
    }

    public double SemiHard(double margin, bool soft, bool squared)
    {
        var losses = new List<double>();
        ForEachPair((a, p) =>
        {
            if (!Share(a, p))
                return;
            var bound = DistanceOrSquare(a, p, squared);
            var semiHard = Partners(a).Where(n => !Share(n, a)).Select(n => DistanceOrSquare(a, n, squared)).Where(d => d > bound && d < bound + margin).ToArray();
            if (semiHard.Length > 0)
                losses.Add(TripletLoss(bound - semiHard.Min(), margin, soft));
        });
        return Mean(losses);
    }

    public double MultiSimilarity(double alpha, double beta, double threshold, double epsilon)
    {
        var sum = 0.0;
        for (var a = 0; a < anchors; a++)
        {
            var positives = Partners(a).Where(o => Share(o, a)).Select(o => Dot(a, o)).ToArray();
            var negatives = Partners(a).Where(o => !Share(o, a)).Select(o => Dot(a, o)).ToArray();
            var lowestPositive = positives.Length > 0 ? positives.Min() : double.PositiveInfinity;
            var highestNegative = negatives.Length > 0 ? negatives.Max() : double.NegativeInfinity;
            var pull = positives.Where(s => double.IsPositiveInfinity(epsilon) || s < highestNegative + epsilon).Sum(s => Math.Exp(-alpha * (s - threshold)));
            var push = negatives.Where(s => double.IsPositiveInfinity(epsilon) || s > lowestPositive - epsilon).Sum(s => Math.Exp(beta * (s - threshold)));
            sum += (Math.Log(1 + pull) / alpha) + (Math.Log(1 + push) / beta);
        }

        return sum / anchors;
    }

    public double InfoNce(double temperature)
    {
        var losses = new List<double>();
        for (var a = 0; a < anchors; a++)
        {
            var negatives = Partners(a).Where(o => !Share(o, a)).Select(o => Math.Exp(Dot(a, o) / temperature)).ToArray();
            var positives = Partners(a).Where(o => Share(o, a)).Select(o => Math.Exp(Dot(a, o) / temperature)).ToArray();
            if (negatives.Length > 0 && positives.Length > 0)
                losses.Add(positives.Average(p => -Math.Log(p / (p + negatives.Sum()))));
        }

        return Mean(losses);
    }

    private static double TripletLoss(double difference, double margin, bool soft) => soft ? Math.Log(1 + Math.Exp(difference)) : Math.Max(0, difference + margin);

    private static double Mean(IEnumerable<double> losses) => losses.DefaultIfEmpty(0).Average();

    private bool Share(int a, int b) => groups[a].Intersect(groups[b]).Any();

    private IEnumerable<int> Partners(int anchor) => Enumerable.Range(0, points.Length).Where(o => o != anchor);

    private void ForEachPair(Action<int, int> use)
    {
        for (var a = 0; a < anchors; a++)
        {
            foreach (var o in Partners(a))
                use(a, o);
        }
    }

    private void ForEachTriplet(Action<int, int, int> use) => ForEachPair((a, p) =>
    {
        if (!Share(a, p))
            return;
        for (var n = 0; n < points.Length; n++)
        {
            if (!Share(n, a))
                use(a, p, n);
        }
    });

    private double DistanceOrSquare(int a, int b, bool squared) => squared ? Square(a, b) : Distance(a, b);

    private double Square(int a, int b) => points[a].Zip(points[b], (x, y) => (x - y) * (x - y)).Sum();

    private double Distance(int a, int b) => Math.Sqrt(Square(a, b));

    private double Dot(int a, int b) => points[a].Zip(points[b], (x, y) => x * y).Sum();
}
