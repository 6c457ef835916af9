using HnmStreams.Data.Examples;
using HnmStreams.Tasks.Faces;
using HnmStreams.Tasks.Tests.Conformance;
using HnmStreams.Tasks.Tests.Images;
using HnmStreams.Torch.Losses.Embeddings;

namespace HnmStreams.Tasks.Tests.Faces;

/// <summary>Conformance tests of the faces task with each embedding loss.</summary>
public abstract class FacesConformance(EmbeddingLossOptions loss, int channels = 1, int shrink = 1) : GroupedTaskConformance
{
    private const int Size = 16;

    protected override IMiningTask Create() => new FacesTask(new FacesOptions
    {
        Height = Size,
        Width = Size,
        Channels = channels,
        Shrink = shrink,
        Embedding = 16,
        Loss = loss,
    });

    protected override Example ValidExample(int index) => TestImages.Stripe(index, Size, Size, channels, new Target.Identity($"person-{index % 4}"));
}

public sealed class BatchHardFacesConformance() : FacesConformance(new EmbeddingLossOptions { Mining = "batch-hard", Margin = 1.5 }, channels: 3, shrink: 2);

public sealed class BatchAllFacesConformance() : FacesConformance(new EmbeddingLossOptions { Mining = "batch-all", Margin = 1.5 });

public sealed class SemiHardFacesConformance() : FacesConformance(new EmbeddingLossOptions { Mining = "semi-hard", Margin = 1.5, Squared = true });

public sealed class SoftMarginFacesConformance() : FacesConformance(new EmbeddingLossOptions { SoftMargin = true, Squared = true });

public sealed class ContrastiveFacesConformance() : FacesConformance(new EmbeddingLossOptions { Name = "contrastive", Margin = 1 });

public sealed class MultiSimilarityFacesConformance() : FacesConformance(new EmbeddingLossOptions { Name = "multi-similarity", Alpha = 20, Beta = 20, Epsilon = 4 });

public sealed class InfoNceFacesConformance() : FacesConformance(new EmbeddingLossOptions { Name = "info-nce" });
