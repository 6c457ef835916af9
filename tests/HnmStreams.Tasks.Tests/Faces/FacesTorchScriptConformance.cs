using HnmStreams.Data.Examples;
using HnmStreams.Tasks.Faces;
using HnmStreams.Tasks.Tests.Conformance;
using HnmStreams.Tasks.Tests.Images;
using HnmStreams.Testing.Tensors;

namespace HnmStreams.Tasks.Tests.Faces;

/// <summary>Conformance tests of the faces task with a user's TorchScript encoder.</summary>
public sealed class FacesTorchScriptConformance : GroupedTaskConformance, IDisposable
{
    private const int Size = 16, Width = 12;

    private readonly string _folder = Directory.CreateTempSubdirectory("hnm-torchscript-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    protected override IMiningTask Create()
    {
        var path = Path.Combine(_folder, "model.pt");
        if (!File.Exists(path))
            TorchScriptFile.WriteImageEncoder(path, Size * Size, Width);
        return new FacesTask(new FacesOptions { Height = Size, Width = Size, Embedding = Width }) { ModelFile = path };
    }

    protected override Example ValidExample(int index) => TestImages.Stripe(index, Size, Size, 1, new Target.Identity($"person-{index % 4}"));
}
