using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Data.Wire.Arrow;

/// <summary>The settings of records that carry many examples as an Arrow IPC stream.</summary>
public sealed class ArrowOptions
{
    /// <summary>The maximum number of rows of a record. A record with more is dead-lettered as a whole.</summary>
    [Range(1, 1 << 20)]
    public int MaxRows { get; set; } = 1 << 16;

    /// <summary>The roles of the columns.</summary>
    [Required]
    public ArrowColumnOptions Columns { get; set; } = new();
}

/// <summary>
/// The roles of the columns of an Arrow record. The defaults are the names of the JSON form. The columns without a role are features,
/// unless the record has a column for a tensor, an image or a text.
/// </summary>
public sealed class ArrowColumnOptions
{
    /// <summary>The column with the id: strings or whole numbers.</summary>
    [Required]
    public string Id { get; set; } = "id";

    /// <summary>The column with the class index: whole numbers of 0 or more.</summary>
    [Required]
    public string Class { get; set; } = "class";

    /// <summary>The column with the label: strings, booleans, or numbers, of which whole ones of 0 or more are class indices.</summary>
    [Required]
    public string Label { get; set; } = "label";

    /// <summary>The column with the identity or group: strings or whole numbers.</summary>
    [Required]
    public string Identity { get; set; } = "identity";

    /// <summary>The column with further identities: lists of strings.</summary>
    [Required]
    public string OtherIdentities { get; set; } = "otherIdentities";

    /// <summary>The column with the tensor: lists of fixed size of float32 or uint8 (nested for several dimensions), or binary of fixed size for uint8.</summary>
    [Required]
    public string Tensor { get; set; } = "tensor";

    /// <summary>
    /// The shape of the tensor. If it is empty, it is that of the extension type <c>arrow.fixed_shape_tensor</c>, or the sizes of the
    /// nested lists.
    /// </summary>
    [Required]
    public int[] Shape { get; set; } = [];

    /// <summary>The column with the image: JPEG or PNG files as binary.</summary>
    [Required]
    public string Image { get; set; } = "image";

    /// <summary>The column with the text.</summary>
    [Required]
    public string Text { get; set; } = "text";

    /// <summary>The column with the weight in the loss. A row without one has the weight 1.</summary>
    [Required]
    public string Weight { get; set; } = "weight";

    /// <summary>The column with the event time: timestamps, dates, or ISO 8601 strings.</summary>
    [Required]
    public string Time { get; set; } = "eventTime";

    /// <summary>The column with booleans that are true for a tombstone: the row deletes the example with its id.</summary>
    [Required]
    public string Tombstone { get; set; } = "tombstone";

    /// <summary>The columns with whole numbers that are categories.</summary>
    [Required]
    public string[] Categorical { get; set; } = [];

    /// <summary>The columns that are not read.</summary>
    [Required]
    public string[] Ignored { get; set; } = [];
}
