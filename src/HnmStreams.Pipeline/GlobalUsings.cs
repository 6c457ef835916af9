// The key of a candidate: the example, and the region of it (0 for the whole example).
global using CandidateKey = HnmStreams.Mining.Pool.CandidateKey<HnmStreams.Data.Examples.ExampleKey>;
