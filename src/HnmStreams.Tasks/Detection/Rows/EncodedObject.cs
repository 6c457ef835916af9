using System.Runtime.InteropServices;
using HnmStreams.Evaluation.Metrics;

namespace HnmStreams.Tasks.Detection.Rows;

/// <summary>An object in the binary layout of a row.</summary>
/// <param name="Code">The index among the labels; its complement (below 0) for a difficult object.</param>
/// <param name="Region">The box, in pixels of the network's input.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct EncodedObject(int Code, BoundingBox Region)
{
    public EncodedObject(int label, BoundingBox region, bool isDifficult)
        : this(isDifficult ? ~label : label, region)
    {
    }

    /// <summary>The index among the labels.</summary>
    public int Class => IsDifficult ? ~Code : Code;

    /// <summary>
    /// True if the object may be missed and detecting it is not an error (PASCAL VOC): its anchors are neither trained on nor mined, and
    /// the evaluation ignores it.
    /// </summary>
    public bool IsDifficult => Code < 0;
}
