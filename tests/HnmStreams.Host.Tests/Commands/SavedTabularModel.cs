using HnmStreams.Tasks.Tabular;
using HnmStreams.Torch.Snapshots;
using static TorchSharp.torch;

namespace HnmStreams.Host.Tests.Commands;

/// <summary>A saved model of a tabular task with three features and one hidden layer of four units.</summary>
internal static class SavedTabularModel
{
    // A learner creates its network apart from torch's generator. A network that is created beside one would change the weights of other tests.
    public static void Write(string path)
    {
        using var learner = new Torch.Learning.Learner(new TabularTask(new TabularOptions { Features = 3, Hidden = [4] }), new Torch.Learning.TrainingOptions(), CPU, seed: 1, threads: 1);
        using var model = learner.Current();
        SafetensorsFile.Write(path, model.Tensors);
    }
}
