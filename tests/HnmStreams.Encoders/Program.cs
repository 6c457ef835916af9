using HnmStreams.Encoders;

Console.WriteLine(Path.Combine(EncoderFiles.MiniLm(), "model.onnx"));
Console.WriteLine(EncoderFiles.MiniLmInt8());
Console.WriteLine(EncoderFiles.MiniLmWeights());
Console.WriteLine(EncoderFiles.ResNet18());
Console.WriteLine(EncoderFiles.ResNet18Weights());
