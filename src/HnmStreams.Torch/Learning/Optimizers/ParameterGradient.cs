namespace HnmStreams.Torch.Learning.Optimizers;

/// <summary>The gradient of one parameter: of the whole parameter, or of the rows that the batch touched. The default is that of a parameter that is not trained yet.</summary>
internal readonly struct ParameterGradient
{
    private readonly bool _exists;

    private ParameterGradient(DenseTensor dense, RowGradient? rows) => (Dense, Rows, _exists) = (dense, rows, true);

    /// <summary>True if the parameter is not trained in this step.</summary>
    public bool IsNone => !_exists;

    /// <summary>The gradient in the memory order of the parameter; only valid if <see cref="Rows"/> is null.</summary>
    public DenseTensor Dense { get; }

    public RowGradient? Rows { get; }

    public static implicit operator ParameterGradient(DenseTensor dense) => new(dense, null);

    public static implicit operator ParameterGradient(RowGradient rows) => new(default, rows);
}
