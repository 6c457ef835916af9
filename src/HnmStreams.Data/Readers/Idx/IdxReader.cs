using System.Globalization;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Readers.Idx;

/// <summary>A reader of MNIST and similar sets: ids <c>{split}-{number}</c> from 0, class indices, uint8 tensors [height, width].</summary>
internal sealed class IdxReader : IExampleReader
{
    private const int MaxPixels = 1 << 24;
    private readonly string _images;
    private readonly string _labels;
    private readonly int[] _shape;
    private readonly int _count;

    private IdxReader(string images, string labels, int count, int[] shape)
    {
        _images = images;
        _labels = labels;
        _count = count;
        _shape = shape;
    }

    public int? Count => _count;

    public static IdxReader Open(string images, string labels)
    {
        using var imageFile = new IdxStream(images, 3);
        using var labelFile = new IdxStream(labels, 1);
        var shape = imageFile.Shape;
        if ((long)shape[1] * shape[2] > MaxPixels)
            throw new DataSourceException(images, $"The images have {shape[1]} x {shape[2]} pixels.", $"at most {MaxPixels} pixels per image");
        if (shape[0] != labelFile.Shape[0])
            throw new DataSourceException(labels, $"The file has {labelFile.Shape[0]} labels.", $"{shape[0]}, one for each image of {Path.GetFileName(images)}");
        return new IdxReader(images, labels, shape[0], shape[1..]);
    }

    public IEnumerable<Example> Read(CancellationToken ct = default)
    {
        using var images = new IdxStream(_images, 3);
        using var labels = new IdxStream(_labels, 1);
        var targets = Enumerable.Range(0, 256).Select(static i => new Target.ClassIndex(i)).ToArray();
        var split = IdxFolder.SplitOf(_images);
        var label = new byte[1];
        for (var i = 0; i < _count; i++)
        {
            ct.ThrowIfCancellationRequested();
            var pixels = new byte[_shape[0] * _shape[1]];
            images.Read(pixels, i);
            labels.Read(label, i);
            yield return new Example(
                string.Create(CultureInfo.InvariantCulture, $"{split}-{i}"),
                targets[label[0]],
                new ExampleInput.Dense(ElementType.UInt8, _shape, pixels));
        }

        images.ExpectEnd();
        labels.ExpectEnd();
    }
}
