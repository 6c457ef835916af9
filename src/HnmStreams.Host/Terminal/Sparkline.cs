namespace HnmStreams.Host.Terminal;

/// <summary>A metric over time as one line of block characters, for values from 0 to 1.</summary>
internal static class Sparkline
{
    private const string Blocks = "▁▂▃▄▅▆▇█";

    /// <summary>Returns the sparkline of the values.</summary>
    /// <param name="values">The values in [0, 1], oldest first. A value that is not finite leaves a gap.</param>
    /// <param name="width">The maximum number of characters. More values are downsampled evenly, and the newest is kept.</param>
    public static string Of(IReadOnlyList<double> values, int width)
    {
        var length = Math.Min(values.Count, width);
        return string.Create(length, values, (text, all) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                var value = all[text.Length == 1 ? all.Count - 1 : (int)((long)i * (all.Count - 1) / (text.Length - 1))];
                text[i] = double.IsFinite(value) ? Blocks[(int)(Math.Clamp(value, 0, 1) * (Blocks.Length - 1))] : ' ';
            }
        });
    }
}
