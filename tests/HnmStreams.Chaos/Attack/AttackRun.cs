using System.Text.Json;
using HnmStreams.Testing;

namespace HnmStreams.Chaos.Attack;

/// <summary>Starts the service on its embedded cluster, attacks it over loopback, one attack after the other, and prints the results.</summary>
internal sealed class AttackRun(AttackOptions options, TextWriter output)
{
    /// <summary>The memory that attacks may take above the steady state.</summary>
    public const long AllowedBytes = 1_536L << 20;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan AttackTimeout = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan SettlingTime = TimeSpan.FromSeconds(5);
    private const double MaxLiveSeconds = 10;

    /// <summary>The results so far.</summary>
    public List<AttackResult> Results { get; } = [];

    /// <summary>Returns true if the service withstood all attacks.</summary>
    public async Task<bool> ExecuteAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(options.Work);
        var pages = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        var state = Path.Combine(options.Work, "state");
        using var service = new ServiceProcess(options.Hnm, AttackSettings.Write(options.Work, pages, state), pages, Path.Combine(options.Work, "service.log"));
        service.Start();
        if (!await service.WaitUntilWorkingAsync(StartTimeout, cancellation))
            throw new TimeoutException($"The service read no record within {StartTimeout.TotalMinutes} minutes.");
        await Task.Delay(SettlingTime, TimeProvider.System, cancellation);
        using var status = await service.StatusAsync(cancellation) ?? throw new InvalidOperationException("The service does not answer /api/status.");
        var stream = status.RootElement.GetProperty("stream");
        var records = new RecordAttacks(stream.GetProperty("bootstrap").GetString()!, stream.GetProperty("topic").GetString()!, options.Seed);
        var http = new HttpAttacks(pages);
        var files = new FileAttacks(service, options.Work, options.Seed);
        ResidentMemory.ResetPeak(service.Id);
        var steady = ResidentMemory.Peak(service.Id);

        async Task AttackAsync(string name, Func<CancellationToken, Task<string>> attack) => Results.Add(await MeasureAsync(service, name, steady, attack, cancellation));
        await AttackAsync("mutated records", async c => $"{await records.MutatedAsync(options.Records, c)} records; {await ReportAsync(service, c)}");
        await AttackAsync("weight bombs", async c => $"{await records.WeightsAsync(Math.Max(10, options.Records / 100), c)} records; {await ReportAsync(service, c)}");
        await AttackAsync("compressed bombs", async c => $"{await records.CompressedAsync(Math.Max(20, options.Records / 200), c)} records of 900 kB; {await ReportAsync(service, c)}");
        await AttackAsync("image and tensor bombs", async c => $"{await records.ImagesAndTensorsAsync(Math.Max(5, options.Records / 1_000), c)} records; {await ReportAsync(service, c)}");
        await AttackAsync("slow bodies", c => http.SlowBodiesAsync(options.Connections, c));
        await AttackAsync("syntax trees", c => http.SyntaxTreesAsync(options.Connections, c));
        await AttackAsync("slow readers", c => http.SlowReadersAsync(options.Connections, c));
        await AttackAsync("foreign hosts", http.HostsAsync);
        await AttackAsync("foreign and many circuits", c => http.CircuitsAsync(Math.Max(2 * AttackSettings.MaxCircuits, options.Connections), c));
        await AttackAsync("idle connections", c => http.IdleConnectionsAsync(options.Connections * 4, c));
        await AttackAsync("damaged weight files", files.WeightsAsync);
        await AttackAsync("damaged checkpoints", c => files.CheckpointsAsync(state, c));

        var code = await service.TerminateAsync(TimeSpan.FromMinutes(2));
        foreach (var line in AttackResult.Table(steady, Results))
            await output.WriteLineAsync(line);
        if (code != 0)
            await output.WriteLineAsync($"The service exited with code {code}.");
        return code == 0 && Results.TrueForAll(r => r.Problem is null);
    }

    private static async Task<AttackResult> MeasureAsync(ServiceProcess service, string name, long steady, Func<CancellationToken, Task<string>> attack, CancellationToken cancellation)
    {
        ResidentMemory.ResetPeak(service.Id);
        var started = TimeProvider.System.GetTimestamp();
        string outcome = "", problem = "";
        try
        {
            outcome = await attack(cancellation).WaitAsync(AttackTimeout, TimeProvider.System, cancellation);
        }
        catch (Exception e) when (e is AttackSucceededException or TimeoutException or IOException)
        {
            problem = e.Message;
        }

        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        service.ThrowIfExited();
        started = TimeProvider.System.GetTimestamp();
        // Connections of the attack may still occupy the server.
        while (!await service.IsLiveAsync(cancellation) && TimeProvider.System.GetElapsedTime(started).TotalSeconds < MaxLiveSeconds)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellation);
        var live = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        var peak = ResidentMemory.Peak(service.Id);
        if (problem.Length == 0 && live >= MaxLiveSeconds)
            problem = $"/healthz/live did not answer within {MaxLiveSeconds} s";
        if (problem.Length == 0 && peak - steady > AllowedBytes)
            problem = $"resident memory rose by {(peak - steady) >> 20} MiB; {AllowedBytes >> 20} are allowed";
        return new AttackResult(name, outcome, problem.Length == 0 ? null : problem, seconds, peak, live);
    }

    /// <summary>Waits until the service has read the records that were sent, and returns its counts.</summary>
    private static async Task<string> ReportAsync(ServiceProcess service, CancellationToken cancellation)
    {
        var (last, since) = (-1L, TimeProvider.System.GetTimestamp());
        while (true)
        {
            service.ThrowIfExited();
            using var status = await service.StatusAsync(cancellation);
            if (status?.RootElement.GetProperty("learner") is { ValueKind: JsonValueKind.Object } learner)
            {
                var stream = learner.GetProperty("ranking").GetProperty("stream");
                var deadLetters = stream.GetProperty("deadLettered").GetInt64();
                if (deadLetters != last)
                    (last, since) = (deadLetters, TimeProvider.System.GetTimestamp());
                // The synthetic stream continues, so the lag is never zero. The attack is over when no more dead letters arrive.
                if (TimeProvider.System.GetElapsedTime(since).TotalSeconds > 3)
                    return $"{deadLetters} dead letters and {stream.GetProperty("weightsClipped").GetInt64()} clipped weights so far";
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellation);
        }
    }
}
