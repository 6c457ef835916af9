using HnmStreams.Torch.Native;
using TorchSharp;

namespace HnmStreams.Host.Telemetry;

/// <summary>A run in TensorBoard: a folder with an event file.</summary>
/// <remarks>One thread.</remarks>
internal sealed class TensorBoardRun
{
    private readonly TorchSharp.Modules.SummaryWriter _writer;

    /// <param name="folder">The folder of the run, which is created.</param>
    /// <exception cref="IOException">The folder cannot be created.</exception>
    public TensorBoardRun(string folder)
    {
        TorchLibrary.EnsureLoaded();
        Directory.CreateDirectory(folder);
        _writer = torch.utils.tensorboard.SummaryWriter(folder);
    }

    /// <summary>Writes the values of a step.</summary>
    /// <param name="values">The values by tag; values that are not finite are left out.</param>
    public void Write(long step, IEnumerable<(string Tag, double Value)> values)
    {
        var number = (int)Math.Min(step, int.MaxValue);
        foreach (var (tag, value) in values)
        {
            if (double.IsFinite(value))
                _writer.add_scalar(tag, (float)value, number);
        }
    }
}
