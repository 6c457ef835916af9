using CsCheck;
using HnmStreams.Torch.Losses.Embeddings;
using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Losses.Embeddings;

/// <summary>Tests of the embedding losses. Expected values come from loops in double precision that follow the papers, and gradients from finite differences.</summary>
public sealed class EmbeddingLossTests
{
    private const int Width = 3;
    private const double Margin = 0.5;

    // 4 to 9 points on the sphere in 3 groups, of which the last 0 to 4 are remembered. The numbers come from a
    // sequence, because CsCheck's doubles favor zeros and equal values, where hinges have no slope.
    private static readonly Gen<(double[][] Points, long[] Groups, int Remembered)> Batches =
        from count in Gen.Int[4, 9]
        from start in Gen.ULong
        from groups in Gen.Long[0, 2].Array[count]
        from remembered in Gen.Int[0, Math.Min(4, count - 2)]
        select (Points: PointsFrom(start, count), groups, remembered);

    public EmbeddingLossTests() => TorchLibrary.EnsureLoaded();

    public static TheoryData<string> Names =>
    [
        "contrastive", "multi-similarity", "multi-similarity without mining", "info-nce",
        "batch-all", "batch-hard", "semi-hard", "batch-all soft", "batch-hard soft", "semi-hard soft", "batch-all squared", "batch-hard squared", "semi-hard squared",
    ];

    // Random choices have no single expected value.
    public static TheoryData<string> AllNames => [.. Names.Select(n => n.Data), "batch-random", "batch-random soft"];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_mean_over_the_rows_matches_the_definition_of_the_paper(string name) => Batches.Sample(
        batch =>
        {
            var naive = new NaiveEmbeddingLosses(batch.Points, batch.Groups, batch.Points.Length - batch.Remembered);
            Assert.Equal(Expected(naive, name), Mean(Create(name), batch.Points, batch.Groups, batch.Remembered), 1e-6);
        },
        seed: "0000KOIPe036", iter: 60, threads: 1);

    [Theory]
    [MemberData(nameof(Names))]
    public void Rows_that_share_one_of_several_groups_are_never_negatives_of_each_other(string name) => Batches.SelectMany(batch => Gen.Int[0, 6].Select(extra => (batch, extra))).Sample(
        sample =>
        {
            var (points, groups, remembered) = sample.batch;
            // Row i is also in the groups i mod 3 .. i mod 3 + extra, which overlap with those of other rows.
            var several = groups.Select((group, i) => (long[])[group, .. Enumerable.Range(1, i % 4 == 0 ? 0 : sample.extra).Select(n => (group + n + i) % 9).Where(g => g != group).Distinct()]).ToArray();
            var naive = new NaiveEmbeddingLosses(points, several, points.Length - remembered);
            using var scope = NewDisposeScope();
            var memory = remembered == 0 ? null : new RememberedEmbeddings(Tensor(points[^remembered..]), Groups(several[^remembered..]));
            var loss = Create(name).PerAnchor(Tensor(points[..^remembered]), Groups(several[..^remembered]), memory).mean().item<double>();
            Assert.Equal(Expected(naive, name), loss, 1e-6);
        },
        seed: "0000KOIPe036", iter: 60, threads: 1);

