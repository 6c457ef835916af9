using System.Globalization;
using HnmStreams.Benchmarks.Throughput;

namespace HnmStreams.Benchmarks.Transport;

/// <summary>
/// The processor time that a megabyte costs on the way from a score node to its learner: a stream reference, which the service uses, and a gRPC stream. Both
/// ends are in this process, so that the time is that of both.
/// </summary>
internal sealed class TransportBenchmark(int megabytes, int rounds, TextWriter output, TimeProvider time)
{
    private static readonly int[] PartBytes = [8 * 1024, 64 * 1024 - 64];

    public async Task<IReadOnlyList<TransportResult>> RunAsync(CancellationToken cancellation)
    {
        await using var stream = new StreamRefTransport(time);
        await using var grpc = await GrpcTransport.StartAsync(cancellation);
        var results = new List<TransportResult>();
        foreach (var size in PartBytes)
        {
            IPartTransport[] contenders = [stream, grpc];
            var measured = contenders.Select(static _ => new List<(double Milliseconds, double Rate)>()).ToArray();
            // The first round warms up.
            for (var round = 0; round <= rounds; round++)
            {
                for (var i = 0; i < contenders.Length; i++)
                {
                    var result = await MeasureAsync(contenders[i], size, cancellation);
                    if (round > 0)
                        measured[i].Add(result);
                }
            }

            var ratio = PipelineReport.Median<(double Own, double Other)>([.. measured[0].Zip(measured[1], static (own, other) => (own.Milliseconds, other.Milliseconds))], static round => round.Own / round.Other);
            for (var i = 0; i < contenders.Length; i++)
                results.Add(new TransportResult(contenders[i].Name, size, PipelineReport.Median(measured[i], static m => m.Milliseconds), PipelineReport.Median(measured[i], static m => m.Rate), i == 0 ? ratio : 1));
        }

        foreach (var result in results)
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{result.Transport}, parts of {result.PartBytes:N0} bytes: {result.ProcessorMillisecondsPerMegabyte:0.00} ms of processor time per MB ({result.ToGrpc:0.00} of gRPC), {result.MegabytesPerSecond:N0} MB/s"));
        return results;
    }

    private async Task<(double Milliseconds, double Rate)> MeasureAsync(IPartTransport transport, int size, CancellationToken cancellation)
    {
        var (part, count) = (new byte[size], (int)(megabytes * 1_000_000L / size));
        var (start, processor) = (time.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var received = await transport.SendAsync(part, count, cancellation);
        if (received != (long)size * count)
            throw new InvalidOperationException($"{transport.Name} delivered {received} of {(long)size * count} bytes.");
        return ((Environment.CpuUsage.TotalTime - processor).TotalMilliseconds / (received / 1e6), received / 1e6 / time.GetElapsedTime(start).TotalSeconds);
    }
}

/// <summary>The result of one transport and size of parts: medians of the rounds.</summary>
/// <param name="ToGrpc">The processor time against that of gRPC in the same round.</param>
internal sealed record TransportResult(string Transport, int PartBytes, double ProcessorMillisecondsPerMegabyte, double MegabytesPerSecond, double ToGrpc);
