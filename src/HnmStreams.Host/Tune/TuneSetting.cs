using System.Globalization;

namespace HnmStreams.Host.Tune;

/// <summary>Another value of one setting.</summary>
/// <param name="Key">The dotted key.</param>
/// <param name="Present">The present value, as in a settings file.</param>
/// <param name="Value">The value to try.</param>
/// <param name="Following">Settings that change with this one, so that the change has the effect that its name says.</param>
internal sealed record TuneSetting(string Key, string Present, string Value, IReadOnlyList<KeyValuePair<string, string>> Following)
{
    /// <summary>All settings of the change.</summary>
    public IEnumerable<KeyValuePair<string, string>> Assignments => [new(Key, Value), .. Following];

    public static TuneSetting Of<T>(string key, T present, T value, params KeyValuePair<string, string>[] following)
        where T : IFormattable => new(key, Text(present), Text(value), following);

    public static string Text<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);

    public override string ToString() => $"{Key}={Value}";
}
