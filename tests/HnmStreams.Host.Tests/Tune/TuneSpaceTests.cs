using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Tune;
using HnmStreams.Testing;

namespace HnmStreams.Host.Tests.Tune;

public sealed class TuneSpaceTests
{
    [Theory]
    [InlineData("tabular", "pipeline.training.learningRate", "pipeline.mix.hardShare", "pipeline.mix.positiveShare", "pipeline.limiter.examplesPerStep", "pipeline.mix.batchSize", "pipeline.pool.count", "pipeline.pool.halfLife")]
    [InlineData("faces", "pipeline.training.learningRate", "pipeline.limiter.examplesPerStep")]
    public void Varies_the_settings_of_the_task(string task, params string[] keys)
    {
        var settings = Neighbors(task);
        Assert.Equal(keys, settings.Select(s => s.Key).Distinct());
        Assert.All(settings, s => Assert.NotEqual(s.Present, s.Value));
    }

    [Theory]
    [InlineData("proportional", "pipeline.sampling.proportional.alpha")]
    [InlineData("rank", "pipeline.sampling.rankAlpha")]
    [InlineData("percentile", "pipeline.sampling.percentileBeta")]
    public void Varies_the_exponent_of_the_sampler(string kind, string key) =>
        Assert.Contains(Neighbors("tabular", $"pipeline.sampling.kind={kind}"), s => s.Key == key);

    [Fact]
    public void A_pool_that_follows_the_stream_varies_by_its_share() =>
        Assert.Equal(["0.0067", "0.06"], Neighbors("tabular", "pipeline.pool.distinctShare=0.02").Where(s => s.Key == "pipeline.pool.distinctShare").Select(s => s.Value));

    [Fact]
    public void Every_value_is_valid_and_changes_the_settings()
    {
        foreach (var setting in Neighbors("tabular"))
        {
            var options = Load("tabular", [.. setting.Assignments.Select(a => $"{a.Key}={a.Value}")]);
            // The present value is now among those that are tried, or was not a round one.
            Assert.DoesNotContain(TuneSpace.Neighbors(ConfiguredTask.Create(options.Task), options, static _ => false), s => s.Key == setting.Key && s.Value == setting.Value);
        }
    }

    [Fact]
    public void A_batch_trains_on_as_many_rows_as_before()
    {
        var batch = Neighbors("tabular", "pipeline.mix.batchSize=32", "pipeline.limiter.examplesPerStep=512").First(s => s.Key == "pipeline.mix.batchSize");
        Assert.Equal(["pipeline.mix.batchSize=16", "pipeline.limiter.examplesPerStep=256"], batch.Assignments.Select(a => $"{a.Key}={a.Value}"));
    }

    [Fact]
    public void Fixed_settings_stay()
    {
        var options = Load("tabular");
        var settings = TuneSpace.Neighbors(ConfiguredTask.Create(options.Task), options, key => key is "pipeline.limiter.examplesPerStep");
        // The batch size would change it, too.
        Assert.DoesNotContain(settings, s => s.Key is "pipeline.limiter.examplesPerStep" or "pipeline.mix.batchSize");
        Assert.Contains(settings, s => s.Key == "pipeline.mix.hardShare");
    }

    [Fact]
    public void Prodigy_has_no_learning_rate_to_try() =>
        Assert.DoesNotContain(Neighbors("tabular", "pipeline.training.optimizer=prodigy"), s => s.Key == "pipeline.training.learningRate");

    private static IReadOnlyList<TuneSetting> Neighbors(string task, params string[] settings)
    {
        var options = Load(task, settings);
        return TuneSpace.Neighbors(ConfiguredTask.Create(options.Task), options, static _ => false);
    }

    private static HnmOptions Load(string task, params string[] settings)
    {
        using var folder = new TemporaryFolder();
        using var test = new TestContexts(folder.Path);
        return test.Context.Settings.Load(new SettingsRequest(null, [$"task.name={task}", "task.tabular.positive=1", "task.tabular.features=4", .. settings])).Options;
    }
}
