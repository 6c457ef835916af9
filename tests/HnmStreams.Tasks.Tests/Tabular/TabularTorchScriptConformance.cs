using HnmStreams.Data.Examples;
using HnmStreams.Tasks.Tabular;
using HnmStreams.Tasks.Tests.Conformance;
using HnmStreams.Testing.Tensors;

namespace HnmStreams.Tasks.Tests.Tabular;

/// <summary>Conformance tests of the tabular task with a user's TorchScript network.</summary>
public sealed class TabularTorchScriptConformance : LabeledTaskConformance, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hnm-torchscript-").FullName;

    protected override IReadOnlyList<string> SupportedTargets => ["label", "index"];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    protected override IMiningTask Create()
    {
        var path = Path.Combine(_folder, "model.pt");
        if (!File.Exists(path))
            TorchScriptFile.WritePerceptron(path, 5, 16, 1);
        return new TabularTask(new TabularOptions { Features = 5 }) { ModelFile = path };
    }

    protected override Example ValidExample(int index) => TabularTaskTests.Row(
        new Target.ClassIndex(index % 3), index % 3 == 1 ? 2 : -1, index % 7 / 7f, index % 5 / 5f, (index * 31 % 17 / 17f) - 0.5f, index % 3);
}
