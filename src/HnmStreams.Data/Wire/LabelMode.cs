namespace HnmStreams.Data.Wire;

/// <summary>The way in which the targets of examples arrive (<c>labels.mode</c>).</summary>
public enum LabelMode
{
    /// <summary>Each record has an input and its target.</summary>
    Inline,

    /// <summary>A record has an input, or a target for the input of the same id.</summary>
    Later,

    /// <summary>A record has an input, a target, or both.</summary>
    Mixed,
}
