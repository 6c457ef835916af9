namespace HnmStreams.Data.Options;

/// <summary>The exception for a setting that does not fit the data. The message names the key, its value, the problem and the remedy.</summary>
public sealed class DataOptionException : Exception
{
    /// <param name="key">The key within the section <c>data</c>, for example <c>columns.label</c>.</param>
    /// <param name="problem">The problem and its remedy.</param>
    public DataOptionException(string key, string? value, string problem)
        : base($"data.{key} = '{value}': {problem}")
    {
        Key = key;
        Value = value;
    }

    public string Key { get; }

    public string? Value { get; }
}
