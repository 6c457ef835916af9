namespace HnmStreams.Host.Terminal;

/// <summary>A metric's way so far in one line of blocks, lowest to highest between 0 and 1.</summary>
internal static class Sparkline
{
    private const string Blocks = "▁▂▃▄▅▆▇█";

    /// <param name="values">Oldest first; each in [0, 1], or not finite, which leaves a gap.</param>
    /// <param name="width">Characters at most; more values than that are thinned out evenly, the newest kept.</param>
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
