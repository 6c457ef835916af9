using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Compare.Quality;

namespace HnmStreams.Host.Tests.Compare.Quality;

public sealed class QualityGridTests
{
    [Fact]
    public void Pairs_all_batches_with_all_rates()
    {
        var options = new HnmOptions();
        options.Pipeline.Training.LearningRate = 0.001;
        var candidates = new QualityGrid([16, 128], [1, 2]).Candidates(ConfiguredTask.Create(options.Task), options);
        Assert.Equal([new(16, 0.001), new(16, 0.002), new(128, 0.001), new(128, 0.002)], candidates);
        Assert.Equal([new QualityTuning(32, 0.001)], new QualityGrid([], [1]).Candidates(ConfiguredTask.Create(options.Task), options));
    }

    [Fact]
    public void All_batch_sizes_train_on_the_same_number_of_examples()
    {
        var options = new HnmOptions();
        options.Pipeline.Mix.BatchSize = 32;
        options.Pipeline.Limiter.ExamplesPerStep = 512;
        Assert.Equal(
            ["pipeline.mix.batchSize=16", "pipeline.limiter.examplesPerStep=256", "pipeline.training.learningRate=0.002"],
            new QualityTuning(16, 0.002).Settings(options));
    }
}
