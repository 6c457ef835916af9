using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Encoders.Models;
using HnmStreams.Tasks.Encoders.Tokens;

namespace HnmStreams.Tasks.Encoders.Inputs;

/// <summary>Texts as tokens (<see cref="TokenRows"/>).</summary>
internal sealed class TextInput : IEncoderInput
{
    /// <summary>The name of the input with the ids of the tokens.</summary>
    public const string Ids = "input_ids";

    /// <summary>The name of the input that is 1 for tokens and 0 for padding.</summary>
    public const string Mask = "attention_mask";

    /// <summary>The name of the input with the types of the tokens.</summary>
    public const string Types = "token_type_ids";

    // Activations of 32 short texts fit a cache, and a fixed number of tokens bounds the memory for long ones.
    private const int TokensPerRun = 4_096;
    private const int MaxRowsPerRun = 32;

    private readonly IEncoderModel _model;
    private readonly ITextTokenizer _tokenizer;
    private readonly TextInputOptions _options;
    private readonly TokenRows _rows;
    private readonly bool _hasMask;
    private readonly bool _hasTypes;

    /// <exception cref="InvalidDataException">The network does not take tokens, or returns no features.</exception>
    public TextInput(IEncoderModel model, ITextTokenizer tokenizer, TextInputOptions options)
    {
        (_model, _tokenizer, _options) = (model, tokenizer, options);
        _rows = new TokenRows(tokenizer, options.MaxTokens, options.MaxCharacters, options.Excerpt, options.ExcerptKey);
        if (model.Inputs.Count > 0 && !model.Inputs.Contains(Ids, StringComparer.Ordinal))
            throw new InvalidDataException($"An encoder of texts must have the input '{Ids}' (and may have '{Mask}' and '{Types}') but has: {string.Join(", ", model.Inputs)}.");
        if (model.Inputs.FirstOrDefault(static name => name is not (Ids or Mask or Types)) is { } unknown)
            throw new InvalidDataException($"An encoder of texts must have the inputs '{Ids}', '{Mask}' and '{Types}' only, but also has '{unknown}'.");
        // A TorchScript module takes ids and mask by position.
        _hasMask = model.Inputs.Count == 0 || model.Inputs.Contains(Mask, StringComparer.Ordinal);
        _hasTypes = model.Inputs.Contains(Types, StringComparer.Ordinal);
        // The longest text with the largest id beside a short one: fails here if the network has fewer positions or tokens.
        var longest = Enumerable.Repeat(tokenizer.Size - 1, options.MaxTokens).ToArray();
        Width = Pooled.Width(Run([longest, longest[..Math.Max(1, tokenizer.ControlTokens)]], options.MaxTokens), 2, options.MaxTokens, options.Section);
    }

    public int Width { get; }

    public int RowsPerRun => MaxRowsPerRun;

    public string Description => $"{_options.Pooling} of at most {_options.MaxTokens} tokens";

    public Rejection? Write(in InputView input, RowBuffer rows) => _rows.Write(input, rows);

    public void Run(RowBuffer rows, ReadOnlySpan<int> indices, RowInput body, Span<float> features)
    {
        for (var from = 0; from < indices.Length;)
        {
            var texts = new List<int[]>();
            var longest = 0;
            for (var i = from; i < indices.Length; i++)
            {
                var ids = TokenRows.Tokens(body(rows.Payload(indices[i])));
                if (texts.Count > 0 && Math.Max(longest, ids.Length) * (texts.Count + 1) > TokensPerRun)
                    break;
                longest = Math.Max(longest, ids.Length);
                texts.Add(ids.ToArray());
            }

            var output = Run(texts, longest);
            if (Pooled.Width(output, texts.Count, longest, _options.Section) != Width)
                throw new InvalidDataException($"The encoder must return {Width} features but returns [{string.Join(", ", output.Shape)}].");
            for (var i = 0; i < texts.Count; i++)
                Pooled.Tokens(output, i, texts[i].Length, string.Equals(_options.Pooling, "mean", StringComparison.Ordinal), features.Slice((from + i) * Width, Width));
            from += texts.Count;
        }
    }

    public RowPreview View(ReadOnlySpan<byte> body, ReadOnlySpan<byte> preview, bool isFinished)
    {
        if (!isFinished)
            TokenRows.Tokens(body);
        return _rows.View(preview);
    }

    private ModelOutput Run(List<int[]> texts, int longest)
    {
        long[] shape = [texts.Count, longest];
        var (ids, mask) = (new long[texts.Count * longest], new long[texts.Count * longest]);
        Array.Fill(ids, _tokenizer.Padding);
        for (var row = 0; row < texts.Count; row++)
        {
            for (var i = 0; i < texts[row].Length; i++)
                (ids[(row * longest) + i], mask[(row * longest) + i]) = (texts[row][i], 1);
        }

        var inputs = new List<ModelInput>(3) { new(Ids, ids, null, shape) };
        if (_hasMask)
            inputs.Add(new ModelInput(Mask, mask, null, shape));
        if (_hasTypes)
            inputs.Add(new ModelInput(Types, new long[ids.Length], null, shape));
        return _model.Run(inputs);
    }
}

/// <summary>The settings of <see cref="TextInput"/>.</summary>
/// <param name="MaxTokens">The maximum number of tokens of a text, control tokens included.</param>
/// <param name="MaxCharacters">The number of characters that are read of a text.</param>
/// <param name="Excerpt">The number of characters that are stored for display.</param>
/// <param name="ExcerptKey">The key of the setting <paramref name="Excerpt"/>.</param>
/// <param name="Pooling"><c>mean</c> or <c>cls</c>.</param>
/// <param name="Section">The section of the network's settings, for messages.</param>
internal sealed record TextInputOptions(int MaxTokens, int MaxCharacters, int Excerpt, string ExcerptKey, string Pooling, string Section = "task.encoder");
