using HnmStreams.Tasks.Encoders.Inputs;
using HnmStreams.Tasks.Encoders.Models;
using HnmStreams.Tasks.Encoders.Tokens;

namespace HnmStreams.Tasks.Teachers;

/// <summary>The input of a cross-encoder: <c>[CLS] query [SEP] passage [SEP]</c>, with token types 0 and 1. Thread-safe.</summary>
internal sealed class PairInput
{
    // A run is padded to its longest pair, and its activations are bounded.
    private const int TokensPerRun = 4_096;
    private const int MaxPairsPerRun = 32;

    private readonly OnnxModel _model;
    private readonly WordPieces _tokenizer;
    private readonly int _maxTokens;
    private readonly bool _hasMask;
    private readonly bool _hasTypes;

    /// <exception cref="InvalidDataException">The network does not take pairs of texts, or returns no logit per pair.</exception>
    public PairInput(OnnxModel model, WordPieces tokenizer, int maxTokens)
    {
        (_model, _tokenizer, _maxTokens) = (model, tokenizer, maxTokens);
        if (!model.Inputs.Contains(TextInput.Ids, StringComparer.Ordinal) || model.Inputs.FirstOrDefault(static name => name is not (TextInput.Ids or TextInput.Mask or TextInput.Types)) is not null)
            throw new InvalidDataException($"A cross-encoder must have the input '{TextInput.Ids}' (and may have '{TextInput.Mask}' and '{TextInput.Types}') but has: {string.Join(", ", model.Inputs)}.");
        _hasMask = model.Inputs.Contains(TextInput.Mask, StringComparer.Ordinal);
        _hasTypes = model.Inputs.Contains(TextInput.Types, StringComparer.Ordinal);
        // The longest pair with the largest id beside an empty one: fails here if the network has fewer positions or tokens.
        var longest = Enumerable.Repeat(tokenizer.Size - 1, maxTokens).ToArray();
        Run([new PairTokens(longest, maxTokens / 2), tokenizer.EncodePair("", "", maxTokens)], new float[2]);
    }

    /// <summary>Returns the tokens of a pair; null if one of the texts has no word.</summary>
    public PairTokens? Tokens(ReadOnlySpan<char> query, ReadOnlySpan<char> passage)
    {
        var tokens = _tokenizer.EncodePair(query, passage, _maxTokens);
        return tokens.SecondStart > 2 && tokens.Ids.Length > tokens.SecondStart + 1 ? tokens : null;
    }

    /// <summary>Writes the probability of relevance of each pair.</summary>
    /// <param name="pairs">Pairs of similar length, so that little of a run is padding.</param>
    public void Run(IReadOnlyList<PairTokens> pairs, Span<float> relevance)
    {
        for (var from = 0; from < pairs.Count;)
        {
            var (count, longest) = (0, 0);
            while (from + count < pairs.Count && count < MaxPairsPerRun)
            {
                var next = Math.Max(longest, pairs[from + count].Ids.Length);
                if (count > 0 && next * (count + 1) > TokensPerRun)
                    break;
                (count, longest) = (count + 1, next);
            }

            RunOnce(pairs, from, count, longest, relevance.Slice(from, count));
            from += count;
        }
    }

    private void RunOnce(IReadOnlyList<PairTokens> pairs, int from, int count, int longest, Span<float> relevance)
    {
        long[] shape = [count, longest];
        var (ids, mask, types) = (new long[count * longest], new long[count * longest], new long[count * longest]);
        Array.Fill(ids, _tokenizer.Padding);
        for (var row = 0; row < count; row++)
        {
            var pair = pairs[from + row];
            for (var i = 0; i < pair.Ids.Length; i++)
                (ids[(row * longest) + i], mask[(row * longest) + i], types[(row * longest) + i]) = (pair.Ids[i], 1, i < pair.SecondStart ? 0 : 1);
        }

        var inputs = new List<ModelInput>(3) { new(TextInput.Ids, ids, null, shape) };
        if (_hasMask)
            inputs.Add(new ModelInput(TextInput.Mask, mask, null, shape));
        if (_hasTypes)
            inputs.Add(new ModelInput(TextInput.Types, types, null, shape));
        var output = _model.Run(inputs);
        var width = output.Values.Length / count;
        if (output.Shape.Length is < 1 or > 2 || output.Shape[0] != count || width is not (1 or 2))
            throw new InvalidDataException($"For {count} pairs the cross-encoder must return [{count}, 1] (a logit), or [{count}, 2] (logits of irrelevant and relevant), but returns [{string.Join(", ", output.Shape)}]. Choose another output with 'task.teacher.output'.");
        for (var i = 0; i < count; i++)
        {
            var logit = width == 1 ? output.Values[i] : output.Values[(2 * i) + 1] - output.Values[2 * i];
            relevance[i] = float.IsFinite(logit) ? (float)(1 / (1 + Math.Exp(-logit))) : float.NaN;
        }
    }
}
