using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Encoders;
using HnmStreams.Tasks.Encoders.Inputs;
using HnmStreams.Tasks.Labels;

namespace HnmStreams.Tasks.Teachers;

/// <summary>A teacher that reads tokens of the stored beginnings of texts.</summary>
/// <param name="width">The number of logits.</param>
internal sealed class ExcerptInput(TextInput input, LabeledTask task, int width) : ITeacherInput
{
    public string Description => input.Description;

    public void Run(RowBuffer rows, ReadOnlySpan<int> indices, Span<float> logits)
    {
        logits.Fill(float.NaN);
        using var texts = new RowBuffer(indices.Length, indices.Length * 128);
        var written = new List<(int Length, int Index, int Row)>(indices.Length);
        for (var i = 0; i < indices.Length; i++)
        {
            // A text without words, which the task's own tokens can have, gets no answer.
            if (task.View(rows.Payload(indices[i])).Text is not { } text || input.Write(InputView.OfText(text), texts) is not null)
            {
                texts.DiscardRow();
                continue;
            }

            texts.Commit(0, 1);
            written.Add((texts.Payload(texts.Count - 1).Length, i, texts.Count - 1));
        }

        // Texts of similar length share a run, so that little of it is padding.
        written.Sort();
        var values = new float[input.RowsPerRun * width];
        foreach (var run in written.Chunk(input.RowsPerRun))
        {
            input.Run(texts, Array.ConvertAll(run, static text => text.Row), Body, values);
            for (var i = 0; i < run.Length; i++)
                values.AsSpan(i * width, width).CopyTo(logits[(run[i].Index * width)..]);
        }
    }

    private static ReadOnlySpan<byte> Body(ReadOnlySpan<byte> row)
    {
        EncodedRow.Split(row, out var body, out _);
        return body;
    }
}
