using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Tasks.Teachers;

/// <summary>Settings of the distillation of a teacher into the model (Hinton et al., arXiv 1503.02531), for one label per example.</summary>
public sealed class DistillationOptions
{
    /// <summary>
    /// The weight w of the teacher in the loss, 0 to 1: (1 - w) loss(label) + w T² KL(teacher || model). 0 does not distill; 1 learns from the teacher only.
    /// The hardness of an example is that of its label alone.
    /// </summary>
    [Range(0.0, 1.0)]
    public double Weight { get; set; }

    /// <summary>The temperature T that both logits are divided by in the second term, 0.1 to 100. Larger values give more weight to the teacher's small probabilities.</summary>
    [Range(0.1, 100)]
    public double Temperature { get; set; } = 2;
}
