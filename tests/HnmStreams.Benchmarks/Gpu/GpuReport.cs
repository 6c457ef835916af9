using System.Globalization;

namespace HnmStreams.Benchmarks.Gpu;

/// <summary>The medians of the rounds. Rates are per second.</summary>
/// <param name="Peak">Operations of the bare matrix product.</param>
/// <param name="Forward">Images of the network alone, which are on the device already.</param>
/// <param name="Scored">Images of the scoring of the service, from rows in host memory to hardness.</param>
/// <param name="Bare">Images of a bare loop that scores each batch and trains on a part of it.</param>
/// <param name="Pipeline">Images of the whole pipeline including Kafka, with the same work.</param>
/// <param name="Ratio">The median of the ratios of pipeline and bare loop per round.</param>
internal sealed record GpuReport(GpuSettings Settings, double Peak, double Forward, double Scored, double Bare, double Pipeline, double Ratio)
{
    public double ForwardToPeak => Forward * Settings.Network.OperationsPerImage / Peak;

    public double ScoredToPeak => Scored * Settings.Network.OperationsPerImage / Peak;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {Settings.Device}, {Settings.Precision}, {Settings.Network.Name} with random weights, images of {Settings.Network.ImageSize} x {Settings.Network.ImageSize}, median of {Settings.Rounds} rounds
          matrix product   {Peak / 1e12:F3} TFLOP/s ({Settings.ProductSize} x {Settings.ProductSize}): the peak
          network alone    {Forward:N1} images/s, {Forward * Settings.Network.OperationsPerImage / 1e12:F3} TFLOP/s, ratio to the peak {ForwardToPeak:F3} (batches of {Settings.Batch} on the device)
          scoring          {Scored:N1} images/s, ratio to the peak {ScoredToPeak:F3} (rows in host memory, normalized and copied)
          pipeline         {Pipeline:N1} images/s, bare loop {Bare:N1}, ratio {Ratio:F3} ({Settings.Examples} images, a step of {Settings.TrainBatch} per {Settings.Batch})
        """);
}
