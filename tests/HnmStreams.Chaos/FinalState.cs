namespace HnmStreams.Chaos;

/// <summary>The state of a service at its end.</summary>
internal static class FinalState
{
    /// <summary>Drains a service, and reads the account of its last checkpoint: the count of each example.</summary>
    /// <param name="state">The folder of its checkpoints.</param>
    /// <param name="file">The file for the account.</param>
    /// <exception cref="InvalidOperationException">The service failed while it was drained, or there is no complete checkpoint.</exception>
    public static async Task<IReadOnlyDictionary<string, int>> ReadAsync(ServiceProcess service, string state, string file, TimeSpan timeout, CancellationToken cancellation)
    {
        if (await service.TerminateAsync(timeout) is var code and not 0)
            throw new InvalidOperationException($"The service exited with code {code} when it was drained.");
        if (await service.RunAsync("inspect", state, "--account", file) != 0)
            throw new InvalidOperationException($"There is no complete checkpoint in {state}.");
        return Account.Parse(await File.ReadAllLinesAsync(file, cancellation));
    }
}
