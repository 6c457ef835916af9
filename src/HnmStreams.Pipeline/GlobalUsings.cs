// The key of a candidate: the example, and which unit of it (0 for the whole; a region in detection).
global using CandidateKey = HnmStreams.Mining.Pool.CandidateKey<HnmStreams.Data.Examples.ExampleKey>;
