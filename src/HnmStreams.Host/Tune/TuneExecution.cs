using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using HnmStreams.Configuration;
using HnmStreams.Host.Application;
using HnmStreams.Host.Compare;
using HnmStreams.Host.Compare.Quality;
using HnmStreams.Mining.RateLimiting;

namespace HnmStreams.Host.Tune;

/// <summary>
/// One execution of <c>hnm tune</c>: splits a validation share off the training part, searches, and writes the settings file with the changes. The test
/// part is not read.
/// </summary>
internal sealed class TuneExecution(TuneRequest request, CommandContext context)
{
    private readonly SeededStream _stream = new(context, request.Config, withoutTest: true);

    /// <summary>The path of the search's state.</summary>
    public string StatePath => request.Output + ".state.json";

    /// <summary>Runs or continues the search and writes its result.</summary>
    /// <exception cref="SettingsException">A setting is invalid, the state belongs to another search, or the task's data cannot be split.</exception>
    public void Execute(CancellationToken cancellation)
    {
        var file = new ConfigFiles(context.WorkingFolder, context.ProgramFolder).Find(request.Config).FullPath;
        var options = _stream.Load(request.Settings, 1);
        if (options.Data.IsSynthetic())
            throw new SettingsException("'data.path' must name a data set but is 'synthetic': the built-in stream has no validation share.");
        var task = ConfiguredTask.Create(options.Task);
        var split = _stream.SplitLikeTest(options, QualitySweep.ValidationShare);
        using var validation = _stream.TrainRows(options, task, split);
        if (validation.Count == 0)
            throw new SettingsException($"'data.path' is '{options.Data.Path}', and the task accepts none of the examples of its validation share (a fifth of the training part).");
        var feed = _stream.Feed(options);
        context.Out.WriteLine($"{task.Name}: {feed.Description}; {task.PrimaryMetric} on {validation.Count} validation examples, budget {Duration.Format(request.Budget)}, {request.Seeds} seeds per comparison");
        var state = TuneState.Open(StatePath, Fingerprint(), request.Fresh);
        if (state.Runs > 0)
            context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"continues with {state.Runs} finished runs ({state.Seconds:F0} s) of {StatePath}"));

        var method = QualityMethod.All(task.Name).Single(m => m.Name == QualityMethod.Mined);
        var runs = new TuneRuns(_stream, request.Settings, state, (validation, split), request.Budget, method, context.Time, context.Out);
        var search = new TuneSearch(_stream, request.Settings, task, runs, request.Seeds, request.MaxRounds, context.Out);
        state.Scale ??= Scale(runs, state, search.Challengers(TuneCandidate.Unchanged).Count, options.Pipeline.Limiter, Available(feed.MaxCount), cancellation);
        context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"longest runs: {state.Scale!.Longest:N0} examples, about {state.Scale.Cost.Of(state.Scale.Longest):F1} s each"));
        var result = search.Run(state.Scale.Longest, cancellation);
        File.WriteAllText(request.Output, Edited(File.ReadAllText(file), result, task.PrimaryMetric));
        foreach (var line in TuneText.Verdict(result, task.PrimaryMetric, request.Output))
            context.Out.WriteLine($"- {line}");
    }

    private static string Edited(string json, TuneResult result, string metric)
    {
        foreach (var round in result.Accepted)
        {
            json = SettingsFileEdit.Set(json, round.Challenger.Key, round.Challenger.Value, TuneText.Evidence(round, metric));
            foreach (var (key, value) in round.Challenger.Following)
                json = SettingsFileEdit.Set(json, key, value, [$"Follows {round.Challenger.Key}."]);
        }

        return json;
    }

    // Two short runs of the present settings. If the longest runs get this length, they are runs of the first rungs, which are not repeated.
    private TuneScale Scale(TuneRuns runs, TuneState state, int challengers, StepLimiterOptions limiter, long? available, CancellationToken cancellation)
    {
        if (challengers == 0)
            throw new SettingsException("'--set' fixes every setting that hnm tune varies. Remove one of them.");
        var minLongest = Math.Min(request.Examples ?? TunePlan.MinLongest(limiter), available ?? long.MaxValue);
        long[] lengths = [SuccessiveHalving.Length(0, SuccessiveHalving.MaxRungs, minLongest), SuccessiveHalving.Length(1, SuccessiveHalving.MaxRungs, minLongest)];
        var measured = lengths.Select(examples => (Examples: examples, Seconds: Seconds(examples))).ToArray();
        var cost = RunCost.Through(measured[0], measured[1]);
        return new(request.Examples ?? TunePlan.Longest(cost, request.Budget.TotalSeconds, challengers, request.Seeds, minLongest, available), cost.FixedSeconds, cost.SecondsPerExample);

        double Seconds(long examples)
        {
            runs.Metric(TuneCandidate.Unchanged, 1, examples, "speed", cancellation);
            return state.Find("", 1, examples)!.Seconds;
        }
    }

    // The share of a stream with an end that is certainly sent; the split by hash is not exact.
    private static long? Available(long? sent) => sent is { } count ? Math.Max(1, (long)(count * (1 - QualitySweep.ValidationShare) * 0.9)) : null;

    // Everything that the results depend on, apart from the data. The budget only limits the number of runs.
    private string Fingerprint()
    {
        var given = context.Settings.Load(new SettingsRequest(request.Config, request.Settings, [])).Given.Select(g => $"{g.Path}={g.Value}").Order(StringComparer.Ordinal);
        var text = string.Join('\n', [.. given, $"seeds {request.Seeds}", $"examples {request.Examples}"]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
    }
}

/// <summary>The arguments of <c>hnm tune</c>.</summary>
/// <param name="Config">The settings file.</param>
/// <param name="Settings">Settings of all candidates, each as <c>KEY=VALUE</c>. They are not varied.</param>
/// <param name="Budget">The time for all runs.</param>
/// <param name="Output">The full path of the file to write.</param>
/// <param name="Examples">The examples of the longest runs; null to choose them by the budget.</param>
internal sealed record TuneRequest(string Config, IReadOnlyList<string> Settings, TimeSpan Budget, string Output, int Seeds, int MaxRounds, long? Examples, bool Fresh);
