using HnmStreams.Configuration;
using HnmStreams.Host.Application;
using HnmStreams.Host.Commands;
using HnmStreams.Testing;

namespace HnmStreams.Host.Tests.Commands;

public sealed class TunedSettingsTests
{
    [Fact]
    public void Settings_of_the_command_line_and_the_environment_are_not_varied_and_those_of_files_are()
    {
        using var folder = new TemporaryFolder().With("task.json", """{ "pipeline": { "mix": { "positiveShare": 0.5 }, "training": { "learningRate": 0.002 }, "tuning": { "fixed": ["pipeline.training.weightDecay"] } } }""");
        var loader = new SettingsLoader(new ConfigFiles(folder.Path, AppContext.BaseDirectory), new Dictionary<string, string> { ["HNM__Pipeline__Mix__HardShare"] = "0.75" });
        var settings = loader.Load(new SettingsRequest(folder["task.json"], ["pipeline.training.learningRate=0.1", "pipeline.seed=4"]));
        RunCommand.FixGivenSettings(settings);
        Assert.Equal(
            ["pipeline.mix.hardShare", "pipeline.training.learningRate", "pipeline.training.weightDecay"],
            settings.Options.Pipeline.Tuning.Fixed.Order(StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Challengers_in_exact_mode_are_a_configuration_error()
    {
        using var folder = new TemporaryFolder();
        using var test = new TestContexts(folder.Path, programFolder: AppContext.BaseDirectory);
        Assert.Equal(ExitCodes.Usage, await test.InvokeAsync("run", "--tune", "--set", "pipeline.mode=exact"));
        Assert.Contains("must be 'live' if 'pipeline.tuning.computeShare' is above 0 (0.25)", test.Error.ToString(), StringComparison.Ordinal);
    }
}
