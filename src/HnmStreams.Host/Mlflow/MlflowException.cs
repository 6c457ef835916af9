namespace HnmStreams.Host.Mlflow;

/// <summary>The failure of a request to an MLflow server. The message has the address, the reason and the remedy, and no credential.</summary>
internal sealed class MlflowException : Exception
{
    public MlflowException()
    {
    }

    public MlflowException(string message)
        : base(message)
    {
    }

    public MlflowException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The error code of MLflow, such as <c>RESOURCE_ALREADY_EXISTS</c>; null if the answer has none.</summary>
    public string? Code { get; init; }
}
