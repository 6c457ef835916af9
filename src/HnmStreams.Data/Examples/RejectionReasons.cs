namespace HnmStreams.Data.Examples;

/// <summary>Short, stable codes for the reason why a record cannot become an example, used in dead letters and as the values of a metric label.</summary>
public static class RejectionReasons
{
    /// <summary>The bytes are not valid in the format, or a value violates the contract.</summary>
    public const string Malformed = "malformed";

    /// <summary>A limit in <c>wire</c> or <c>consuming</c> is exceeded.</summary>
    public const string TooLarge = "too-large";

    /// <summary>Shape, element type and data of a tensor are inconsistent.</summary>
    public const string WrongShape = "wrong-shape";

    /// <summary>A tensor, feature, box or weight is NaN or infinite.</summary>
    public const string NotFinite = "not-finite";

    /// <summary>Neither the value nor the key of the record holds an id.</summary>
    public const string MissingId = "missing-id";

    public const string MissingTarget = "missing-target";

    public const string MissingInput = "missing-input";

    /// <summary>The header names an unsupported format, or the format of the value cannot be detected.</summary>
    public const string UnknownFormat = "unknown-format";

    /// <summary>The id in the value differs from the key of the record.</summary>
    public const string KeyMismatch = "key-mismatch";

    /// <summary>The input is of a kind that the task does not take, or cannot be used.</summary>
    public const string WrongInput = "wrong-input";

    /// <summary>The target is of a kind that the task does not take.</summary>
    public const string WrongTarget = "wrong-target";

    /// <summary>The element type of a tensor is not the one that the task takes.</summary>
    public const string WrongType = "wrong-type";

    /// <summary>The label is not one of the task's labels.</summary>
    public const string UnknownLabel = "unknown-label";

    /// <summary>A text has no words.</summary>
    public const string NoWords = "no-words";

    /// <summary>An example has no features.</summary>
    public const string NoFeatures = "no-features";

    /// <summary>A feature that must be a number is text.</summary>
    public const string NotANumber = "not-a-number";

    /// <summary>The client cannot read the batch of the record.</summary>
    public const string Unreadable = "unreadable";

    /// <summary>The record crashed the process while it was alone in native code.</summary>
    public const string KillsProcess = "kills-process";

    /// <summary>All reasons.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Malformed, TooLarge, WrongShape, NotFinite, MissingId, MissingTarget,
        MissingInput, UnknownFormat, KeyMismatch, WrongInput, WrongTarget, WrongType,
        UnknownLabel, NoWords, NoFeatures, NotANumber, Unreadable, KillsProcess,
    ];
}
