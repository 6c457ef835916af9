using System.Text;
using HnmStreams.Data.Examples;

namespace HnmStreams.Testing.Fuzzing;

/// <summary>The complete content of an example as text, for comparisons: records compare lists and memory by reference.</summary>
public static class ExampleText
{
    public static string Of(Example e)
    {
        ArgumentNullException.ThrowIfNull(e);
        var text = new StringBuilder();
        text.Append(e.Id).Append('|').Append(e.EventTime?.UtcTicks).Append('|').Append(BitConverter.SingleToUInt32Bits(e.Weight)).Append('|');
        text.Append(e.Target switch
        {
            Target.Boxes boxes => string.Join(';', boxes.Items),
            Target.LabelSet labels => $"set {string.Join(';', labels.Names)}",
            Target.Identity identity => $"{identity.Name} {string.Join(';', identity.Others)}",
            _ => e.Target.ToString(),
        }).Append('|');
        text.Append(e.Input switch
        {
            ExampleInput.Dense d => $"{d.Type} [{string.Join(',', d.Shape)}] {Convert.ToHexString(d.Data.Span)}",
            ExampleInput.EncodedImage i => Convert.ToHexString(i.Data.Span),
            ExampleInput.Features f => string.Join(';', f.Items),
            _ => e.Input.ToString(),
        });
        return text.ToString();
    }
}
