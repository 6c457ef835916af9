using HnmStreams.Data.Examples;
using HnmStreams.Tasks.Retrieval;
using HnmStreams.Tasks.Tests.Conformance;
using HnmStreams.Torch.Losses.Embeddings;

namespace HnmStreams.Tasks.Tests.Retrieval;

public abstract class RetrievalConformance(string loss) : GroupedTaskConformance
{
    private static readonly string[] Meanings = ["my card has not come yet", "what does a transfer cost", "close the account", "the machine kept my card"];

    protected override IReadOnlyList<string> SupportedInputs => ["text"];

    protected override IMiningTask Create() => new RetrievalTask(new RetrievalOptions
    {
        Buckets = 1 << 10,
        Embedding = 16,
        Loss = new EmbeddingLossOptions { Name = loss, Margin = 1.5, Alpha = 20, Beta = 20, Epsilon = 4 },
    });

    protected override Example ValidExample(int index) => TextExample(index);

    internal static Example TextExample(int index) =>
        new($"text-{index}", new Target.Identity($"meaning-{index % 4}"), new ExampleInput.Text($"{Meanings[index % 4]} {index}"));
}

public sealed class InfoNceRetrievalConformance() : RetrievalConformance("info-nce");

public sealed class TripletRetrievalConformance() : RetrievalConformance("triplet");

public sealed class ContrastiveRetrievalConformance() : RetrievalConformance("contrastive");

public sealed class MultiSimilarityRetrievalConformance() : RetrievalConformance("multi-similarity");
