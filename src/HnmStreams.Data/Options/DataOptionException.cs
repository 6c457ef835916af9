namespace HnmStreams.Data.Options;

/// <summary>An option does not fit the data. The message names the key, its value, what is wrong and what would be right.</summary>
public sealed class DataOptionException : Exception
{
    /// <param name="key">Below the section <c>data</c>: <c>columns.label</c>.</param>
    /// <param name="problem">A sentence with its remedy.</param>
    public DataOptionException(string key, string? value, string problem)
        : base($"data.{key} = '{value}': {problem}")
    {
        Key = key;
        Value = value;
    }

    public string Key { get; }

    public string? Value { get; }
}
