using System.Numerics.Tensors;

namespace HnmStreams.Tasks.Encoders;

/// <summary>The scaling of feature vectors.</summary>
internal static class UnitLength
{
    /// <summary>Scales a vector to length 1. A vector that is not finite or has no length becomes zeros, which score as an average example and train nothing but the bias.</summary>
    public static void Scale(Span<float> vector)
    {
        var length = TensorPrimitives.Norm<float>(vector);
        if (float.IsFinite(length) && length > 0)
            TensorPrimitives.Divide(vector, length, vector);
        else
            vector.Clear();
    }
}
