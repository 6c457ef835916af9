using System.ComponentModel.DataAnnotations;
using HnmStreams.Data.Readers;

namespace HnmStreams.Host.Running;

/// <summary>A labelled set to judge by when a run ends; it is never trained on.</summary>
public sealed class TestSetOptions
{
    /// <summary>Path of the set, or its folder's name under HNM_DATA; null is none.</summary>
    public string? TestData { get; set; }

    /// <summary>How it is read; its part named <c>test</c> unless told otherwise.</summary>
    [Required]
    public ReaderOptions Reader { get; set; } = new() { Split = "test" };
}