    [Fact]
    public void Terms_count_pairs_by_shared_groups()
    {
        using var scope = NewDisposeScope();
        // 0 and 1 share group 1, 1 and 2 share group 2; 0 and 2 share none.
        var groups = Groups([[1], [1, 2], [2]]);
        Assert.Equal(2, new TripletLoss(TripletMining.BatchHard, Margin).Terms(groups));
        Assert.Equal(2, new TripletLoss(TripletMining.BatchAll, Margin).Terms(groups));
        Assert.Equal(2, new TripletLoss(TripletMining.SemiHard, Margin).Terms(groups));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_match_finite_differences(string name) => Batches.Sample(
        batch =>
        {
            var loss = Create(name);
            var gradient = Gradient(loss, batch.Points, batch.Groups, batch.Remembered);
            const double step = 1e-6;
            for (var i = 0; i < gradient.Length; i++)
            {
                var (point, coordinate) = (i / Width, i % Width);
                double At(double shift)
                {
                    var moved = batch.Points.Select(p => p.ToArray()).ToArray();
                    moved[point][coordinate] += shift;
                    return Mean(loss, moved, batch.Groups, batch.Remembered);
                }

                Assert.Equal((At(step) - At(-step)) / (2 * step), gradient[i], 2e-4);
            }
        },
        seed: "0000KOIPe036", iter: 12, threads: 1);

    [Theory]
    [MemberData(nameof(AllNames))]
    public void Rows_without_a_partner_of_their_group_give_a_finite_loss_and_gradient(string name)
    {
        double[][] points = [UnitLength([1, 2, 3]), UnitLength([3, 2, 1]), UnitLength([-1, 2, 0])];
        Assert.True(double.IsFinite(Mean(Create(name), points, [0, 1, 2], 0)));
        Assert.All(Gradient(Create(name), points, [0, 1, 2], 0), g => Assert.True(double.IsFinite(g)));
    }

    [Theory]
    [MemberData(nameof(AllNames))]
    public void One_group_alone_gives_a_finite_loss_and_gradient(string name)
    {
        double[][] points = [UnitLength([1, 2, 3]), UnitLength([3, 2, 1]), UnitLength([-1, 2, 0])];
        Assert.True(double.IsFinite(Mean(Create(name), points, [7, 7, 7], 0)));
        Assert.All(Gradient(Create(name), points, [7, 7, 7], 0), g => Assert.True(double.IsFinite(g)));
    }

    [Theory]
    [MemberData(nameof(AllNames))]
    public void Two_equal_embeddings_give_a_finite_gradient(string name)
    {
        var point = UnitLength([1, 2, 3]);
        Assert.All(Gradient(Create(name), [point, point, point, point], [0, 0, 1, 1], 0), g => Assert.True(double.IsFinite(g)));
    }

    [Theory]
    [MemberData(nameof(AllNames))]
    public void A_loss_leaks_no_tensor(string name)
    {
        using var scope = NewDisposeScope();
        var (points, groups) = (rand(12, Width), tensor(Enumerable.Range(0, 12).Select(i => (long)(i % 4)).ToArray()));
        var memory = new RememberedEmbeddings(rand(5, Width), tensor(new long[] { 0, 1, 2, 3, 4 }));
        var before = scope.DisposablesCount;
        Create(name).PerAnchor(points, groups, memory);
        Assert.Equal(before + 1, scope.DisposablesCount);
    }

    [Fact]
    public void Remembered_embeddings_get_no_gradient_but_change_that_of_the_anchors()
    {
        double[][] points = [UnitLength([1, 2, 3]), UnitLength([3, 2, 1]), UnitLength([1, 2, 2])];
        Assert.All(Gradient(new InfoNceLoss(), points[..2], [0, 0], 0), g => Assert.Equal(0, g));
        Assert.Contains(Gradient(new InfoNceLoss(), points, [0, 0, 1], 1), g => g != 0);
    }

    [Fact]
    public void Batch_random_selects_triplets_uniformly()
    {
        var points = PointsFrom(5, 7);
        long[] groups = [0, 0, 0, 1, 1, 2, 2];
        var loss = new TripletLoss(TripletMining.BatchRandom, Margin, soft: true);
        using var scope = NewDisposeScope();
        random.manual_seed(11);
        const int Draws = 4_000;
        var drawn = Enumerable.Range(0, Draws).Select(_ => loss.PerAnchor(Tensor(points), tensor(groups)).data<double>().ToArray()).ToArray();
        for (var a = 0; a < points.Length; a++)
        {
            var anchor = a;
            double[] triplets = [.. from p in Enumerable.Range(0, 7) from n in Enumerable.Range(0, 7) where p != anchor && groups[p] == groups[anchor] && groups[n] != groups[anchor] select SoftLoss(anchor, p, n)];
            Assert.All(drawn, d => Assert.Contains(triplets, t => Math.Abs(t - d[anchor]) < 1e-9));
            var spread = Math.Sqrt(triplets.Average(t => Math.Pow(t - triplets.Average(), 2)));
            Assert.Equal(triplets.Average(), drawn.Average(d => d[anchor]), 5 * spread / Math.Sqrt(Draws));
        }

        double SoftLoss(int a, int p, int n) => Math.Log(1 + Math.Exp(Distance(a, p) - Distance(a, n)));
        double Distance(int i, int j) => Math.Sqrt(points[i].Zip(points[j], (x, y) => (x - y) * (x - y)).Sum());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Rejects_invalid_parameters(double number)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TripletLoss(TripletMining.BatchAll, number));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ContrastiveLoss(number));
        Assert.Throws<ArgumentOutOfRangeException>(() => new InfoNceLoss(number));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MultiSimilarityLoss(alpha: number));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MultiSimilarityLoss(beta: number));
    }

    [Theory]
    [InlineData("triplet", typeof(TripletLoss))]
    [InlineData("contrastive", typeof(ContrastiveLoss))]
    [InlineData("multi-similarity", typeof(MultiSimilarityLoss))]
    [InlineData("info-nce", typeof(InfoNceLoss))]
    public void Options_create_the_named_loss(string name, Type type) => Assert.IsType(type, new EmbeddingLossOptions { Name = name }.Create());

    [Fact]
    public void An_unknown_loss_is_rejected_with_the_list_of_losses() =>
        Assert.Contains("info-nce", Assert.Throws<InvalidOperationException>(() => new EmbeddingLossOptions { Name = "proxy" }.Create()).Message, StringComparison.Ordinal);

    private static IEmbeddingLoss Create(string name) => name switch
    {
        "contrastive" => new ContrastiveLoss(Margin),
        "multi-similarity" => new MultiSimilarityLoss(2, 10, 0.4, 0.1),
        "multi-similarity without mining" => new MultiSimilarityLoss(2, 10, 0.4, double.PositiveInfinity),
        "info-nce" => new InfoNceLoss(0.2),
        _ => new TripletLoss(
            name.StartsWith("batch-all", StringComparison.Ordinal) ? TripletMining.BatchAll
            : name.StartsWith("batch-hard", StringComparison.Ordinal) ? TripletMining.BatchHard
            : name.StartsWith("batch-random", StringComparison.Ordinal) ? TripletMining.BatchRandom : TripletMining.SemiHard,
            Margin,
            name.EndsWith(" soft", StringComparison.Ordinal),
            name.EndsWith(" squared", StringComparison.Ordinal)),
    };

    private static double Expected(NaiveEmbeddingLosses naive, string name)
    {
        var (soft, squared) = (name.EndsWith(" soft", StringComparison.Ordinal), name.EndsWith(" squared", StringComparison.Ordinal));
        return name switch
        {
            "contrastive" => naive.Contrastive(Margin),
            "multi-similarity" => naive.MultiSimilarity(2, 10, 0.4, 0.1),
            "multi-similarity without mining" => naive.MultiSimilarity(2, 10, 0.4, double.PositiveInfinity),
            "info-nce" => naive.InfoNce(0.2),
            _ when name.StartsWith("batch-all", StringComparison.Ordinal) => naive.BatchAll(Margin, soft, squared),
            _ when name.StartsWith("batch-hard", StringComparison.Ordinal) => naive.BatchHard(Margin, soft, squared),
            _ => naive.SemiHard(Margin, soft, squared),
        };
    }

    private static double Mean(IEmbeddingLoss loss, double[][] points, long[] groups, int remembered)
    {
        using var scope = NewDisposeScope();
        return Loss(loss, Tensor(points[..^remembered]), points, groups, remembered).item<double>();
    }

    private static double[] Gradient(IEmbeddingLoss loss, double[][] points, long[] groups, int remembered)
    {
        using var scope = NewDisposeScope();
        var anchors = Tensor(points[..^remembered]).requires_grad_();
        return [.. autograd.grad([Loss(loss, anchors, points, groups, remembered)], [anchors])[0].data<double>()];
    }

    private static Tensor Loss(IEmbeddingLoss loss, Tensor anchors, double[][] points, long[] groups, int remembered)
    {
        var memory = remembered == 0 ? null : new RememberedEmbeddings(Tensor(points[^remembered..]), tensor(groups[^remembered..]));
        var perAnchor = loss.PerAnchor(anchors, tensor(groups[..^remembered]), memory);
        Assert.Equal([points.Length - remembered], perAnchor.shape);
        return perAnchor.mean();
    }

    private static Tensor Groups(long[][] groups)
    {
        var columns = groups.Max(static g => g.Length);
        return columns == 1 ? tensor(groups.Select(static g => g[0]).ToArray())
            : tensor(groups.SelectMany(g => g.Concat(Enumerable.Repeat(GroupTargets.None, columns - g.Length))).ToArray()).view(-1, columns);
    }

    private static Tensor Tensor(double[][] points) => tensor(points.SelectMany(p => p).ToArray()).view(-1, Width);

    // Weyl's sequence with mixed high bits: uniform over the cube and without repeats.
    private static double[][] PointsFrom(ulong start, int count)
    {
        double Next()
        {
            start += 0x9E3779B97F4A7C15;
            var mixed = (start ^ (start >> 30)) * 0xBF58476D1CE4E5B9;
            return ((mixed >> 11) / (double)(1L << 52)) - 1;
        }

        return [.. Enumerable.Range(0, count).Select(_ => UnitLength([Next(), Next(), Next()]))];
    }

    private static double[] UnitLength(double[] point)
    {
        var length = Math.Sqrt(point.Sum(x => x * x)) + 1e-9;
        return [.. point.Select(x => x / length)];
    }
}
