using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Torch.Losses.Embeddings;

/// <summary>Which loss embeddings are trained by, and its numbers. Only those of the named loss are used.</summary>
public sealed class EmbeddingLossOptions
{
    /// <summary><c>triplet</c>, <c>contrastive</c>, <c>multi-similarity</c> or <c>info-nce</c>.</summary>
    [Required, AllowedValues("triplet", "contrastive", "multi-similarity", "info-nce")]
    public string Name { get; set; } = "triplet";

    /// <summary>Of triplet: <c>batch-all</c>, <c>batch-hard</c>, <c>semi-hard</c>, or <c>batch-random</c> to hold them against.</summary>
    [Required, AllowedValues("batch-all", "batch-hard", "semi-hard", "batch-random")]
    public string Mining { get; set; } = "batch-hard";

    /// <summary>Of triplet and contrastive, in distances; on the unit sphere these end at 2.</summary>
    [Range(1e-6, 1e6)]
    public double Margin { get; set; } = 0.2;

    /// <summary>Of triplet: log(1 + exp(difference)) in place of the margin's corner, so that there is always a gradient.</summary>
    public bool SoftMargin { get; set; }

    /// <summary>Of triplet: squared distances, as FaceNet has them.</summary>
    public bool Squared { get; set; }

    /// <summary>Of multi-similarity: how sharply positives weigh.</summary>
    [Range(1e-3, 1e4)]
    public double Alpha { get; set; } = 2;

    /// <summary>Of multi-similarity: how sharply negatives weigh.</summary>
    [Range(1e-3, 1e4)]
    public double Beta { get; set; } = 50;

    /// <summary>Of multi-similarity: the similarity that both are measured from.</summary>
    [Range(-1.0, 1.0)]
    public double Threshold { get; set; } = 0.5;

    /// <summary>Of multi-similarity: slack of its pair mining.</summary>
    [Range(-2.0, 4.0)]
    public double Epsilon { get; set; } = 0.1;

    /// <summary>Of info-nce: similarities are divided by it.</summary>
    [Range(1e-4, 100.0)]
    public double Temperature { get; set; } = 0.05;

    /// <exception cref="InvalidOperationException">There is no such loss.</exception>
    public IEmbeddingLoss Create() => Name switch
    {
        "triplet" => new TripletLoss(ToMining(Mining), Margin, SoftMargin, Squared),
        "contrastive" => new ContrastiveLoss(Margin),
        "multi-similarity" => new MultiSimilarityLoss(Alpha, Beta, Threshold, Epsilon),
        "info-nce" => new InfoNceLoss(Temperature),
        _ => throw new InvalidOperationException($"There is no loss '{Name}' for embeddings; there are triplet, contrastive, multi-similarity and info-nce."),
    };

    private static TripletMining ToMining(string name) => name switch
    {
        "batch-all" => TripletMining.BatchAll,
        "batch-hard" => TripletMining.BatchHard,
        "semi-hard" => TripletMining.SemiHard,
        "batch-random" => TripletMining.BatchRandom,
        _ => throw new InvalidOperationException($"There is no mining '{name}' of triplets; there are batch-all, batch-hard, semi-hard and batch-random."),
    };
}
