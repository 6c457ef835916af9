namespace HnmStreams.Configuration;

/// <summary>The error for invalid settings. It lists every failure, with secrets hidden. Nothing was started.</summary>
public sealed class SettingsException : Exception
{
    public SettingsException(IReadOnlyList<string> failures)
        : base(Describe(failures)) => Failures = failures;

    public SettingsException()
        : this([])
    {
    }

    public SettingsException(string message)
        : this([message])
    {
    }

    public SettingsException(string message, Exception innerException)
        : base(Describe([message]), innerException) => Failures = [message];

    /// <summary>The failures, one line each: the key, its value and origin, and the allowed values.</summary>
    public IReadOnlyList<string> Failures { get; }

    private static string Describe(IReadOnlyList<string> failures)
    {
        ArgumentNullException.ThrowIfNull(failures);
        var count = failures.Count == 1 ? "1 setting is invalid" : $"{failures.Count} settings are invalid";
        return string.Join(Environment.NewLine + "  ", failures.Prepend($"{count}; nothing was started:"));
    }
}
