using HnmStreams.Data.Examples;
using HnmStreams.Tasks.Retrieval;
using HnmStreams.Tasks.Tests.Conformance;
using HnmStreams.Testing.Tensors;

namespace HnmStreams.Tasks.Tests.Retrieval;

/// <summary>Conformance tests of the retrieval task with a user's TorchScript encoder.</summary>
public sealed class RetrievalTorchScriptConformance : GroupedTaskConformance, IDisposable
{
    private const int Buckets = 1 << 10, Width = 16;

    private readonly string _folder = Directory.CreateTempSubdirectory("hnm-torchscript-").FullName;

    protected override IReadOnlyList<string> SupportedInputs => ["text"];

    protected override bool PadsTexts => true;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    protected override IMiningTask Create()
    {
        var path = Path.Combine(_folder, "model.pt");
        if (!File.Exists(path))
            TorchScriptFile.WriteTextEncoder(path, Buckets, Width);
        return new RetrievalTask(new RetrievalOptions { Buckets = Buckets, Embedding = Width }) { ModelFile = path };
    }

    protected override Example ValidExample(int index) => RetrievalConformance.TextExample(index);
}
