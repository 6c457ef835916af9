using HnmStreams.Tasks;
using HnmStreams.Tasks.Catalog;
using HnmStreams.Torch.Export;
using HnmStreams.Torch.Networks.Tables;
using static TorchSharp.torch;

namespace HnmStreams.Pipeline.Tests.Fixtures;

/// <summary>A teacher in a temporary folder that knows the rule of <see cref="Stream"/>: an example is positive if its numbers sum up to more than 1.4.</summary>
internal sealed class TeacherFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hnm-teacher-").FullName;

    public TeacherFolder()
    {
        using var scope = NewDisposeScope();
        using var network = new Mlp(Stream.Features, [], 1);
        var weights = new Dictionary<string, Tensor> { ["layer0.weight"] = full(1, Stream.Features, 2_000, float32), ["layer0.bias"] = full(1, -2_800, float32) };
        OnnxExport.Write(File, network, weights, [-1, Stream.Features], new Dictionary<string, string>());
    }

    private string File => Path.Combine(_folder, "teacher.onnx");

    /// <summary>Returns the task of <see cref="Stream"/> with this teacher.</summary>
    public IMiningTask Task(Action<TaskOptions>? change = null)
    {
        var options = new TaskOptions { Name = "tabular" };
        (options.Tabular.Features, options.Tabular.Hidden, options.Teacher.File) = (Stream.Features, [16], File);
        change?.Invoke(options);
        return TaskCatalog.Create(options.Name, options);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
