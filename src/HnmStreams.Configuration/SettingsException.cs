namespace HnmStreams.Configuration;

/// <summary>The settings are wrong; nothing was started. Every failure is listed, secrets hidden.</summary>
public sealed class SettingsException : Exception
{
    public SettingsException(IReadOnlyList<string> failures)
        : base(Say(failures)) => Failures = failures;

    public SettingsException()
        : this([])
    {
    }

    public SettingsException(string message)
        : this([message])
    {
    }

    public SettingsException(string message, Exception innerException)
        : base(Say([message]), innerException) => Failures = [message];

    /// <summary>One line each: the key, its value and origin, and what is allowed.</summary>
    public IReadOnlyList<string> Failures { get; }

    private static string Say(IReadOnlyList<string> failures)
    {
        ArgumentNullException.ThrowIfNull(failures);
        var count = failures.Count == 1 ? "1 setting is wrong" : $"{failures.Count} settings are wrong";
        return string.Join(Environment.NewLine + "  ", failures.Prepend($"{count}; nothing was started:"));
    }
}
