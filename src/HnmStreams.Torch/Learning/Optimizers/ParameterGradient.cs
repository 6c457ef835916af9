namespace HnmStreams.Torch.Learning.Optimizers;

/// <summary>The gradient of one parameter: of the whole parameter, or of the rows that the batch touched.</summary>
internal readonly struct ParameterGradient
{
    private ParameterGradient(DenseTensor dense, RowGradient? rows) => (Dense, Rows) = (dense, rows);

    /// <summary>The gradient in the memory order of the parameter; only valid if <see cref="Rows"/> is null.</summary>
    public DenseTensor Dense { get; }

    public RowGradient? Rows { get; }

    public static implicit operator ParameterGradient(DenseTensor dense) => new(dense, null);

    public static implicit operator ParameterGradient(RowGradient rows) => new(default, rows);
}
