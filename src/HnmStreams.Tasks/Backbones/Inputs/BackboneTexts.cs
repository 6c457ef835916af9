using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Encoders;
using HnmStreams.Tasks.Encoders.Inputs;
using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Backbones.Inputs;

/// <summary>Texts as the ids of tokens.</summary>
/// <param name="rowFormat">Identifies the tokenizer and its settings.</param>
internal sealed class BackboneTexts(TokenRows texts, int maxTokens, string rowFormat) : IBackboneInput
{
    private const long Padding = -1;

    public string RowFormat => rowFormat;

    public string Preprocessing => $"int64 [n, longest]: the ids of at most {maxTokens} WordPiece tokens, [CLS] pieces of the text [SEP]; -1 pads shorter texts.";

    // Activations of few texts fit a cache, and one long text does not pad many.
    public int RowsPerPass => 16;

    public bool IsDense => false;

    public Rejection? Write(in InputView input, RowBuffer rows) => texts.Write(input, rows);

    public Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices, RowInput part)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var longest = 1;
        foreach (var index in indices)
            longest = Math.Max(longest, Tokens(part(rows.Payload(index))).Length);
        var input = empty(indices.Length, longest, ScalarType.Int64);
        var ids = MemoryMarshal.Cast<byte, long>(input.bytes);
        ids.Fill(Padding);
        for (var i = 0; i < indices.Length; i++)
        {
            var tokens = Tokens(part(rows.Payload(indices[i])));
            for (var j = 0; j < tokens.Length; j++)
                ids[(i * longest) + j] = tokens[j];
        }

        return input;
    }

    public Tensor TrialInput(int rows) => full(rows, 3, Constants.Zero, ScalarType.Int64);

    public RowPreview View(ReadOnlySpan<byte> row)
    {
        EncodedRow.Split(row, out var body, out var preview);
        TokenRows.Tokens(body);
        return texts.View(preview);
    }

    private static ReadOnlySpan<int> Tokens(ReadOnlySpan<byte> row)
    {
        EncodedRow.Split(row, out var body, out _);
        return TokenRows.Tokens(body);
    }
}
