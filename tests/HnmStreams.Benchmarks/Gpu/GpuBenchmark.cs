using Akka.Actor;
using HnmStreams.Benchmarks.Throughput;
using HnmStreams.Data.Examples;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Catalog;
using HnmStreams.Torch.Devices;
using HnmStreams.Torch.Learning;

namespace HnmStreams.Benchmarks.Gpu;

/// <summary>
/// A residual network on a device: its scoring compared with the device's own matrix product, and the whole pipeline compared with a bare loop of the same scores
/// and steps. All contenders alternate in this process.
/// </summary>
internal sealed class GpuBenchmark(GpuSettings settings, TextWriter output, TimeProvider time)
{
    private static readonly TimeSpan ScoringTimeout = TimeSpan.FromMinutes(10);

    /// <param name="folder">An empty folder for the weights.</param>
    public async Task<GpuReport> RunAsync(string folder, CancellationToken cancellation)
    {
        var file = Path.Combine(folder, "model.safetensors");
        settings.Network.WriteWeights(file, settings.Seed);
        var task = Task(file);
        var model = new BenchmarkModel(settings.Network.Name, task, Images, settings.Examples);
        using var stream = new BenchmarkStream(model, settings.Examples);
        await using var topic = await BenchmarkTopic.OpenAsync(stream, bootstrap: null);
        using var actors = ActorSystem.Create("bench", "akka.loglevel = WARNING\nakka.stdout-loglevel = WARNING");
        var rates = new DeviceRates(settings, time);
        var bare = new BareLoop(task, new TrainingOptions(), settings.Batch, settings.TrainBatch, Environment.ProcessorCount, TorchDevices.Parse(settings.Device));
        var rounds = new List<(double Peak, double Forward, double Scored, double Bare, double Pipeline)>();
        // The first round is a warm-up.
        for (var round = 0; round <= settings.Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (peak, forward, scored, alone) = await OnOwnThreadAsync(() => (rates.Product(), rates.Forward(file), rates.Score(task, stream.Rows), settings.Examples / bare.Run(stream.Rows, settings.Seed, time)));
            cancellation.ThrowIfCancellationRequested();
            PipelineStatus? status = null;
            var seconds = await topic.ReadAsync(async consumer => status = await PipelineLoop.RunAsync(consumer, task, Options(), actors), time);
            if (status is not { Ranking.Stream.Consumed: var consumed } || consumed != settings.Examples || status.Training.RefusedSteps > 0)
                throw new InvalidOperationException($"The pipeline must consume {settings.Examples} images without refused steps, but its status is {status}.");
            if (round == 0)
                continue;
            rounds.Add((peak, forward, scored, alone, settings.Examples / seconds));
            await output.WriteLineAsync($"  {round}: {peak / 1e12:F3} TFLOP/s, network {forward:N1} images/s, scoring {scored:N1}, bare loop {alone:N1}, pipeline {settings.Examples / seconds:N1} ({status.Training.Steps} steps)");
        }

        return new GpuReport(
            settings, PipelineReport.Median(rounds, static r => r.Peak), PipelineReport.Median(rounds, static r => r.Forward), PipelineReport.Median(rounds, static r => r.Scored),
            PipelineReport.Median(rounds, static r => r.Bare), PipelineReport.Median(rounds, static r => r.Pipeline), PipelineReport.Median(rounds, static r => r.Pipeline / r.Bare));
    }

    private static Task<T> OnOwnThreadAsync<T>(Func<T> run) => System.Threading.Tasks.Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private IMiningTask Task(string file)
    {
        var options = new TaskOptions { Name = "images" };
        (options.Images.Positive, options.Images.Channels) = ("1", 3);
        (options.Images.Height, options.Images.Width) = (settings.Network.ImageSize, settings.Network.ImageSize);
        (options.Backbone.File, options.Backbone.Precision, options.Backbone.Image.Thumbnail) = (file, settings.Precision, 0);
        return TaskCatalog.Create(options.Name, options);
    }

    private PipelineOptions Options()
    {
        var options = BenchmarkLearner.Options(settings.Seed, settings.Examples);
        options.Device = settings.Device;
        options.Batching.Size = settings.Batch;
        options.Mix.BatchSize = settings.TrainBatch;
        options.Limiter.ExamplesPerStep = settings.Batch;
        options.Scoring.Timeout = ScoringTimeout;
        return options;
    }

    // One image in sixteen is a positive, and brighter.
    private IEnumerable<Example> Images(int count)
    {
        var generator = new Xoshiro256StarStar(settings.Seed);
        var size = settings.Network.ImageSize;
        for (var i = 0; i < count; i++)
        {
            var pixels = new byte[size * size * 3];
            var isPositive = i % 16 == 0;
            for (var p = 0; p < pixels.Length; p++)
                pixels[p] = (byte)(generator.NextInt32(192) + (isPositive ? 63 : 0));
            yield return new Example($"i-{i}", new Target.ClassIndex(isPositive ? 1 : 0), new ExampleInput.Dense(ElementType.UInt8, [3, size, size], pixels));
        }
    }
}
