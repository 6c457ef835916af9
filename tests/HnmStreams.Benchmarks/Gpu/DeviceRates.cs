using HnmStreams.Data.Rows;
using HnmStreams.Tasks;
using HnmStreams.Torch.Devices;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Networks.Backbones;
using HnmStreams.Torch.Replicas;
using TorchSharp;
using static TorchSharp.torch;

namespace HnmStreams.Benchmarks.Gpu;

/// <summary>The rates of a matrix product, a network and the scoring of the service on one device.</summary>
/// <remarks>One thread.</remarks>
internal sealed class DeviceRates(GpuSettings settings, TimeProvider time)
{
    private const int Repetitions = 10;

    private readonly Device _device = TorchDevices.Parse(settings.Device);

    private ScalarType Type => settings.UsesBFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;

    /// <summary>Returns the operations per second of products of two square matrices.</summary>
    public double Product()
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var (a, b) = (Matrix(), Matrix());
        var seconds = Seconds(() => a.mm(b).Dispose());
        return 2.0 * settings.ProductSize * settings.ProductSize * settings.ProductSize / seconds;

        Tensor Matrix() => randn(settings.ProductSize, settings.ProductSize).to(Type).to(_device);
    }

    /// <summary>Returns the images per second of the network alone.</summary>
    /// <param name="file">The weights.</param>
    public double Forward(string file)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var network = PretrainedBackbone.Read(file, heads: null, isMean: true).CreateNetwork([], 1, isEmbedding: false, new BackboneComputing(settings.UsesBFloat16));
        network.to(_device);
        network.eval();
        // Channels-last, as the task's own batches.
        var size = settings.Network.ImageSize;
        var images = randn(settings.Batch, size, size, 3).to(_device).permute(0, 3, 1, 2);
        return settings.Batch / Seconds(() => network.forward(images).Dispose());
    }

    /// <summary>Returns the images per second of the scoring of the service.</summary>
    /// <param name="rows">At least one batch of rows.</param>
    public double Score(IMiningTask task, RowBuffer rows)
    {
        using var replica = new ScoringReplica(task, _device, Environment.ProcessorCount);
        using (var learner = new Learner(task, new TrainingOptions(), _device, settings.Seed, Environment.ProcessorCount))
        using (var snapshot = learner.Publish())
            replica.Adopt(snapshot);
        int[] indices = [.. Enumerable.Range(0, settings.Batch)];
        var (outputs, hardness) = (new float[settings.Batch * task.OutputWidth], new float[settings.Batch]);
        var seconds = Seconds(() => replica.Score(rows, indices, outputs, hardness));
        return Array.TrueForAll(hardness, float.IsFinite) ? settings.Batch / seconds : throw new InvalidOperationException("The scores of the benchmark's network are not finite.");
    }

    // The first runs load kernels and choose algorithms.
    private double Seconds(Action run)
    {
        for (var i = 0; i < 2; i++)
            run();
        Wait();
        var start = time.GetTimestamp();
        for (var i = 0; i < Repetitions; i++)
            run();
        Wait();
        return time.GetElapsedTime(start).TotalSeconds / Repetitions;
    }

    // A GPU computes while the calls return.
    private void Wait()
    {
        if (_device.type == DeviceType.CUDA)
            cuda.synchronize(_device);
    }
}
