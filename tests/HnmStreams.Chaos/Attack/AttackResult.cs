using System.Globalization;

namespace HnmStreams.Chaos.Attack;

/// <summary>The result of one attack.</summary>
/// <param name="Outcome">The reaction of the service.</param>
/// <param name="Problem">The reason why the service did not withstand, or null.</param>
/// <param name="PeakBytes">The peak of the service's resident memory during the attack.</param>
/// <param name="LiveSeconds">The slowest answer of <c>/healthz/live</c> right after the attack.</param>
internal sealed record AttackResult(string Name, string Outcome, string? Problem, double Seconds, long PeakBytes, double LiveSeconds)
{
    /// <summary>Formats a table of results.</summary>
    public static IEnumerable<string> Table(long steadyBytes, IReadOnlyList<AttackResult> results)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"Resident memory before the attacks: {MiB(steadyBytes)} MiB");
        yield return $"{"attack",-26} {"seconds",8} {"peak MiB",9} {"live s",7}  result";
        foreach (var r in results)
            yield return string.Create(CultureInfo.InvariantCulture, $"{r.Name,-26} {r.Seconds,8:F1} {MiB(r.PeakBytes),9} {r.LiveSeconds,7:F2}  {(r.Problem is null ? "ok    " : "FAILED")} {r.Problem ?? r.Outcome}");
    }

    private static long MiB(long bytes) => bytes >> 20;
}

/// <summary>The exception that is thrown if the service did not withstand an attack.</summary>
internal sealed class AttackSucceededException(string message) : Exception(message);
