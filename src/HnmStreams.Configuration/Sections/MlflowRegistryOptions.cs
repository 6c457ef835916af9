using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Configuration.Sections;

/// <summary>
/// An MLflow registry in which a run registers the versions that it serves. Off unless <c>uri</c> is set. Credentials come from the environment
/// (<c>MLFLOW_TRACKING_TOKEN</c>, or <c>MLFLOW_TRACKING_USERNAME</c> and <c>MLFLOW_TRACKING_PASSWORD</c>), never from these settings.
/// </summary>
public sealed class MlflowRegistryOptions : IValidatableObject
{
    /// <summary>The address of the server, for example <c>https://mlflow.example.org</c>. Null registers nothing.</summary>
    public string? Uri { get; set; }

    /// <summary>The name of the registered model. Required if <c>uri</c> is set.</summary>
    public string? Name { get; set; }

    /// <summary>The experiment of the runs that have the metrics and the files. If it is not set, it has the name of the model.</summary>
    public string? Experiment { get; set; }

    /// <summary>The alias that moves to each new version, for example <c>champion</c>. Null sets none.</summary>
    public string? Alias { get; set; }

    /// <summary>The format of the file: <c>onnx</c> (built-in networks), <c>torchscript</c> (a model that came as TorchScript) or <c>safetensors</c>.</summary>
    [Required, AllowedValues("onnx", "torchscript", "safetensors")]
    public string Format { get; set; } = "onnx";

    /// <summary>The shortest time between two registrations. The version that is served by then is registered; those in between are not.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Every { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>True to allow an unencrypted connection to another machine.</summary>
    public bool AllowHttp { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Uri is not null && string.IsNullOrWhiteSpace(Name))
            yield return new ValidationResult("must be the name of the registered model if models.mlflow.uri is set", [nameof(Name)]);
    }
}
