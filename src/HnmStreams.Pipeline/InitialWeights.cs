using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline;

/// <summary>The weights that a learner starts from instead of random ones.</summary>
internal static class InitialWeights
{
    /// <summary>Loads a safetensors file into a learner. If it does not fit, the learner is disposed.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or does not fit the task's network.</exception>
    public static void Load(Learner learner, string path)
    {
        var weights = SafetensorsFile.Read(path);
        try
        {
            learner.LoadWeights(weights);
        }
        catch (InvalidDataException e)
        {
            learner.Dispose();
            throw new InvalidDataException($"'run.init' is '{path}': {e.Message}", e);
        }
        finally
        {
            foreach (var tensor in weights.Values)
                tensor.Dispose();
        }
    }
}
