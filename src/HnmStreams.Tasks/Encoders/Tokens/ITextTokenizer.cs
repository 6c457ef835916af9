namespace HnmStreams.Tasks.Encoders.Tokens;

/// <summary>A tokenizer of texts into the ids that an encoder takes. Thread-safe.</summary>
internal interface ITextTokenizer
{
    /// <summary>The number of ids: the largest id plus 1.</summary>
    int Size { get; }

    /// <summary>The id of the token that pads shorter texts.</summary>
    int Padding { get; }

    /// <summary>The number of control tokens around the tokens of a text.</summary>
    int ControlTokens { get; }

    /// <summary>Returns the ids of a text, at most <paramref name="maxTokens"/>; the rest of the text is ignored. Only control tokens if the text has no word.</summary>
    /// <param name="maxTokens">The maximum, above <see cref="ControlTokens"/>.</param>
    int[] Encode(ReadOnlySpan<char> text, int maxTokens);
}
