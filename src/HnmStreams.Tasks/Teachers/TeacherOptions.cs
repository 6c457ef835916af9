using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Tasks.Teachers;

/// <summary>
/// Settings of a teacher: a stronger model that checks hard candidates before they enter the pool. A candidate whose label it contradicts is
/// moved to the quarantine as a suspected label error, because false negatives are the hardest of all negatives. For the tasks images,
/// tabular and text with one label per example, and for the task retrieval, whose teacher is a cross-encoder.
/// </summary>
public sealed class TeacherOptions
{
    /// <summary>
    /// The path of an ONNX file, relative to the working folder, that returns the logits of the task's labels: [n, labels], or [n, 1] or
    /// [n, 2] for one class against the rest. It reads either tokens (inputs <c>input_ids</c>, <c>attention_mask</c>, <c>token_type_ids</c>)
    /// of a text, or the input of the task's network, as files of <c>hnm export --format onnx</c> do. For the task retrieval it is a cross-encoder: it reads the tokens of a query and a passage
    /// together, and returns one logit of relevance, [n, 1], or two, [n, 2], of which the second is that of relevant pairs. Null checks no candidate.
    /// </summary>
    public string? File { get; set; }

    /// <summary>The path of the tokenizer of a teacher that reads tokens: a <c>vocab.txt</c> of WordPiece, or a <c>tokenizer.json</c> of Hugging Face. A cross-encoder needs one of WordPiece.</summary>
    public string? Tokenizer { get; set; }

    /// <summary>True to lower-case texts and to remove accents, as uncased models require. A <c>tokenizer.json</c> decides itself.</summary>
    public bool Lowercase { get; set; } = true;

    /// <summary>The maximum number of tokens of a text, or of both texts of a pair, 3 to 8192. A teacher reads the stored beginning of a text (<c>task.text.excerpt</c>, <c>task.retrieval.excerpt</c>).</summary>
    [Range(3, 8_192)]
    public int MaxTokens { get; set; } = 128;

    /// <summary>The output of the file that has the logits. Null is the first one.</summary>
    public string? Output { get; set; }

    /// <summary>True to check candidates before they enter the pool. False only distills the teacher.</summary>
    public bool Check { get; set; } = true;

    /// <summary>The distillation of the teacher into the model: its outputs are targets of training steps, beside the labels.</summary>
    [Required]
    public DistillationOptions Distillation { get; set; } = new();

    /// <summary>The probability of another label, or of relevance, above 0 to 1, from which on a candidate is quarantined or left out. A smaller number holds back more label errors and more correct hard candidates.</summary>
    [Range(1e-6, 1)]
    public double Threshold { get; set; } = 0.9;

    /// <summary>The hardness from which on a candidate is checked, 0 or more. At 0.69 the model gives the candidate's label a probability of at most one half. 0 checks every scored candidate. Not for retrieval: there each mined pair is checked.</summary>
    [Range(0, 1_000_000)]
    public double MinHardness { get; set; } = 0.69;

    /// <summary>The memory for answers on rows that were checked before, in MiB, 0 to 1,000,000. Exact mode uses it for distillation only.</summary>
    [Range(0, 1_000_000)]
    public int CacheMegabytes { get; set; } = 32;

    /// <summary>
    /// Retrieval: the beginning of the ids of queries, such as <c>q:</c>. A pair is then read as query and passage, and pairs of two queries or two
    /// passages are not checked. Null reads a pair as anchor and negative. <c>hnm mine</c> takes the sides of the data set.
    /// </summary>
    public string? QueryPrefix { get; set; }

    /// <summary>The device: <c>auto</c> (a GPU if the build supports one), <c>cpu</c> or <c>cuda</c>.</summary>
    [Required, AllowedValues("auto", "cpu", "cuda")]
    public string Device { get; set; } = "auto";

    /// <summary>The number of threads per batch on the CPU, 1 to 256.</summary>
    [Range(1, 256)]
    public int Threads { get; set; } = 1;
}
