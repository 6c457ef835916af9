using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Torch.Losses.Embeddings;

/// <summary>Settings of the loss of embeddings. Only the settings of the named loss are used.</summary>
public sealed class EmbeddingLossOptions
{
    /// <summary>The loss: <c>triplet</c>, <c>contrastive</c>, <c>multi-similarity</c> or <c>info-nce</c>.</summary>
    [Required, AllowedValues("triplet", "contrastive", "multi-similarity", "info-nce")]
    public string Name { get; set; } = "triplet";

    /// <summary>
    /// The triplets of a batch that <c>triplet</c> trains on: <c>batch-all</c>, <c>batch-hard</c> or
    /// <c>semi-hard</c>; <c>batch-random</c> is a baseline for comparison.
    /// </summary>
    [Required, AllowedValues("batch-all", "batch-hard", "semi-hard", "batch-random")]
    public string Mining { get; set; } = "batch-hard";

    /// <summary>
    /// The margin of <c>triplet</c> and <c>contrastive</c>, as a distance, above 0. Distances between embeddings of
    /// unit length are at most 2.
    /// </summary>
    [Range(1e-6, 1e6)]
    public double Margin { get; set; } = 0.2;

    /// <summary>True replaces the hinge of <c>triplet</c> by log(1 + exp(difference)), whose gradient never vanishes.</summary>
    public bool SoftMargin { get; set; }

    /// <summary>True makes <c>triplet</c> use squared distances, as FaceNet does.</summary>
    public bool Squared { get; set; }

    /// <summary>
    /// The scale of the positives in <c>multi-similarity</c> (alpha); larger values concentrate the loss on the least
    /// similar positives.
    /// </summary>
    [Range(1e-3, 1e4)]
    public double Alpha { get; set; } = 2;

    /// <summary>
    /// The scale of the negatives in <c>multi-similarity</c> (beta); larger values concentrate the loss on the most
    /// similar negatives.
    /// </summary>
    [Range(1e-3, 1e4)]
    public double Beta { get; set; } = 50;

    /// <summary>The similarity that <c>multi-similarity</c> measures both from (lambda), -1 to 1.</summary>
    [Range(-1.0, 1.0)]
    public double Threshold { get; set; } = 0.5;

    /// <summary>The slack of the pair mining in <c>multi-similarity</c> (epsilon), as a similarity, -2 to 4; larger values keep more pairs.</summary>
    [Range(-2.0, 4.0)]
    public double Epsilon { get; set; } = 0.1;

    /// <summary>The temperature of <c>info-nce</c>, by which similarities are divided; smaller values weigh hard negatives more.</summary>
    [Range(1e-4, 100.0)]
    public double Temperature { get; set; } = 0.05;

    /// <exception cref="InvalidOperationException">The name is unknown.</exception>
    public IEmbeddingLoss Create() => Name switch
    {
        "triplet" => new TripletLoss(ToMining(Mining), Margin, SoftMargin, Squared),
        "contrastive" => new ContrastiveLoss(Margin),
        "multi-similarity" => new MultiSimilarityLoss(Alpha, Beta, Threshold, Epsilon),
        "info-nce" => new InfoNceLoss(Temperature),
        _ => throw new InvalidOperationException($"'loss.name' must be triplet, contrastive, multi-similarity or info-nce but is '{Name}'."),
    };

    private static TripletMining ToMining(string name) => name switch
    {
        "batch-all" => TripletMining.BatchAll,
        "batch-hard" => TripletMining.BatchHard,
        "semi-hard" => TripletMining.SemiHard,
        "batch-random" => TripletMining.BatchRandom,
        _ => throw new InvalidOperationException($"'loss.mining' must be batch-all, batch-hard, semi-hard or batch-random but is '{name}'."),
    };
}
