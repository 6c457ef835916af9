using HnmStreams.Encoders;

Console.WriteLine(EncoderFiles.MiniLm());
Console.WriteLine(Path.GetDirectoryName(EncoderFiles.ResNet18()));
