using System.Text.Json;
using Tokenizers.DotNet;

namespace HnmStreams.Tasks.Encoders.Tokens;

/// <summary>
/// A <c>tokenizer.json</c> of any model of Hugging Face's tokenizers (BPE, Unigram, WordLevel), by their native library. The control tokens are those that the file's
/// post-processor adds. Thread-safe: calls are serialized, because the library does not document its threads.
/// </summary>
/// <remarks>A control token that is written in a text is read as text: a producer could otherwise end a text early, or mask parts of it.</remarks>
#pragma warning disable CA1001 // The tokenizer belongs to all tasks that share the encoder. Its finalizer releases it.
internal sealed class HuggingFaceTokenizer : ITextTokenizer
#pragma warning restore CA1001
{
    private readonly Lock _gate = new();
    private readonly Tokenizer _tokenizer;
    private readonly string[] _controls;
    private readonly int _last;

    /// <param name="path">The file.</param>
    /// <param name="root">Its content.</param>
    /// <exception cref="InvalidDataException">The library does not read the file, or is missing.</exception>
    public HuggingFaceTokenizer(string path, JsonElement root)
    {
        var added = root.TryGetProperty("added_tokens", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().ToArray() : [];
        _controls = [.. added.Where(static token => token.TryGetProperty("special", out var special) && special.ValueKind == JsonValueKind.True).Select(static token => token.GetProperty("content").GetString()!).Where(static content => content.Length > 1)];
        Size = 1 + Math.Max(LargestId(root), added.Select(static token => token.GetProperty("id").GetInt32()).DefaultIfEmpty(-1).Max());
        try
        {
            _tokenizer = new Tokenizer(path);
            var controls = Ids("");
            (ControlTokens, _last) = (controls.Length, controls.Length > 1 ? 1 : 0);
            Padding = PaddingOf(root, added);
        }
        catch (Exception e) when (e is TokenizerException or DllNotFoundException or BadImageFormatException)
        {
            throw new InvalidDataException($"The library Tokenizers.DotNet cannot read the file: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public int Size { get; }

    /// <inheritdoc/>
    public int Padding { get; }

    /// <inheritdoc/>
    public int ControlTokens { get; }

    /// <inheritdoc/>
    public int[] Encode(ReadOnlySpan<char> text, int maxTokens)
    {
        var plain = text.ToString();
        foreach (var control in _controls)
            plain = plain.Replace(control, $"{control[0]} {control[1..]}", StringComparison.Ordinal);
        var ids = Ids(plain);
        // The control token at the end stays.
        return ids.Length <= maxTokens ? ids : [.. ids.AsSpan(0, maxTokens - _last), .. ids.AsSpan(ids.Length - _last)];
    }

    private int[] Ids(string text)
    {
        lock (_gate)
            return Array.ConvertAll(_tokenizer.Encode(text), static id => checked((int)id));
    }

    // The vocabulary is an object of ids (BPE, WordLevel) or a list in the order of the ids (Unigram).
    private static int LargestId(JsonElement root) => root.GetProperty("model").GetProperty("vocab") switch
    {
        { ValueKind: JsonValueKind.Array } list => list.GetArrayLength() - 1,
        var ids => ids.EnumerateObject().Select(static entry => entry.Value.GetInt32()).DefaultIfEmpty(-1).Max(),
    };

    private static int PaddingOf(JsonElement root, JsonElement[] added)
    {
        if (root.TryGetProperty("padding", out var padding) && padding.ValueKind == JsonValueKind.Object && padding.TryGetProperty("pad_id", out var id))
            return id.GetInt32();
        var named = added.FirstOrDefault(static token => token.GetProperty("content").GetString() is "<pad>" or "[PAD]" or "<|endoftext|>");
        return named.ValueKind == JsonValueKind.Object ? named.GetProperty("id").GetInt32() : 0;
    }
}
